import type { ActionItemService } from '../../action-items/action-item-service.ts';
import type { MemoryService } from '../../memories/memory-service.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import type { PeopleService } from '../../speakers/people-service.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import type { UserService } from '../../users/user-service.ts';
import type { ChatFiles } from '../files/chat-files.ts';
import type { ProductInfo } from '../product-info.ts';
import type { ChatTool } from './chat-tool.ts';
import { createActionItemTool } from './create-action-item.ts';
import { createChartTool } from './create-chart.ts';
import { createMemoryTool } from './create-memory.ts';
import { getActionItemsTool } from './get-action-items.ts';
import { getConversationEventsTool } from './get-conversation-events.ts';
import { getConversationsTool } from './get-conversations.ts';
import { type DaySummaryReader, getDailySummariesTool } from './get-daily-summaries.ts';
import { getMemoriesTool } from './get-memories.ts';
import { getPeopleTool } from './get-people.ts';
import { getProductInfoTool } from './get-product-info.ts';
import { manageDailySummaryTool } from './manage-daily-summary.ts';
import { saveUserPreferenceTool } from './save-user-preference.ts';
import { searchConversationsTool } from './search-conversations.ts';
import { searchFilesTool } from './search-files.ts';
import { searchMemoriesTool } from './search-memories.ts';
import { completeActionItemTool, updateActionItemTool } from './update-action-item.ts';

export interface ToolDeps {
  reader: DocumentReader;
  search: Pick<SearchService, 'searchConversations' | 'searchMemories'>;
  memories: Pick<MemoryService, 'list' | 'create'>;
  actionItems: Pick<ActionItemService, 'list' | 'get' | 'create' | 'update'>;
  people: Pick<PeopleService, 'listPeople'>;
  users: Pick<UserService, 'getUser' | 'setDailySummary'>;
  files: ChatFiles;
  product: ProductInfo;
  /** Null if no days are summarised. */
  summaries: DaySummaryReader | null;
}

/**
 * Tools that something else contributes for a user: the apps that the user has enabled, and what
 * needs a key of its own (web search, an outside calendar, mail), which contributes nothing without.
 */
export type ToolSource = (uid: string) => Promise<readonly ChatTool[]>;

/**
 * Every tool of the product, with scope and schema: the one list that the chat, `/v1/tools/…`,
 * `/v1/agent/…` and other front doors serve. In a fixed order, so that a model's server can cache it.
 */
export function createChatTools(deps: ToolDeps): ChatTool[] {
  const { summaries } = deps;
  return [
    getConversationsTool(deps),
    searchConversationsTool(deps),
    getMemoriesTool(deps),
    searchMemoriesTool(deps),
    createMemoryTool(deps),
    getActionItemsTool(deps),
    createActionItemTool(deps),
    updateActionItemTool(deps),
    completeActionItemTool(deps),
    getConversationEventsTool(deps),
    getPeopleTool(deps),
    ...(summaries ? [getDailySummariesTool({ summaries })] : []),
    searchFilesTool(deps),
    manageDailySummaryTool(deps),
    createChartTool(),
    saveUserPreferenceTool(deps),
    getProductInfoTool(deps),
  ];
}
