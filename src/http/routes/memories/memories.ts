import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { MemoryService } from '../../../memories/memory-service.ts';
import {
  memoryHistorySchema,
  memoryHistoryToWire,
  memorySchema,
  memoryToAppWire,
} from '../../../wire/memory-wire.ts';
import { HttpError } from '../../http-error.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';

const byId = z.object({ id: z.string() });
const tags = ['memories'];
const okSchema = z.object({ status: z.literal('ok') });
const ok: z.output<typeof okSchema> = { status: 'ok' };

/** The app sends a value in the query, desktop apps send it in a body. */
const valueAnywhere = {
  querystring: z.object({ value: z.string().optional() }),
  body: z.object({ value: z.string().max(100_000).nullish() }).nullish(),
};

/** A new memory; a category may be sent but what a user adds is always `manual`. */
const newMemory = z.object({
  content: z.string().min(1),
  category: z.string().nullish(),
  visibility: z.enum(['public', 'private']).default('private'),
  tags: z.array(z.string()).default([]),
  headline: z.string().nullish(),
});

/** Listing, adding and editing the facts about the user. */
export function memoryRoutes(deps: { memories: MemoryService }): FastifyPluginAsyncZod {
  const { memories } = deps;
  return async (app) => {
    app.get(
      '/v3/memories',
      {
        schema: {
          response: { 200: z.array(memorySchema) },
          tags,
          summary: 'List memories',
          querystring: z.object({
            limit: queryInt({ min: 0, max: 5000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
            categories: z.union([z.string(), z.array(z.string())]).optional(),
            awaits_review: queryBoolean().optional(),
            conversation_id: z.string().max(200).optional(),
            /** Words that stand in the memory as they are, in capitals or not. */
            text: z.string().max(200).optional(),
            /**
             * True: the first page keeps to `limit` too, and rejected memories are left out before the
             * pages are cut. So it is as well with `conversation_id` or `text`.
             */
            exact_pages: queryBoolean().optional(),
          }),
        },
      },
      async ({ uid, query }) => {
        const { limit, offset } = query;
        const names = [query.categories ?? []].flat().flatMap((text) => text.split(','));
        const categories = names.map((name) => name.trim()).filter((name) => name !== '');
        const { conversation_id: conversationId, text, awaits_review: awaitsReview } = query;
        const isExact = query.exact_pages || conversationId !== undefined || text !== undefined;
        const found = await (isExact
          ? memories.listPage(
              uid,
              {
                categories,
                awaitsReview: awaitsReview ?? null,
                conversationId: conversationId ?? null,
                text: text ?? '',
              },
              { limit, offset },
            )
          : memories.list(uid, { limit, offset, categories, awaitsReview }));
        return found.map(memoryToAppWire);
      },
    );

    app.post(
      '/v3/memories',
      {
        schema: { response: { 200: memorySchema }, tags, summary: 'Add a memory', body: newMemory },
      },
      async ({ uid, body }) => memoryToAppWire(await memories.create(uid, toInput(body))),
    );

    app.post(
      '/v3/memories/batch',
      {
        schema: {
          response: {
            200: z.object({ memories: z.array(memorySchema), created_count: z.number() }),
          },
          tags,
          summary: 'Add up to 100 memories',
          body: z.object({ memories: z.array(newMemory).max(100) }),
        },
      },
      async ({ uid, body }) => {
        const made = await memories.createMany(uid, body.memories.map(toInput));
        return { memories: made.map(memoryToAppWire), created_count: made.length };
      },
    );

    app.delete(
      '/v3/memories/batch',
      {
        schema: {
          response: { 200: z.object({ status: z.literal('ok'), deleted_count: z.int() }) },
          tags,
          summary: 'Delete up to 500 memories',
          body: z.object({ memory_ids: z.array(z.string().max(200)).max(500) }),
        },
      },
      async ({ uid, body }) => ({
        status: 'ok' as const,
        deleted_count: await memories.deleteMany(uid, body.memory_ids),
      }),
    );

    app.get(
      '/v3/memories/:id/history',
      {
        schema: {
          response: { 200: z.array(memoryHistorySchema) },
          tags,
          summary: 'List the versions of a memory, newest first',
          params: byId,
        },
      },
      async ({ uid, params }) => (await memories.history(uid, params.id)).map(memoryHistoryToWire),
    );

    app.patch(
      '/v3/memories/visibility',
      {
        schema: {
          response: { 200: z.object({ status: z.string() }) },
          tags,
          summary: 'Set the visibility of all memories',
          ...valueAnywhere,
        },
      },
      async ({ uid, query, body }) => {
        const visibility = visibilityOf(givenValue(query, body));
        return { status: `updated ${await memories.setAllVisibility(uid, visibility)}` };
      },
    );

    app.post(
      '/v3/memories/mark-all-read',
      {
        schema: {
          response: { 200: z.object({ status: z.string() }) },
          tags,
          summary: 'Mark all memories as read',
        },
      },
      async ({ uid }) => ({ status: `marked ${await memories.markAllRead(uid)} as read` }),
    );

    app.patch(
      '/v3/memories/:id',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Change the content of a memory',
          params: byId,
          ...valueAnywhere,
        },
      },
      async ({ uid, params, query, body }) => {
        await memories.setContent(uid, params.id, givenValue(query, body));
        return ok;
      },
    );

    app.patch(
      '/v3/memories/:id/read',
      {
        schema: {
          response: { 200: memorySchema },
          tags,
          summary: 'Mark a memory as read or dismissed',
          params: byId,
          body: z.object({
            is_read: z.boolean().nullish(),
            is_dismissed: z.boolean().nullish(),
          }),
        },
      },
      async ({ uid, params, body }) =>
        memoryToAppWire(
          await memories.mark(uid, params.id, {
            ...(body.is_read == null ? {} : { isRead: body.is_read }),
            ...(body.is_dismissed == null ? {} : { isDismissed: body.is_dismissed }),
          }),
        ),
    );

    app.patch(
      '/v3/memories/:id/visibility',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Set the visibility of a memory',
          params: byId,
          ...valueAnywhere,
        },
      },
      async ({ uid, params, query, body }) => {
        await memories.setVisibility(uid, params.id, visibilityOf(givenValue(query, body)));
        return ok;
      },
    );

    app.post(
      '/v3/memories/:id/review',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Accept or reject a memory; rejected ones are hidden',
          params: byId,
          querystring: z.object({ value: queryBoolean() }),
        },
      },
      async ({ uid, params, query }) => {
        await memories.review(uid, params.id, query.value);
        return ok;
      },
    );

    app.delete(
      '/v3/memories/:id',
      { schema: { response: { 200: okSchema }, tags, summary: 'Delete a memory', params: byId } },
      async ({ uid, params }) => {
        await memories.delete(uid, params.id);
        return ok;
      },
    );

    app.delete(
      '/v3/memories',
      {
        schema: {
          response: { 200: okSchema.extend({ deletion_id: z.string().nullable() }) },
          tags,
          summary: 'Delete all memories',
          description:
            '`POST /v1/deletions/memories/{deletion_id}/restore` brings them back for a while; null if nothing is kept.',
        },
      },
      async ({ uid }) => ({ ...ok, deletion_id: await memories.deleteAll(uid) }),
    );
  };
}

/** Returns the value, wherever it stands. @throws HttpError 422 if there is none */
function givenValue(
  query: { value?: string | undefined },
  body: { value?: string | null | undefined } | null | undefined,
): string {
  const value = query.value ?? body?.value ?? '';
  if (value === '') throw new HttpError(422, 'value is required, in the query or in the body');
  return value;
}

function visibilityOf(value: string): 'public' | 'private' {
  if (value === 'public' || value === 'private') return value;
  throw new AppError('bad-request', 'Invalid visibility value');
}

function toInput(body: z.output<typeof newMemory>) {
  const { content, visibility, tags, headline } = body;
  return { content, category: null, visibility, tags, headline: headline ?? null };
}
