import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { MemoryService } from '../../../memories/memory-service.ts';
import { memoryCategorySchema } from '../../../model/memory.ts';
import {
  devMemorySchema,
  devMemoryToWire,
  newDevMemorySchema,
} from '../../../wire/developer-wire.ts';
import { HttpError } from '../../http-error.ts';
import { categoriesOf, pageOf, pageQuery, sendPage } from '../../list-page.ts';

const tags = ['developer API'];
const read = { key: { kind: 'dev', scope: 'memories:read' } } as const;
const write = { key: { kind: 'dev', scope: 'memories:write' } } as const;
const byId = z.object({ memory_id: z.string() });
const labels = z.array(z.string().max(100)).max(50);
const content = z.string().min(1).max(500);
const visibility = z.enum(['public', 'private']);

const newMemory = z.object({
  content,
  category: memoryCategorySchema.nullish(),
  visibility: visibility.default('private'),
  tags: labels.default([]),
});

/** Memories for programs of the user. */
export function devMemoryRoutes({ memories }: { memories: MemoryService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/dev/user/memories',
      {
        config: read,
        schema: {
          tags,
          summary: 'List memories, the most telling first',
          querystring: z.object({ ...pageQuery(25), categories: z.string().max(500).optional() }),
          response: { 200: z.array(devMemorySchema) },
        },
      },
      async ({ uid, query }, reply) => {
        const filter = {
          categories: categoriesOf(query.categories, memoryCategorySchema.options),
          updatedSince: query.updated_since ?? null,
        };
        const page = await memories.page(uid, filter, pageOf(query));
        return sendPage(reply, page).map(devMemoryToWire);
      },
    );

    app.post(
      '/v1/dev/user/memories',
      {
        config: write,
        schema: {
          tags,
          summary: 'Add a memory',
          body: newMemory,
          response: { 200: newDevMemorySchema },
        },
      },
      async ({ uid, body }) => devMemoryToWire(await memories.create(uid, toInput(body))),
    );

    app.post(
      '/v1/dev/user/memories/batch',
      {
        config: write,
        schema: {
          tags,
          summary: 'Add up to 25 memories',
          body: z.object({ memories: z.array(newMemory).max(25) }),
          response: {
            200: z.object({ memories: z.array(newDevMemorySchema), created_count: z.number() }),
          },
        },
      },
      async ({ uid, body }) => {
        const made = await memories.createMany(uid, body.memories.map(toInput));
        return { memories: made.map(devMemoryToWire), created_count: made.length };
      },
    );

    app.patch(
      '/v1/dev/user/memories/:memory_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Change a memory',
          params: byId,
          body: z.object({
            content: content.nullish(),
            visibility: visibility.nullish(),
            tags: labels.nullish(),
            category: memoryCategorySchema.nullish(),
          }),
          response: { 200: devMemorySchema },
        },
      },
      async ({ uid, params, body }) => {
        const fields = {
          ...(body.content == null ? {} : { content: trimmed(body.content) }),
          ...(body.visibility == null ? {} : { visibility: body.visibility }),
          ...(body.tags == null ? {} : { tags: body.tags }),
          ...(body.category == null ? {} : { category: body.category }),
        };
        if (Object.keys(fields).length === 0) {
          throw new HttpError(
            422,
            'At least one field (content, visibility, tags, or category) must be provided',
          );
        }
        return devMemoryToWire(await memories.update(uid, params.memory_id, fields));
      },
    );

    app.delete(
      '/v1/dev/user/memories/:memory_id',
      {
        config: write,
        schema: {
          tags,
          summary: 'Delete a memory',
          params: byId,
          response: { 200: z.object({ success: z.boolean() }) },
        },
      },
      async ({ uid, params }) => {
        await memories.delete(uid, params.memory_id);
        return { success: true };
      },
    );
  };
}

function toInput(body: z.output<typeof newMemory>) {
  const { visibility: seenBy, tags: labelled, category } = body;
  return {
    content: trimmed(body.content),
    category: category ?? null,
    visibility: seenBy,
    tags: labelled,
    headline: null,
  };
}

/** @throws HttpError 422 for a text of nothing but spaces */
function trimmed(text: string): string {
  const words = text.trim();
  if (words === '') throw new HttpError(422, 'content cannot be empty');
  return words;
}
