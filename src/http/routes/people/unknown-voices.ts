import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { toIso } from '../../../model/timestamp.ts';
import type { UnknownVoices } from '../../../speakers/unknown-voices.ts';
import { personSchema, personToWire } from '../../../wire/person-wire.ts';
import { speakerClipSchema, speakerClipToWire } from '../../../wire/voice-wire.ts';
import { queryBoolean } from '../../query-types.ts';
import { noContent, STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['voices'];
const byId = z.object({ voice_id: z.string() });
const renameEarlier = z.boolean().default(false).describe('Name what the voice has said so far.');

const unknownVoiceSchema = z
  .object({
    id: z.string(),
    first_heard_at: z.string(),
    last_heard_at: z.string(),
    ignored_at: z.string().nullable(),
    talk_seconds: z.number(),
    heard_in: z.array(speakerClipSchema),
  })
  .meta({ id: 'UnknownVoice' });

/** Voices without a name, collected over conversations. */
export function unknownVoiceRoutes(deps: { unknownVoices: UnknownVoices }): FastifyPluginAsyncZod {
  const { unknownVoices: voices } = deps;
  return async (app) => {
    app.get(
      '/v1/voices/unknown',
      {
        schema: {
          tags,
          summary: 'List voices without a name, the latest first',
          description:
            'Pieces to listen to (`clip_start`, `clip_end`) are had from `/v1/speaker-tag-prompts/clip`, if recordings are kept.',
          querystring: z.object({ include_ignored: queryBoolean().optional() }),
          response: { 200: z.object({ voices: z.array(unknownVoiceSchema) }) },
        },
      },
      async ({ uid, query }) => {
        const found = await voices.list(uid, query.include_ignored ?? false);
        return {
          voices: found.map(({ unknown, heardIn }) => {
            const clips = heardIn.map(speakerClipToWire);
            return {
              id: unknown.id,
              first_heard_at: toIso(unknown.createdAt),
              last_heard_at: toIso(unknown.lastHeardAt),
              ignored_at: unknown.ignoredAt === null ? null : toIso(unknown.ignoredAt),
              talk_seconds: clips.reduce((sum, { talk_seconds }) => sum + talk_seconds, 0),
              heard_in: clips,
            };
          }),
        };
      },
    );

    app.post(
      '/v1/voices/unknown/:voice_id/name',
      {
        schema: {
          tags,
          summary: 'Give a voice the name of a person, who is made if there is none of that name',
          params: byId,
          body: z.object({ name: z.string().min(2).max(40), rename_earlier: renameEarlier }),
          response: { 200: personSchema },
        },
      },
      async ({ uid, params, body }) => {
        const { name, rename_earlier: renames } = body;
        return personToWire(await voices.name(uid, params.voice_id, name, renames));
      },
    );

    app.post(
      '/v1/voices/unknown/:voice_id/join',
      {
        schema: {
          tags,
          summary: 'Say that a voice is that of a person',
          params: byId,
          body: z.object({ person_id: z.string().max(128), rename_earlier: renameEarlier }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params, body }) => {
        await voices.join(uid, params.voice_id, body.person_id, body.rename_earlier);
        return STATUS_OK;
      },
    );

    app.post(
      '/v1/voices/unknown/:voice_id/ignore',
      {
        schema: {
          tags,
          summary: 'Keep a voice out of the list',
          params: byId,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await voices.ignore(uid, params.voice_id, true);
        return STATUS_OK;
      },
    );

    app.delete(
      '/v1/voices/unknown/:voice_id/ignore',
      {
        schema: {
          tags,
          summary: 'Take a voice into the list again',
          params: byId,
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await voices.ignore(uid, params.voice_id, false);
        return STATUS_OK;
      },
    );

    app.delete(
      '/v1/voices/unknown/:voice_id',
      {
        schema: {
          tags,
          summary: 'Forget what a voice is like; what was said stays',
          params: byId,
          response: { 204: noContent },
        },
      },
      async ({ uid, params }, reply) => {
        await voices.remove(uid, params.voice_id);
        return reply.code(204).send(undefined);
      },
    );
  };
}
