import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { DateTime } from 'luxon';
import { z } from 'zod';
import type { ActionItemService } from '../../../action-items/action-item-service.ts';
import type { DeveloperConversations } from '../../../developer/developer-conversations.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { MemoryService } from '../../../memories/memory-service.ts';
import { CATEGORIES } from '../../../model/conversations/category.ts';
import type { Conversation } from '../../../model/conversations/conversation.ts';
import { memoryCategorySchema } from '../../../model/memory.ts';
import { toIsoOrNull } from '../../../model/timestamp.ts';
import {
  devActionItemSchema,
  devActionItemToWire,
  devSegmentSchema,
  devSegmentToWire,
} from '../../../wire/developer-wire.ts';
import { categoriesOf, pageOf, pageQuery, sendPage } from '../../list-page.ts';
import { queryBoolean, queryInt, queryTime } from '../../query-types.ts';
import type { ConversationSearch } from '../../route-search.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['MCP'];
const memoriesRead = { key: { kind: 'mcp', scope: 'memories:read' } } as const;
const memoriesWrite = { key: { kind: 'mcp', scope: 'memories:write' } } as const;
const conversationsRead = { key: { kind: 'mcp', scope: 'conversations:read' } } as const;
const tasksRead = { key: { kind: 'mcp', scope: 'action_items:read' } } as const;
const content = z.string().trim().min(1).max(2000);

const memoryRow = z.object({ id: z.string(), content: z.string(), category: z.string() });
const conversationRow = z.object({
  id: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  structured: z.object({ title: z.string(), overview: z.string(), category: z.string() }),
  language: z.string().nullable(),
});

export interface McpRestDeps {
  memories: MemoryService;
  actionItems: ActionItemService;
  developerConversations: DeveloperConversations;
  search: ConversationSearch;
}

/** What Omi's own MCP program calls, which runs on the user's machine. */
export function mcpRestRoutes(deps: McpRestDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(memoryRoutes(deps));
    await app.register(conversationRoutes(deps));
  };
}

function memoryRoutes({ memories, actionItems }: McpRestDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/mcp/memories',
      {
        config: memoriesRead,
        schema: {
          tags,
          summary: 'List memories',
          querystring: z.object({ ...pageQuery(25), categories: z.string().max(500).optional() }),
          response: { 200: z.array(memoryRow) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          categories: categoriesOf(query.categories, memoryCategorySchema.options),
          updatedSince: query.updated_since ?? null,
        };
        const page = await memories.page(uid, filter, pageOf(query));
        return sendPage(reply, page)
          .filter(({ isLocked }) => !isLocked)
          .map(({ id, content: text, category }) => ({ id, content: text, category }));
      },
    );

    app.post(
      '/v1/mcp/memories',
      {
        config: memoriesWrite,
        schema: {
          tags,
          summary: 'Add a memory',
          body: z.object({
            content,
            category: memoryCategorySchema.nullish(),
            visibility: z.enum(['public', 'private']).default('private'),
            tags: z.array(z.string().max(100)).max(50).default([]),
            headline: z.string().max(500).nullish(),
          }),
          response: {
            200: memoryRow.omit({ id: true }).extend({
              visibility: z.string(),
              tags: z.array(z.string()),
              headline: z.string().nullable(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const { category, headline, ...rest } = body;
        const made = { ...rest, category: category ?? null, headline: headline ?? null };
        return await memories.create(uid, made);
      },
    );

    app.patch(
      '/v1/mcp/memories/:memory_id',
      {
        config: memoriesWrite,
        schema: {
          tags,
          summary: 'Change the text of a memory',
          params: z.object({ memory_id: z.string() }),
          querystring: z.object({ value: content }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, query }) => {
        await memories.setContent(uid, params.memory_id, query.value);
        return STATUS_OK;
      },
    );

    app.delete(
      '/v1/mcp/memories/:memory_id',
      {
        config: memoriesWrite,
        schema: {
          tags,
          summary: 'Delete a memory',
          params: z.object({ memory_id: z.string() }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await memories.delete(uid, params.memory_id);
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/mcp/action-items',
      {
        config: tasksRead,
        schema: {
          tags,
          summary: 'List tasks, or those that have changed since a time',
          querystring: z.object({ ...pageQuery(100), completed: queryBoolean().optional() }),
          response: { 200: z.array(devActionItemSchema) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          completed: query.completed ?? null,
          conversationId: null,
          createdFrom: null,
          createdTo: null,
          dueFrom: null,
          dueTo: null,
          updatedSince: query.updated_since ?? null,
        };
        const page = await actionItems.page(uid, filter, pageOf(query));
        return sendPage(reply, page).map(devActionItemToWire);
      },
    );
  };
}

function conversationRoutes(deps: McpRestDeps): FastifyPluginAsyncZod {
  const { developerConversations: conversations, search } = deps;
  return async (app) => {
    app.get(
      '/v1/mcp/conversations',
      {
        config: conversationsRead,
        schema: {
          tags,
          summary: 'List completed conversations, newest first',
          querystring: z.object({
            ...pageQuery(100),
            start_date: queryTime().optional(),
            end_date: queryTime().optional(),
            categories: z.string().max(1000).optional(),
          }),
          response: { 200: z.array(conversationRow) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          createdFrom: query.start_date ?? null,
          createdTo: query.end_date ?? null,
          folderId: null,
          starred: null,
          categories: categoriesOf(query.categories, CATEGORIES),
          updatedSince: query.updated_since ?? null,
        };
        const page = await conversations.list(uid, filter, pageOf(query), false);
        return sendPage(reply, page).map(({ conversation }) => rowOf(conversation));
      },
    );

    app.get(
      '/v1/mcp/conversations/search',
      {
        config: conversationsRead,
        schema: {
          tags,
          summary: 'Search conversations',
          querystring: z.object({
            query: z.string().min(1).max(1000),
            limit: queryInt({ min: 1, max: 100 }).default(10),
            start_date: z.string().max(40).optional(),
            end_date: z.string().max(40).optional(),
          }),
          response: { 200: z.array(conversationRow) },
        },
      },
      async ({ uid, query }) => {
        const { items } = await search.searchConversations(uid, {
          query: query.query,
          page: 1,
          perPage: query.limit,
          includeDiscarded: false,
          startDate: dayOf('start_date', query.start_date)?.startOf('day').toMillis() ?? null,
          endDate: dayOf('end_date', query.end_date)?.endOf('day').toMillis() ?? null,
        });
        return items.map(({ conversation }) => rowOf(conversation));
      },
    );

    app.get(
      '/v1/mcp/conversations/:conversation_id',
      {
        config: conversationsRead,
        schema: {
          tags,
          summary: 'One conversation with its transcript',
          params: z.object({ conversation_id: z.string() }),
          response: {
            200: conversationRow.extend({ transcript_segments: z.array(devSegmentSchema) }),
          },
        },
      },
      async ({ uid, params }) => {
        const found = await conversations.get(uid, params.conversation_id, true);
        return {
          ...rowOf(found.conversation),
          transcript_segments: (found.segments ?? []).map(({ segment, speakerName }) =>
            devSegmentToWire(segment, speakerName),
          ),
        };
      },
    );
  };
}

function rowOf(conversation: Conversation) {
  const { id, startedAt, finishedAt, structured, language } = conversation;
  const { title, overview, category } = structured;
  return {
    id,
    started_at: toIsoOrNull(startedAt),
    finished_at: toIsoOrNull(finishedAt),
    structured: { title, overview, category },
    language,
  };
}

/** @throws AppError `bad-request` with Omi's text for what is no day */
function dayOf(name: string, text: string | undefined): DateTime | null {
  if (!text) return null;
  const day = DateTime.fromFormat(text, 'yyyy-MM-dd', { zone: 'utc' });
  if (day.isValid) return day;
  throw new AppError('bad-request', `Invalid ${name} format: '${text}'. Expected YYYY-MM-DD.`);
}
