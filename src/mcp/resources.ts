import type {
  ListResourcesResult,
  ListResourceTemplatesResult,
  ReadResourceResult,
} from '@modelcontextprotocol/server';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { DateTime } from 'luxon';
import { type ActionItemService, ANY_ACTION_ITEM } from '../action-items/action-item-service.ts';
import { ANY_CONVERSATION } from '../conversations/conversation-service.ts';
import type { DeveloperConversations } from '../developer/developer-conversations.ts';
import { isAppError } from '../kernel/errors.ts';
import type { ApiScope } from '../model/accounts/api-key.ts';
import type { ActionItem } from '../model/tasks/action-item.ts';
import { conversationMarkdown } from '../transfer/readable-conversation.ts';

const MARKDOWN = 'text/markdown';
const CONVERSATION = 'omi://conversations/';
const TODAY = 'omi://tasks/today';
/** Conversations of one page of the list. */
const PAGE = 50;
/** Open tasks that are looked through. */
const MAX_TASKS = 500;

export interface ResourceDeps {
  developerConversations: DeveloperConversations;
  actionItems: Pick<ActionItemService, 'page'>;
  timeZoneOf: (uid: string) => Promise<string>;
  now: () => number;
}

/** What assistants can attach: conversations, and the tasks of today, as Markdown. */
export class McpResources {
  readonly #o: ResourceDeps;

  constructor(options: ResourceDeps) {
    this.#o = options;
  }

  /** The newest conversations, page by page; the tasks of today come first. */
  async list(
    uid: string,
    scopes: ReadonlySet<ApiScope>,
    cursor: string | null,
  ): Promise<ListResourcesResult> {
    const today = {
      uri: TODAY,
      name: 'tasks-today',
      title: 'Tasks of today',
      description: 'Open tasks that are due today or overdue, and those without a date.',
      mimeType: MARKDOWN,
    };
    const first = cursor === null && scopes.has('action_items:read') ? [today] : [];
    if (!scopes.has('conversations:read')) return { resources: first };
    const { items, nextCursor } = await this.#o.developerConversations.list(
      uid,
      ANY_CONVERSATION,
      { cursor, offset: 0, limit: PAGE },
      false,
    );
    return {
      resources: [
        ...first,
        ...items.map(({ conversation: { id, structured } }) => ({
          uri: `${CONVERSATION}${id}`,
          name: id,
          title: structured.title || 'Untitled',
          description: structured.overview.slice(0, 200),
          mimeType: MARKDOWN,
        })),
      ],
      ...(nextCursor === null ? {} : { nextCursor }),
    };
  }

  templates(scopes: ReadonlySet<ApiScope>): ListResourceTemplatesResult {
    if (!scopes.has('conversations:read')) return { resourceTemplates: [] };
    return {
      resourceTemplates: [
        {
          uriTemplate: `${CONVERSATION}{id}`,
          name: 'conversation',
          title: 'A conversation',
          description: 'Summary, tasks, events and transcript of a conversation.',
          mimeType: MARKDOWN,
        },
      ],
    };
  }

  /** @throws ProtocolError for an address that is none of the user's, or that the grant does not cover */
  async read(uid: string, scopes: ReadonlySet<ApiScope>, uri: string): Promise<ReadResourceResult> {
    const text = await this.#textOf(uid, scopes, uri);
    if (text === null) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource not found', { uri });
    }
    return { contents: [{ uri, mimeType: MARKDOWN, text }] };
  }

  async #textOf(uid: string, scopes: ReadonlySet<ApiScope>, uri: string): Promise<string | null> {
    if (uri === TODAY) return scopes.has('action_items:read') ? await this.#tasks(uid) : null;
    if (!uri.startsWith(CONVERSATION) || !scopes.has('conversations:read')) return null;
    try {
      const id = uri.slice(CONVERSATION.length);
      const shown = await this.#o.developerConversations.get(uid, id, true);
      const segments = shown.segments ?? [];
      const names = new Map(
        segments.map(({ segment, shownSpeaker }) => [segment.id, shownSpeaker]),
      );
      return conversationMarkdown(
        shown.conversation,
        segments.map(({ segment }) => segment),
        ({ id: segmentId }) => names.get(segmentId) ?? 'Speaker',
      );
    } catch (error) {
      if (isAppError(error, 'not-found')) return null;
      throw error;
    }
  }

  async #tasks(uid: string): Promise<string> {
    const zone = await this.#o.timeZoneOf(uid);
    const now = DateTime.fromMillis(this.#o.now(), { zone });
    const filter = { ...ANY_ACTION_ITEM, completed: false };
    const page = { cursor: null, offset: 0, limit: MAX_TASKS };
    const { items } = await this.#o.actionItems.page(uid, filter, page);
    const end = now.endOf('day').toMillis();
    const due = items.filter(({ dueAt }) => dueAt !== null && dueAt <= end);
    const undated = items.filter(({ dueAt }) => dueAt === null);
    const lines = (tasks: ActionItem[]) =>
      tasks.length === 0 ? ['None.'] : tasks.map((task) => taskLine(task, zone));
    return [
      `# Tasks of ${now.toFormat('cccc, d LLLL yyyy')}`,
      '',
      '## Due',
      ...lines(due.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))),
      '',
      '## Without a date',
      ...lines(undated),
      '',
    ].join('\n');
  }
}

function taskLine({ description, dueAt }: ActionItem, zone: string): string {
  const text = description.replace(/\s+/g, ' ').trim();
  if (dueAt === null) return `- [ ] ${text}`;
  return `- [ ] ${text} (${DateTime.fromMillis(dueAt, { zone }).toFormat('yyyy-MM-dd HH:mm')})`;
}
