import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ConversationService } from '../../../conversations/conversation-service.ts';
import { AppError } from '../../../kernel/errors.ts';
import { visibilitySchema } from '../../../model/conversations/conversation.ts';
import { speakerIdOf } from '../../../model/conversations/transcript-segment.ts';
import { toSpeakerAssignment } from '../../../transcripts/speaker-assignment.ts';
import { conversationSchema, conversationToWire } from '../../../wire/conversation-wire.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';

const byId = z.object({ id: z.string() });
const tags = ['conversations'];
const text = z.string().min(1).max(10_000);
const okSchema = z.object({ status: z.literal('Ok') });
const ok: z.output<typeof okSchema> = { status: 'Ok' };

const assignQuery = z.object({
  assign_type: z.string(),
  value: z.string().optional(),
  use_for_speech_training: queryBoolean().default(true),
});

/** The edits that a user makes to one conversation. */
export function conversationEditRoutes(deps: {
  conversations: ConversationService;
}): FastifyPluginAsyncZod {
  const { conversations } = deps;
  return async (app) => {
    app.patch(
      '/v1/conversations/:id',
      {
        schema: {
          response: { 200: conversationSchema },
          tags,
          summary: 'Change title, overview, star, visibility or discarding of a conversation',
          params: byId,
          body: z.object({
            title: z.string().trim().min(1).max(5_000).nullish(),
            overview: text.nullish(),
            starred: z.boolean().nullish(),
            visibility: visibilitySchema.nullish(),
            discarded: z.boolean().nullish(),
          }),
        },
      },
      async ({ uid, params: { id }, body }) => {
        const { title, overview, starred, visibility, discarded } = body;
        if (Object.values(body).every((value) => value == null)) {
          throw new AppError('bad-request', 'Nothing to change was given.');
        }
        if (title != null) await conversations.setTitle(uid, id, title);
        if (overview != null) await conversations.setSummary(uid, id, null, overview);
        if (starred != null) await conversations.setStarred(uid, id, starred);
        if (discarded != null) await conversations.setDiscarded(uid, id, discarded);
        if (visibility != null) await conversations.setVisibility(uid, id, visibility);
        const found = await conversations.get(uid, id);
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.patch(
      '/v1/conversations/:id/title',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Set the title',
          params: byId,
          querystring: z.object({ title: z.string() }),
        },
      },
      async ({ uid, params, query }) => {
        await conversations.setTitle(uid, params.id, query.title);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/summary',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: "Update the overview or an app's summary",
          params: byId,
          body: z.object({ app_id: z.string().nullish(), content: text }),
        },
      },
      async ({ uid, params, body }) => {
        await conversations.setSummary(uid, params.id, body.app_id ?? null, body.content);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/segments/text',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Correct the text of a segment',
          params: byId,
          body: z.object({ segment_id: z.string().min(1), text }),
        },
      },
      async ({ uid, params, body }) => {
        await conversations.setSegmentText(uid, params.id, body.segment_id, body.text);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/segments/assign-bulk',
      {
        schema: {
          response: { 200: conversationSchema },
          tags,
          summary: 'Assign a person to segments',
          params: byId,
          body: z.object({
            segment_ids: z.array(z.string()),
            assign_type: z.string(),
            value: z.string().nullish(),
          }),
        },
      },
      async ({ uid, params, body }) => {
        const ids = new Set(body.segment_ids);
        const found = await conversations.assignSegments(
          uid,
          params.id,
          (segment) => ids.has(segment.id),
          toSpeakerAssignment(body.assign_type, body.value ?? null),
        );
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.patch(
      '/v1/conversations/:id/segments/:segment_idx/assign',
      {
        schema: {
          response: { 200: conversationSchema },
          tags,
          summary: 'Assign a person to a segment by index',
          params: byId.extend({ segment_idx: queryInt() }),
          querystring: assignQuery,
          deprecated: true,
        },
      },
      async ({ uid, params, query }) => {
        const assignment = toSpeakerAssignment(query.assign_type, query.value ?? null);
        const { segments } = await conversations.get(uid, params.id);
        const segment = segments[params.segment_idx];
        if (!segment) throw new AppError('not-found', 'Segment not found');
        const found = await conversations.assignSegments(
          uid,
          params.id,
          ({ id }) => id === segment.id,
          assignment,
          { learn: query.use_for_speech_training },
        );
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.patch(
      '/v1/conversations/:id/assign-speaker/:speaker_id',
      {
        schema: {
          response: { 200: conversationSchema },
          tags,
          summary: 'Assign a person to a speaker',
          params: byId.extend({ speaker_id: queryInt() }),
          querystring: assignQuery,
          deprecated: true,
        },
      },
      async ({ uid, params, query }) => {
        const found = await conversations.assignSegments(
          uid,
          params.id,
          (segment) => speakerIdOf(segment.speaker) === params.speaker_id,
          toSpeakerAssignment(query.assign_type, query.value ?? null),
          { learn: query.use_for_speech_training },
        );
        return conversationToWire(found.conversation, found.segments, found.photos);
      },
    );

    app.patch(
      '/v1/conversations/:id/visibility',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Set the visibility of a conversation',
          params: byId,
          querystring: z.object({ value: visibilitySchema }),
        },
      },
      async ({ uid, params, query }) => {
        await conversations.setVisibility(uid, params.id, query.value);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/starred',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Star or unstar a conversation',
          params: byId,
          querystring: z.object({ starred: queryBoolean() }),
        },
      },
      async ({ uid, params, query }) => {
        await conversations.setStarred(uid, params.id, query.starred);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/discarded',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Restore a discarded conversation, or discard it',
          description:
            'A discarded conversation is left out of lists and search unless it is asked for; nothing of it is deleted.',
          params: byId,
          querystring: z.object({ value: queryBoolean() }),
        },
      },
      async ({ uid, params, query }) => {
        await conversations.setDiscarded(uid, params.id, query.value);
        return ok;
      },
    );

    app.patch(
      '/v1/conversations/:id/events',
      {
        schema: {
          response: { 200: okSchema },
          tags,
          summary: 'Mark calendar events as created',
          params: byId,
          body: z.object({
            events_idx: z.array(z.number().int()),
            values: z.array(z.boolean()),
          }),
        },
      },
      async ({ uid, params, body }) => {
        const changes = body.events_idx
          .slice(0, body.values.length)
          .map((index, i) => ({ index, created: body.values[i] === true }));
        await conversations.setEventsCreated(uid, params.id, changes);
        return ok;
      },
    );
  };
}
