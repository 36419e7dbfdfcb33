import type { ActionItemService } from '../../action-items/action-item-service.ts';
import type { SearchService } from '../../conversations/search-service.ts';
import type { MemoryService } from '../../memories/memory-service.ts';
import type { PeopleService } from '../../people/people-service.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import type { ChatTool } from './chat-tool.ts';
import { createActionItemTool } from './create-action-item.ts';
import { createMemoryTool } from './create-memory.ts';
import { getActionItemsTool } from './get-action-items.ts';
import { getConversationEventsTool } from './get-conversation-events.ts';
import { getConversationsTool } from './get-conversations.ts';
import { getMemoriesTool } from './get-memories.ts';
import { getPeopleTool } from './get-people.ts';
import { searchConversationsTool } from './search-conversations.ts';
import { searchMemoriesTool } from './search-memories.ts';
import { completeActionItemTool, updateActionItemTool } from './update-action-item.ts';

export interface ToolDeps {
  reader: DocumentReader;
  search: Pick<SearchService, 'searchConversations' | 'searchMemories'>;
  memories: Pick<MemoryService, 'list' | 'create'>;
  actionItems: Pick<ActionItemService, 'list' | 'get' | 'create' | 'update'>;
  people: Pick<PeopleService, 'listPeople'>;
}

/** Tools that something else contributes for a user, such as the apps that the user has enabled. */
export type ToolSource = (uid: string) => Promise<readonly ChatTool[]>;

/** Every tool of the product, in a fixed order so that a model's server can cache their list. */
export function createChatTools(deps: ToolDeps): ChatTool[] {
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
  ];
}
