import type { z } from 'zod';
import type { ActionItemService } from '../../action-items/action-item-service.ts';
import type { ConversationService } from '../../conversations/conversation-service.ts';
import type { ScreenActivity } from '../../desktop/screen-activity.ts';
import type { KnowledgeGraphs } from '../../memories/knowledge-graph.ts';
import type { MemoryService } from '../../memories/memory-service.ts';
import type { ApiScope } from '../../model/accounts/api-key.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import type { PeopleService } from '../../speakers/people-service.ts';
import type { ListPage } from '../../store/collection.ts';
import type { DocumentReader } from '../../store/document-store.ts';
import type { DailySummaries } from '../../understanding/daily-summaries.ts';
import type { GoalService } from '../../users/goal-service.ts';
import type { HealthData } from '../../users/health-data.ts';
import type { UserService } from '../../users/user-service.ts';
import type { ChatMessages } from '../chat-messages.ts';
import type { ChatFiles } from '../files/chat-files.ts';
import type { ProductInfo } from '../product-info.ts';
import type { WriteKind } from '../write-requests.ts';
import {
  type ChatTool,
  parametersOf,
  parseArguments,
  type ToolContext,
  type ToolScope,
} from './chat-tool.ts';
import type { RecordContext, RecordTool, ShownConversation, ToolRecords } from './tool-records.ts';

/** Conversations with the names of those who speak. */
export interface ShownConversations {
  list(
    uid: string,
    filter: Parameters<ConversationService['page']>[1],
    page: ListPage,
    withTranscript: boolean,
  ): Promise<{ items: ShownConversation[]; nextCursor: string | null }>;
  /** @throws AppError `not-found`, for a locked conversation too */
  get(uid: string, id: string, withTranscript: boolean): Promise<ShownConversation>;
}

/** The services that the tools of the product use. */
export interface ToolServices {
  reader: DocumentReader;
  search: Pick<SearchService, 'searchConversations' | 'searchMemories' | 'searchActionItems'>;
  memories: Pick<MemoryService, 'list' | 'page' | 'create' | 'createMany' | 'update' | 'delete'>;
  actionItems: Pick<ActionItemService, 'list' | 'page' | 'get' | 'create' | 'update' | 'delete'>;
  conversations: Pick<ConversationService, 'photos'>;
  shownConversations: ShownConversations;
  knowledgeGraphs: Pick<KnowledgeGraphs, 'get'>;
  people: Pick<PeopleService, 'listPeople'>;
  users: Pick<UserService, 'getUser' | 'setDailySummary'>;
  goals: Pick<GoalService, 'list' | 'listAll' | 'create' | 'setProgress'>;
  dailySummaries: Pick<DailySummaries, 'list'>;
  healthData: Pick<HealthData, 'find'>;
  screenActivity: Pick<ScreenActivity, 'isOn' | 'search' | 'appsIn'>;
  messages: Pick<ChatMessages, 'list'>;
  files: ChatFiles;
  product: ProductInfo;
}

/** How the model of the chat calls a tool: the result is a text with numbers to cite. */
interface ChatFace<S extends z.ZodType> {
  description: string;
  /** What a caller must be allowed, as `/v1/agent/tools` names it. */
  scope: ToolScope;
  /** What the user is shown while it runs. */
  status: string;
  /**
   * What its calls change: each call changes at least one of these. Empty for a tool that may only
   * read and asks for what it writes.
   */
  writes: readonly WriteKind[];
  /** See `ChatTool`; absent: false. */
  keepsToScope?: true;
  schema: S;
  run(services: ToolServices, context: ToolContext, args: z.output<S>): Promise<string>;
}

/** How programs call a tool, over MCP: the result is records. */
interface RecordFace<S extends z.ZodType> {
  title: string;
  description: string;
  /** Scope of keys and connections that covers it. */
  scope: ApiScope;
  /** `delete` and `change` lose what was there before. */
  effect: RecordTool['effect'];
  schema: S;
  run(services: ToolServices, context: RecordContext, args: z.output<S>): Promise<ToolRecords>;
}

/** What is declared of a tool. */
interface ToolDeclaration<C extends z.ZodType, R extends z.ZodType> {
  /** Letters and `_`. MCP serves this name; the chat's model sees it with `_tool` behind, as at Omi. */
  name: string;
  /** Absent: the chat does not offer it. */
  chat?: ChatFace<C>;
  /** Absent: MCP does not serve it. */
  records?: RecordFace<R>;
}

/** A tool of the product: declared once, offered by the chat, over MCP, or both. */
export interface Tool {
  readonly name: string;
  /** The tool as the chat calls it; null if the chat does not offer it. */
  forChat(services: ToolServices): ChatTool | null;
  /** The tool as MCP serves it; null if MCP does not serve it. */
  forRecords(services: ToolServices): RecordTool | null;
}

/** Declares a tool. A file of this folder that exports one is listed by `npm run docs`. */
export function defineTool<C extends z.ZodType, R extends z.ZodType>(
  declared: ToolDeclaration<C, R>,
): Tool {
  const { name, chat, records } = declared;
  return {
    name,
    forChat: (services) =>
      chat === undefined
        ? null
        : {
            name: `${name}_tool`,
            scope: chat.scope,
            description: chat.description,
            parameters: parametersOf(chat.schema),
            status: chat.status,
            writes: chat.writes,
            keepsToScope: chat.keepsToScope ?? false,
            appId: null,
            timeoutMs: null,
            run: async (context, args) =>
              await chat.run(services, context, parseArguments(chat.schema, args)),
          },
    forRecords: (services) =>
      records === undefined
        ? null
        : {
            name,
            title: records.title,
            effect: records.effect,
            scope: records.scope,
            description: records.description,
            parameters: parametersOf(records.schema),
            run: async (context, args) =>
              await records.run(services, context, parseArguments(records.schema, args)),
          },
  };
}
