import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import type { InlineActionItemService } from '../../../conversations/inline-action-item-service.ts';
import { actionItemSchema, actionItemToWire } from '../../../wire/action-item-wire.ts';
import { photoSchema, photoToWire } from '../../../wire/photo-wire.ts';
import { segmentSchema, segmentToWire } from '../../../wire/segment-wire.ts';
import { noContent } from '../../status-ok.ts';

const byId = z.object({ id: z.string() });
const segments = z.array(segmentSchema);
const tags = ['conversations'];
const okSchema = z.object({ status: z.literal('Ok') });
const ok: z.output<typeof okSchema> = { status: 'Ok' };

/** Parts of a conversation: action items, transcripts by provider, media, apps. */
export function conversationPartRoutes(deps: {
  conversations: ConversationService;
  inlineActionItems: InlineActionItemService;
}): FastifyPluginAsyncZod {
  const { conversations, inlineActionItems } = deps;
  return async (app) => {
    app.get(
      '/v1/conversations/:id/action-items',
      {
        schema: {
          response: {
            200: z.object({ action_items: z.array(actionItemSchema), conversation_id: z.string() }),
          },
          tags,
          summary: 'List the action items of a conversation',
          params: byId,
        },
      },
      async ({ uid, params }) => ({
        action_items: (await inlineActionItems.list(uid, params.id)).map(actionItemToWire),
        conversation_id: params.id,
      }),
    );

    app.patch(
      '/v1/conversations/:id/action-items',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Complete action items by their index in the conversation',
          params: byId,
          body: z.object({ items_idx: z.array(z.number().int()), values: z.array(z.boolean()) }),
        },
      },
      async ({ uid, params, body }) => {
        const changes = body.items_idx
          .slice(0, body.values.length)
          .map((index, i) => ({ index, completed: body.values[i] === true }));
        await inlineActionItems.setCompleted(uid, params.id, changes);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/action-items/:idx',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Rename the action item with the old description',
          params: byId.extend({ idx: z.string() }),
          body: z.object({ old_description: z.string(), description: z.string().min(1) }),
        },
      },
      async ({ uid, params, body }) => {
        const { old_description, description } = body;
        await inlineActionItems.rename(uid, params.id, old_description, description);
        return ok;
      },
    );

    app.delete(
      '/v1/conversations/:id/action-items',
      {
        schema: {
          response: { 204: noContent },
          tags,
          summary: 'Delete the action item with this description',
          params: byId,
          body: z.object({ description: z.string(), completed: z.boolean().nullish() }),
        },
      },
      async ({ uid, params, body }, reply) => {
        await inlineActionItems.remove(uid, params.id, body.description);
        return reply.code(204).send(undefined);
      },
    );

    app.get(
      '/v1/conversations/:id/photos',
      {
        schema: {
          response: { 200: z.array(photoSchema) },
          tags,
          summary: 'List the photos of a conversation',
          params: byId,
        },
      },
      async ({ uid, params }) => (await conversations.photos(uid, params.id)).map(photoToWire),
    );

    app.get(
      '/v1/conversations/:id/transcripts',
      {
        schema: {
          tags,
          response: {
            200: z.object({
              deepgram: segments,
              soniox: segments,
              whisperx: segments,
              speechmatics: segments,
            }),
          },
          summary: 'Get the transcript by transcription service',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        const { segments } = await conversations.get(uid, params.id);
        const madeBy = (provider: string) =>
          segments.filter((segment) => segment.sttProvider === provider).map(segmentToWire);
        return {
          deepgram: madeBy('deepgram'),
          soniox: madeBy('soniox'),
          whisperx: madeBy('whisperx'),
          speechmatics: madeBy('speechmatics'),
        };
      },
    );

    app.get(
      '/v1/conversations/:id/recording',
      {
        schema: {
          response: { 200: z.object({ has_recording: z.boolean() }) },
          tags,
          summary: 'Check for a speech profile',
          params: byId,
        },
      },
      async ({ uid, params }) => {
        const { audioFiles } = await conversations.requireConversation(uid, params.id);
        return { has_recording: audioFiles.length > 0 };
      },
    );
  };
}
