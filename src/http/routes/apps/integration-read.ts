import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ActionItemService } from '../../../action-items/action-item-service.ts';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { MemoryService } from '../../../memories/memory-service.ts';
import { conversationStatusSchema } from '../../../model/conversations/conversation.ts';
import {
  integrationConversationSchema,
  integrationConversationToWire,
  integrationTaskSchema,
  integrationTaskToWire,
  withoutNulls,
} from '../../../wire/integration-wire.ts';
import { jsonObjectSchema } from '../../../wire/json.ts';
import { memoryToWire } from '../../../wire/memory-wire.ts';
import { type IntegrationGuardDeps, requireApp } from '../../apps/integration-guard.ts';
import { HttpError } from '../../http-error.ts';
import { bodyTime, parseIsoTime, queryBoolean, queryInt } from '../../query-types.ts';
import type { ConversationSearch } from '../../route-search.ts';

const tags = ['integration API'];
const byApp = z.object({ app_id: z.string() });
const user = { uid: z.string().min(1) };
const page = {
  limit: queryInt({ min: 1, max: 1000 }).default(100),
  offset: queryInt({ min: 0 }).default(0),
};
const maxSegments = queryInt({ min: -1, max: 1000 }).default(100);
const time = z.string().max(40).optional();
const DAY_MS = 24 * 3_600_000;

const READ_MEMORIES = { actions: ['read_memories', 'read_facts'], deed: 'read memories' };
const READ_CONVERSATIONS = { actions: ['read_conversations'], deed: 'read conversations' };
const READ_TASKS = { actions: ['read_tasks'], deed: 'read tasks' };

export interface IntegrationReadDeps extends IntegrationGuardDeps {
  memories: MemoryService;
  conversations: ConversationService;
  actionItems: ActionItemService;
  search: ConversationSearch;
}

/** What apps may read of a user who has them enabled. */
export function integrationReadRoutes(deps: IntegrationReadDeps): FastifyPluginAsyncZod {
  return async (app) => {
    if (!app.hasRequestDecorator('callingApp')) app.decorateRequest('callingApp', null);
    memoryRoutes(app, deps);
    conversationRoutes(app, deps);
    taskRoutes(app, deps);
  };
}

type App = Parameters<FastifyPluginAsyncZod>[0];
const open = { config: { public: true } } as const;

function memoryRoutes(app: App, deps: IntegrationReadDeps): void {
  app.get(
    '/v2/integrations/:app_id/memories',
    {
      ...open,
      onRequest: requireApp(deps, READ_MEMORIES),
      schema: {
        tags,
        summary: 'What is known about the user',
        params: byApp,
        querystring: z.object({ ...user, ...page }),
        response: { 200: z.object({ memories: z.array(jsonObjectSchema) }) },
      },
    },
    async ({ uid, query }) => {
      const { offset, limit } = query;
      const found = await deps.memories.list(uid, { offset, limit, categories: [] });
      const shown = found.filter(({ isLocked }) => !isLocked).slice(0, limit);
      return { memories: shown.map((memory) => withoutNulls(memoryToWire(memory))) };
    },
  );
}

function conversationRoutes(app: App, deps: IntegrationReadDeps): void {
  const { conversations, search } = deps;
  app.get(
    '/v2/integrations/:app_id/conversations',
    {
      ...open,
      onRequest: requireApp(deps, READ_CONVERSATIONS),
      schema: {
        tags,
        summary: 'Conversations of the user, newest first',
        params: byApp,
        querystring: z.object({
          ...user,
          ...page,
          include_discarded: queryBoolean().default(false),
          statuses: z.union([z.string(), z.array(z.string())]).optional(),
          start_date: time,
          end_date: time,
          max_transcript_segments: maxSegments,
        }),
        response: { 200: z.object({ conversations: z.array(integrationConversationSchema) }) },
      },
    },
    async ({ uid, query }) => {
      const filter = {
        statuses: statusesOf(query.statuses),
        includeDiscarded: query.include_discarded,
        createdFrom: timeOf(query.start_date, false),
        createdTo: timeOf(query.end_date, true),
        folderId: null,
        starred: null,
      };
      const { offset, limit } = query;
      const found = await conversations.list(uid, filter, { offset, limit });
      const max = query.max_transcript_segments;
      return {
        conversations: found.map(({ conversation, segments }) =>
          integrationConversationToWire(conversation, segments, max),
        ),
      };
    },
  );
  app.post(
    '/v2/integrations/:app_id/search/conversations',
    {
      ...open,
      onRequest: requireApp(deps, READ_CONVERSATIONS),
      schema: {
        tags,
        summary: 'Search the conversations of the user',
        params: byApp,
        querystring: z.object({ ...user, max_transcript_segments: maxSegments }),
        body: z.object({
          query: z.string().max(1_000),
          page: z.number().int().min(1).nullish(),
          per_page: z.number().int().min(1).max(100).nullish(),
          include_discarded: z.boolean().nullish(),
          start_date: bodyTime().nullish(),
          end_date: bodyTime().nullish(),
        }),
        response: {
          200: z.object({
            conversations: z.array(integrationConversationSchema),
            total_pages: z.number().int(),
            current_page: z.number().int(),
            per_page: z.number().int(),
          }),
        },
      },
    },
    async ({ uid, query, body }) => {
      const current = body.page ?? 1;
      const perPage = body.per_page ?? 10;
      const { items } = await search.searchConversations(uid, {
        query: body.query,
        page: current,
        perPage,
        includeDiscarded: false,
        startDate: body.start_date ?? null,
        endDate: body.end_date ?? null,
      });
      const shown = await Promise.all(
        items.map(async ({ conversation }) => {
          const { segments } = await conversations.get(uid, conversation.id);
          const max = query.max_transcript_segments;
          return integrationConversationToWire(conversation, segments, max);
        }),
      );
      return {
        conversations: shown,
        total_pages: items.length < perPage ? current : current + 1,
        current_page: current,
        per_page: perPage,
      };
    },
  );
}

function taskRoutes(app: App, deps: IntegrationReadDeps): void {
  app.get(
    '/v2/integrations/:app_id/tasks',
    {
      ...open,
      onRequest: requireApp(deps, READ_TASKS),
      schema: {
        tags,
        summary: 'Tasks of the user',
        params: byApp,
        querystring: z.object({
          ...user,
          ...page,
          completed: queryBoolean().optional(),
          conversation_id: z.string().optional(),
          start_date: time,
          end_date: time,
          due_start_date: time,
          due_end_date: time,
        }),
        response: { 200: z.object({ tasks: z.array(integrationTaskSchema) }) },
      },
    },
    async ({ uid, query }) => {
      const filter = {
        completed: query.completed ?? null,
        conversationId: query.conversation_id || null,
        createdFrom: timeOf(query.start_date, false),
        createdTo: timeOf(query.end_date, true),
        dueFrom: timeOf(query.due_start_date, false),
        dueTo: timeOf(query.due_end_date, true),
      };
      const { offset, limit } = query;
      const { items } = await deps.actionItems.list(uid, filter, { offset, limit });
      return { tasks: items.filter(({ isLocked }) => !isLocked).map(integrationTaskToWire) };
    },
  );
}

/** A time of a query; a day alone is its first moment, or its last for the end of a range. */
function timeOf(text: string | undefined, isEnd: boolean): number | null {
  if (text === undefined || text.trim() === '') return null;
  const at = parseIsoTime(text);
  if (at === undefined) {
    throw new HttpError(400, 'Invalid date format. Use ISO 8601 or YYYY-MM-DD');
  }
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text.trim());
  return isEnd && isDay ? at + DAY_MS - 1 : at;
}

/** Names that are no status match nothing; none at all means what is done. */
function statusesOf(given: string | string[] | undefined) {
  const names = (Array.isArray(given) ? given : [given ?? '']).flatMap((one) => one.split(','));
  const wanted = names.map((name) => name.trim()).filter((name) => name !== '');
  if (wanted.length === 0) return ['processing' as const, 'completed' as const, 'failed' as const];
  return wanted.flatMap((name) => {
    const status = conversationStatusSchema.safeParse(name);
    return status.success ? [status.data] : [];
  });
}
