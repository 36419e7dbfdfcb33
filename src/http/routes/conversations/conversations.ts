import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type {
  ConversationRecord,
  ConversationService,
} from '../../../conversations/conversation-service.ts';
import { CATEGORIES } from '../../../model/conversations/category.ts';
import {
  CONVERSATION_SOURCES,
  conversationStatusSchema,
} from '../../../model/conversations/conversation.ts';
import type { AppReplies } from '../../../webhooks/app-replies.ts';
import {
  conversationSchema,
  conversationSummaryToWire,
  conversationToWire,
  sharedConversationSchema,
  sharedConversationToWire,
} from '../../../wire/conversation-wire.ts';
import { jsonObjectSchema } from '../../../wire/json.ts';
import { messageSchema } from '../../../wire/message-wire.ts';
import type { ChatWire } from '../../chat-stream.ts';
import { goneSignal } from '../../gone-signal.ts';
import { bodyTime, queryBoolean, queryInt, queryTime } from '../../query-types.ts';
import {
  type EverythingSearch,
  searchKindSchema,
  searchMatchSchema,
  searchMatchToWire,
  toMatchKind,
  understoodSchema,
  understoodToWire,
} from '../../route-search.ts';
import { noContent } from '../../status-ok.ts';

export interface ConversationRoutesDeps {
  conversations: ConversationService;
  search: EverythingSearch;
  appReplies: Pick<AppReplies, 'collect'>;
  chatWire: Pick<ChatWire, 'messages'>;
}

const byId = z.object({ id: z.string() });
const tags = ['conversations'];
/** Omi's default and `failed`, which its server never reaches: a failure is to be seen. */
const DEFAULT_STATUSES = 'processing,completed,failed';

/** Statuses from a comma list; empty means the default, names that are none match nothing. */
const statuses = z
  .string()
  .default(DEFAULT_STATUSES)
  .transform((text) =>
    (text.trim() === '' ? DEFAULT_STATUSES : text).split(',').flatMap((name) => {
      const status = conversationStatusSchema.safeParse(name.trim());
      return status.success ? [status.data] : [];
    }),
  );

/** What lists and searches are narrowed by, beside time, folder and star. */
const traits = {
  person_id: z
    .string()
    .max(200)
    .optional()
    .describe('Only conversations in which this person speaks, at most 10,000.'),
  category: z.enum(CATEGORIES).optional(),
  source: z.enum(CONVERSATION_SOURCES).optional(),
};

const listQuery = z.object({
  limit: queryInt({ min: 0, max: 5000 }).default(100),
  offset: queryInt({ min: 0 }).default(0),
  statuses,
  include_discarded: queryBoolean().default(true),
  start_date: queryTime().optional(),
  end_date: queryTime().optional(),
  folder_id: z.string().optional(),
  starred: queryBoolean().optional(),
  ...traits,
  has_tasks: queryBoolean().optional(),
});

const searchPage = z.object({
  items: z.array(
    conversationSchema.extend({
      matches: z.array(
        z.object({
          segment_ids: z.array(z.string()),
          matched: z.array(z.string()),
          time: z.string(),
          person: z.string(),
        }),
      ),
    }),
  ),
  matches: z.array(searchMatchSchema),
  understood: understoodSchema,
  current_page: z.number(),
  total_pages: z.number(),
  per_page: z.number(),
});

const finaliseBody = z.object({ calendar_meeting_context: jsonObjectSchema.nullish() }).nullish();

const endedSchema = z.object({
  conversation: conversationSchema,
  messages: z.array(messageSchema),
});

const searchBody = z.object({
  query: z.string(),
  page: z.number().int().min(1).nullish(),
  per_page: z.number().int().min(1).max(100).nullish(),
  include_discarded: z.boolean().nullish(),
  start_date: bodyTime().nullish(),
  end_date: bodyTime().nullish(),
  kinds: z.array(searchKindSchema).max(5).nullish().describe('Only what is of these kinds.'),
  folder_id: z.string().max(200).nullish(),
  starred: z.boolean().nullish(),
  person_id: traits.person_id.nullish(),
  category: traits.category.nullish(),
  source: traits.source.nullish(),
  has_tasks: z.boolean().nullish(),
});

/** Listing, reading, searching, ending and processing conversations. */
export function conversationRoutes(deps: ConversationRoutesDeps): FastifyPluginAsyncZod {
  const { conversations, search } = deps;
  return async (app) => {
    app.get(
      '/v1/conversations',
      {
        schema: {
          response: { 200: z.array(conversationSchema) },
          tags,
          summary: 'List conversations, newest first',
          querystring: listQuery,
        },
      },
      async ({ uid, query }) => {
        const page = { offset: query.offset, limit: query.limit };
        const found = await conversations.list(uid, toFilter(query), page);
        return found.map((entry) => conversationSummaryToWire(entry.conversation, entry.segments));
      },
    );

    app.post(
      '/v1/conversations',
      {
        schema: {
          response: { 200: endedSchema },
          tags,
          summary: 'End the live conversation and process it',
          body: finaliseBody,
        },
      },
      async (request, reply) => {
        const { uid, body, headers } = request;
        const calendarMeetingContext = body?.calendar_meeting_context ?? null;
        const device = deviceOf(headers);
        const ended = await conversations.finaliseCurrent(uid, { calendarMeetingContext }, device);
        return await endedToWire(deps, ended, request, reply);
      },
    );

    app.post(
      '/v1/conversations/:id/finalize',
      {
        schema: {
          response: { 200: endedSchema },
          tags,
          summary: 'End a live conversation; one that has ended is returned unchanged',
          params: byId,
          body: finaliseBody,
        },
      },
      async (request, reply) => {
        const { uid, params, body } = request;
        const calendarMeetingContext = body?.calendar_meeting_context ?? null;
        const ended = await conversations.finalise(uid, params.id, { calendarMeetingContext });
        return await endedToWire(deps, ended, request, reply);
      },
    );

    app.get(
      '/v1/conversations/count',
      {
        schema: {
          response: { 200: z.object({ count: z.number() }) },
          tags,
          summary: 'Count conversations',
          querystring: z.object({ statuses, include_discarded: queryBoolean().default(false) }),
        },
      },
      async ({ uid, query }) => ({ count: await conversations.count(uid, toFilter(query)) }),
    );

    app.get(
      '/v1/conversations/filters',
      {
        schema: {
          response: {
            200: z.object({
              categories: z.array(z.enum(CATEGORIES)),
              sources: z.array(z.enum(CONVERSATION_SOURCES)),
            }),
          },
          tags,
          summary: 'List the categories and sources that the newest 5,000 conversations have',
        },
      },
      async ({ uid }) => await conversations.traits(uid),
    );

    app.post(
      '/v1/conversations/search',
      {
        schema: {
          response: { 200: searchPage },
          tags,
          summary: 'Search titles, overviews and transcripts by words and meaning',
          body: searchBody,
        },
      },
      async ({ uid, body }) => {
        const page = body.page ?? 1;
        const perPage = body.per_page ?? 10;
        const { items, matches, understood } = await search.searchEverything(uid, {
          query: body.query,
          page,
          perPage,
          includeDiscarded: body.include_discarded ?? true,
          startDate: body.start_date ?? null,
          endDate: body.end_date ?? null,
          folderId: body.folder_id || null,
          starred: body.starred ?? null,
          category: body.category ?? null,
          source: body.source ?? null,
          hasTasks: body.has_tasks ?? null,
          ...(body.person_id ? { heardIn: body.person_id } : {}),
          ...(body.kinds?.length ? { kinds: body.kinds.map(toMatchKind) } : {}),
        });
        return {
          items: items.map(({ conversation, matches: own }) => ({
            ...conversationSummaryToWire(conversation, []),
            matches: own.map(({ segmentIds, matched, time, person }) => ({
              segment_ids: [...segmentIds],
              matched: [...matched],
              time,
              person,
            })),
          })),
          matches: matches.map(searchMatchToWire),
          understood: understoodToWire(understood),
          current_page: page,
          total_pages: items.length >= perPage ? page + 1 : page,
          per_page: perPage,
        };
      },
    );

    app.get(
      '/v1/conversations/:id',
      {
        schema: {
          response: { 200: conversationSchema },
          tags,
          summary: 'Get a conversation with its transcript',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        const found = await conversations.get(uid, params.id);
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.delete(
      '/v1/conversations/:id',
      {
        config: { forgivesMissing: true },
        schema: {
          response: { 204: noContent },
          tags,
          summary: 'Delete a conversation; `cascade` also deletes its memories and action items',
          params: byId,
          querystring: z.object({ cascade: queryBoolean().default(false) }),
        },
      },
      async ({ uid, params, query }, reply) => {
        await conversations.delete(uid, params.id, { cascade: query.cascade });
        return reply.code(204).send(undefined);
      },
    );

    app.post(
      '/v1/conversations/:id/reprocess',
      {
        schema: {
          // Beside the conversation, what the macOS app looks for in the answer.
          response: { 200: conversationSchema.extend({ success: z.boolean() }) },
          tags,
          summary: 'Reprocess a conversation',
          params: byId,
          querystring: z.object({
            language_code: z.string().optional(),
            app_id: z.string().optional(),
          }),
          body: z
            .object({ language_code: z.string().nullish(), app_id: z.string().nullish() })
            .nullish(),
        },
      },
      async ({ uid, params, query, body }, reply) => {
        const found = await conversations.reprocess(uid, params.id, {
          languageCode: query.language_code || body?.language_code || null,
          appId: query.app_id || body?.app_id || null,
          signal: goneSignal(reply),
        });
        const wire = conversationToWire(found.conversation, found.segments, found.photos);
        return { ...wire, success: found.conversation.status === 'completed' };
      },
    );

    app.get(
      '/v1/conversations/:id/shared',
      {
        config: { public: true },
        schema: {
          response: { 200: sharedConversationSchema },
          tags,
          summary: 'Get a published conversation',
          params: byId,
          security: [],
        },
      },
      async ({ params }) => {
        const found = await conversations.getShared(params.id);
        return sharedConversationToWire(found.conversation, found.segments, found.people);
      },
    );
  };
}

/** How the device names itself that asks, at most 128 characters; null if it does not. */
function deviceOf(headers: IncomingHttpHeaders): string | null {
  const header = headers['x-device-id-hash'];
  return typeof header === 'string' && header !== '' ? header.slice(0, 128) : null;
}

/** The conversation, and what apps say to it. */
async function endedToWire(
  { appReplies, chatWire }: ConversationRoutesDeps,
  { conversation, segments, photos }: ConversationRecord,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<z.output<typeof endedSchema>> {
  const replies = await appReplies.collect(request.uid, conversation, goneSignal(reply));
  return {
    conversation: conversationToWire(conversation, segments, photos),
    messages: await chatWire.messages(request, replies),
  };
}

function toFilter(query: Partial<z.output<typeof listQuery>>) {
  return {
    statuses: query.statuses ?? [],
    includeDiscarded: query.include_discarded ?? true,
    createdFrom: query.start_date ?? null,
    createdTo: query.end_date ?? null,
    folderId: query.folder_id || null,
    starred: query.starred ?? null,
    personId: query.person_id || null,
    category: query.category ?? null,
    source: query.source ?? null,
    hasTasks: query.has_tasks ?? null,
  };
}
