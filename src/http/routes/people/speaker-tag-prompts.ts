import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { toIso } from '../../../model/timestamp.ts';
import type { PeopleService } from '../../../speakers/people-service.ts';
import type { SpeakerLabels } from '../../../speakers/speaker-labels.ts';
import type { SpeakerPrompt, SpeakerTagPrompts } from '../../../speakers/speaker-tag-prompts.ts';
import { clipSecondsOf } from '../../../wire/voice-wire.ts';
import { queryInt, queryNumber } from '../../query-types.ts';
import { noContent } from '../../status-ok.ts';

const tags = ['speaker tag prompts'];
const PATH = '/v1/speaker-tag-prompts';
const MAX_EXCERPT = 280;
const MAX_SECONDS = 7 * 86_400;

const KINDS = ['owner_check', 'confirm_person', 'identify'] as const;
const ORIGINS = { owner_check: 'auto_user', confirm_person: 'auto_person', identify: 'unnamed' };
const ANSWERS = [
  'me',
  'not_me',
  'person',
  'new_person',
  'someone_else',
  'skip',
  'not_a_person',
] as const;

const promptSchema = z
  .object({
    id: z.string(),
    kind: z.enum(KINDS),
    origin: z.string(),
    conversation_id: z.string(),
    conversation_title: z.string(),
    conversation_started_at: z.string(),
    speaker_id: z.number().int(),
    segment_ids: z.array(z.string()),
    clip_start: z.number(),
    clip_end: z.number(),
    excerpt: z.string(),
    suggested_person_id: z.string().nullable(),
    suggested_person_name: z.string().nullable(),
    suggested_person_ids: z.array(z.string()),
  })
  .meta({ id: 'SpeakerTagPrompt' });

function promptToWire(prompt: SpeakerPrompt, names: ReadonlyMap<string, string>) {
  const { kind, conversation, voice, segments, suggested } = prompt;
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  const { start, end } = clipSecondsOf(voice, startedAt);
  return {
    id: prompt.id,
    kind,
    origin: ORIGINS[kind],
    conversation_id: conversation.id,
    conversation_title: conversation.structured.title,
    conversation_started_at: toIso(startedAt),
    speaker_id: voice.speaker,
    segment_ids: segments.map(({ id }) => id),
    clip_start: start,
    clip_end: end,
    excerpt: segments
      .map(({ text }) => text)
      .join(' ')
      .slice(0, MAX_EXCERPT),
    suggested_person_id: suggested,
    suggested_person_name: suggested === null ? null : (names.get(suggested) ?? null),
    suggested_person_ids: [...prompt.nearest],
  };
}

/** Questions of the app to its user who somebody is. */
export function speakerTagPromptRoutes(deps: {
  speakerTagPrompts: SpeakerTagPrompts;
  speakerLabels: SpeakerLabels;
  people: PeopleService;
}): FastifyPluginAsyncZod {
  const { speakerTagPrompts: prompts, speakerLabels: labels, people } = deps;
  return async (app) => {
    app.get(
      PATH,
      {
        schema: {
          tags,
          summary: 'List speakers of the last two days whom the user may name',
          response: {
            200: z.object({
              prompts: z.array(promptSchema),
              first_time: z.boolean(),
              save_other_voice_profiles: z.boolean(),
              status: z.enum(['ok', 'disabled', 'cooldown', 'no_candidates']),
              next_eligible_at: z.string().nullable(),
            }),
          },
        },
      },
      async ({ uid }) => {
        const list = await prompts.list(uid);
        const all = list.prompts.length > 0 ? await people.listPeople(uid) : [];
        const names = new Map(all.map(({ id, name }) => [id, name]));
        return {
          prompts: list.prompts.map((prompt) => promptToWire(prompt, names)),
          first_time: list.settings.promptsShownAt === null,
          save_other_voice_profiles: list.settings.savesOtherVoices,
          status: list.status,
          next_eligible_at: list.nextAt === null ? null : toIso(list.nextAt),
        };
      },
    );

    app.post(
      `${PATH}/shown`,
      {
        schema: {
          tags,
          summary: 'Say that the user was asked; the next question comes after a pause',
          body: z.strictObject({ prompt_ids: z.array(z.string().max(256)).max(10) }),
          response: { 200: z.object({ first_time: z.boolean() }) },
        },
      },
      async ({ uid }) => ({ first_time: await prompts.noteShown(uid) }),
    );

    app.post(
      `${PATH}/dismiss`,
      {
        schema: {
          tags,
          summary: 'Put the question aside; after three times in a row the pause is a week',
          response: { 204: noContent },
        },
      },
      async ({ uid }, reply) => {
        await prompts.dismiss(uid);
        return reply.code(204).send(undefined);
      },
    );

    app.post(
      `${PATH}/answer`,
      {
        schema: {
          tags,
          summary: 'Say who the speaker is',
          body: z.object({
            prompt_id: z.string().min(1).max(64),
            kind: z.enum(KINDS),
            origin: z.enum(['auto_user', 'auto_person', 'unnamed']),
            conversation_id: z.string().min(1).max(128),
            speaker_id: z.number().int().min(0),
            segment_ids: z.array(z.string().max(128)).min(1).max(50),
            answer: z.enum(ANSWERS),
            person_id: z.string().max(128).nullish(),
            name: z.string().min(2).max(40).nullish(),
            suggested_person_id: z.string().max(128).nullish(),
            first_time: z.boolean().nullish(),
          }),
          response: {
            200: z.object({
              status: z.literal('ok'),
              person_id: z.string().nullable(),
              quality_outcome: z.string(),
              voice_sample_queued: z.boolean(),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const { personId, outcome, learned } = await prompts.answer(uid, {
          kind: body.kind,
          conversationId: body.conversation_id,
          speaker: body.speaker_id,
          segmentIds: body.segment_ids,
          answer: body.answer,
          personId: body.person_id ?? null,
          name: body.name ?? null,
          suggestedPersonId: body.suggested_person_id ?? null,
        });
        return {
          status: 'ok' as const,
          person_id: personId,
          quality_outcome: outcome,
          voice_sample_queued: learned,
        };
      },
    );

    app.get(
      `${PATH}/clip`,
      {
        schema: {
          tags,
          summary: 'Get a piece of a conversation to listen to, a WAV file as base64',
          querystring: z.object({
            conversation_id: z.string().min(1).max(128),
            start: queryNumber({ min: 0, max: MAX_SECONDS }),
            end: queryNumber({ min: 0, max: MAX_SECONDS }),
          }),
          response: {
            200: z.object({ audio_base64: z.string(), duration_seconds: z.number() }),
          },
        },
      },
      async ({ uid, query }) => {
        const { conversation_id: id, start, end } = query;
        const { wav, durationMs } = await labels.clip(uid, id, start * 1000, end * 1000);
        return {
          audio_base64: Buffer.from(wav).toString('base64'),
          duration_seconds: durationMs / 1000,
        };
      },
    );

    app.get(
      `${PATH}/ignored-voices`,
      {
        schema: {
          tags,
          summary: 'List speakers who are no people of interest, as the user has said',
          response: {
            200: z.object({
              voices: z.array(
                z.object({
                  conversation_id: z.string(),
                  speaker_id: z.number().int(),
                  ignored_at: z.string(),
                  conversation_title: z.string(),
                  conversation_started_at: z.string(),
                }),
              ),
            }),
          },
        },
      },
      async ({ uid }) => ({
        voices: (await prompts.ignored(uid)).map(({ voice, conversation }) => ({
          conversation_id: voice.conversationId,
          speaker_id: voice.speaker,
          ignored_at: toIso(voice.ignoredAt ?? voice.updatedAt),
          conversation_title: conversation.structured.title,
          conversation_started_at: toIso(conversation.startedAt ?? conversation.createdAt),
        })),
      }),
    );

    app.delete(
      `${PATH}/ignored-voices/:conversation_id/:speaker_id`,
      {
        schema: {
          tags,
          summary: 'Let the user be asked about a speaker again',
          params: z.object({ conversation_id: z.string(), speaker_id: queryInt({ min: 0 }) }),
          response: { 204: noContent },
        },
      },
      async ({ uid, params }, reply) => {
        await prompts.restore(uid, params.conversation_id, params.speaker_id);
        return reply.code(204).send(undefined);
      },
    );
  };
}
