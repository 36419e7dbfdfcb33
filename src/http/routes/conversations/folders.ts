import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { FolderService } from '../../../conversations/folder-service.ts';
import { CONVERSATION_STATUSES } from '../../../model/conversations/conversation.ts';
import { conversationSchema, conversationSummaryToWire } from '../../../wire/conversation-wire.ts';
import { folderSchema, folderToWire } from '../../../wire/folder-wire.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';
import { noContent, optionalBody, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['folders'];
const byId = z.object({ id: z.string() });
const name = z.string().min(1).max(100);
const description = z.string().max(500);
const color = z.string().min(1).max(50);
const icon = z.string().min(1).max(50);
const conversationIds = z.array(z.string()).max(5000);

/** Folders, and moving conversations between them. */
export function folderRoutes(deps: {
  folders: FolderService;
  conversations: ConversationService;
}): FastifyPluginAsyncZod {
  const { folders, conversations } = deps;
  return async (app) => {
    app.get(
      '/v1/folders',
      {
        schema: {
          response: { 200: z.array(folderSchema) },
          tags,
          summary: 'List folders in order',
        },
      },
      async ({ uid }) => (await folders.list(uid)).map(folderToWire),
    );

    app.post(
      '/v1/folders',
      {
        schema: {
          response: { 200: folderSchema },
          tags,
          summary: 'Add a folder',
          body: z.object({
            name,
            description: description.nullish(),
            color: color.nullish(),
            icon: icon.nullish(),
          }),
        },
      },
      async ({ uid, body }) =>
        folderToWire(
          await folders.create(uid, {
            name: body.name,
            description: body.description ?? null,
            color: body.color ?? null,
            icon: body.icon ?? null,
          }),
        ),
    );

    app.post(
      '/v1/folders/reorder',
      {
        schema: {
          response: { 200: statusOkSchema },
          tags,
          summary: 'Set the order of folders',
          body: z.object({ folder_ids: z.array(z.string()).max(1000) }),
        },
      },
      async ({ uid, body }) => {
        await folders.reorder(uid, body.folder_ids);
        return STATUS_OK;
      },
    );

    app.get(
      '/v1/folders/:id',
      { schema: { response: { 200: folderSchema }, tags, summary: 'Get a folder', params: byId } },
      async ({ uid, params }) => folderToWire(await folders.get(uid, params.id)),
    );

    app.patch(
      '/v1/folders/:id',
      {
        schema: {
          response: { 200: folderSchema },
          tags,
          summary: 'Change a folder',
          params: byId,
          body: optionalBody({
            name: name.nullish(),
            description: description.nullish(),
            color: color.nullish(),
            icon: icon.nullish(),
            order: z.number().int().min(0).max(100_000).nullish(),
          }),
        },
      },
      async ({ uid, params, body }) =>
        folderToWire(
          await folders.update(uid, params.id, {
            name: body.name ?? null,
            description: body.description ?? null,
            color: body.color ?? null,
            icon: body.icon ?? null,
            order: body.order ?? null,
          }),
        ),
    );

    app.delete(
      '/v1/folders/:id',
      {
        schema: {
          response: { 204: noContent },
          tags,
          summary: 'Delete a folder; its conversations are moved to another folder or to none',
          params: byId,
          querystring: z.object({ move_to_folder_id: z.string().optional() }),
        },
      },
      async ({ uid, params, query }, reply) => {
        await folders.delete(uid, params.id, query.move_to_folder_id || null);
        return reply.code(204).send(undefined);
      },
    );

    app.get(
      '/v1/folders/:id/conversations',
      {
        schema: {
          response: { 200: z.array(conversationSchema) },
          tags,
          summary: 'List the conversations of a folder, newest first',
          params: byId,
          querystring: z.object({
            limit: queryInt({ min: 1, max: 1000 }).default(100),
            offset: queryInt({ min: 0 }).default(0),
            include_discarded: queryBoolean().default(false),
          }),
        },
      },
      async ({ uid, params, query }) => {
        await folders.get(uid, params.id);
        const filter = {
          statuses: CONVERSATION_STATUSES,
          includeDiscarded: query.include_discarded,
          createdFrom: null,
          createdTo: null,
          folderId: params.id,
          starred: null,
        };
        const page = { offset: query.offset, limit: query.limit };
        const found = await conversations.list(uid, filter, page);
        return found.map((entry) => conversationSummaryToWire(entry.conversation, entry.segments));
      },
    );

    app.post(
      '/v1/folders/:id/conversations/bulk-move',
      {
        schema: {
          tags,
          response: { 200: z.object({ status: z.literal('ok'), moved_count: z.int() }) },
          summary: 'Move conversations into a folder',
          params: byId,
          body: z.object({ conversation_ids: conversationIds }),
        },
      },
      async ({ uid, params, body }) => ({
        status: 'ok' as const,
        moved_count: await folders.moveMany(uid, body.conversation_ids, params.id),
      }),
    );

    app.patch(
      '/v1/conversations/:id/folder',
      {
        schema: {
          response: { 200: statusOkSchema },
          tags: ['conversations'],
          summary: 'Move a conversation into or out of a folder',
          params: byId,
          body: z.object({ folder_id: z.string().nullable() }),
        },
      },
      async ({ uid, params, body }) => {
        await folders.moveConversation(uid, params.id, body.folder_id);
        return STATUS_OK;
      },
    );
  };
}
