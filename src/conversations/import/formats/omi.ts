import { z } from 'zod';
import { type ImportedTalk, talkOf } from '../imported-transcript.ts';
import {
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  momentOf,
  secondsToMs,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';
import { languageTag } from './whisper.ts';

/** What the user is called in a conversation that does not name the user. */
const USER = 'You';

const segmentSchema = z.object({
  text: z.string(),
  speaker: jsonSpeaker,
  speaker_id: z.number().nullish(),
  is_user: z.boolean().nullish(),
  person_id: jsonText,
  start: jsonTime,
  end: jsonTime,
});
const conversationSchema = z.object({
  transcript_segments: z.array(segmentSchema),
  structured: z.object({ title: jsonText }).nullish(),
  started_at: jsonTime,
  created_at: jsonTime,
  language: jsonText,
});
const listedSchema = conversationSchema.extend({
  transcript_segments: z.array(segmentSchema).nullish(),
});
const personSchema = z.object({ id: z.string(), name: z.string() });

/**
 * Conversations as Omi's API gives them: one, a list of them, or an export of an account, whose people
 * give speakers their names. Times in seconds. Source: https://docs.omi.me (conversations)
 */
export const omi = jsonFormat({
  id: 'omi',
  title: 'Omi',
  schema: z.union([
    conversationSchema,
    z
      .array(listedSchema)
      .min(1)
      .refine((list) => list.some((talk) => talk.transcript_segments), {
        error: 'expected transcript_segments',
      }),
    z.object({
      conversations: z.array(listedSchema).min(1),
      people: z.array(personSchema).nullish(),
    }),
  ]),
  toTalks: (value) => {
    if (Array.isArray(value)) return value.map((talk) => toTalk(talk, new Map()));
    if (!('conversations' in value)) return [toTalk(value, new Map())];
    const names = new Map((value.people ?? []).map(({ id, name }) => [id, name]));
    return value.conversations.map((talk) => toTalk(talk, names));
  },
});

function toTalk(
  talk: z.infer<typeof listedSchema>,
  names: ReadonlyMap<string, string>,
): ImportedTalk {
  const segments = talk.transcript_segments ?? [];
  const turns = segments.map((segment) => ({
    speaker: segment.is_user ? USER : speakerOf(segment, names),
    text: segment.text,
    startMs: secondsToMs(segment.start),
    endMs: secondsToMs(segment.end),
  }));
  return talkOf(jsonTurns(turns), {
    title: talk.structured?.title?.trim() || null,
    startedAt: momentOf(talk.started_at) ?? momentOf(talk.created_at),
    language: languageTag(talk.language),
    userLabel: segments.some((segment) => segment.is_user) ? USER : null,
  });
}

function speakerOf(
  { speaker, speaker_id: number, person_id: personId }: z.infer<typeof segmentSchema>,
  names: ReadonlyMap<string, string>,
): string | null {
  const name = personId ? names.get(personId) : undefined;
  return name ?? speakerLabel(speaker ?? number);
}
