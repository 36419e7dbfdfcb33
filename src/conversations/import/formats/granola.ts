import { z } from 'zod';
import { type ImportedTalk, talkOf } from '../imported-transcript.ts';
import { jsonText, jsonTime, jsonTurns, momentOf } from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';

const USER = 'You';
/** All others come through the loudspeaker, as one voice. */
const OTHERS = 'Speaker 1';

const entrySchema = z.object({
  text: z.string(),
  source: z.string(),
  start_timestamp: z.string(),
  end_timestamp: jsonTime,
  is_final: z.boolean().nullish(),
});
const itemSchema = z.object({
  text: z.string(),
  speaker: z.object({ source: z.string(), name: jsonText, diarization_label: jsonText }),
  start_time: jsonTime,
  end_time: jsonTime,
});
const noteSchema = z.object({
  title: jsonText,
  created_at: jsonTime,
  transcript: z.array(itemSchema).min(1),
});

/**
 * Transcripts of Granola: the entries of its app, `source` being `microphone` for the user and `system`
 * for the others, or a note of its API. Times are moments. Source: https://docs.granola.ai (notes)
 */
export const granola = jsonFormat({
  id: 'granola',
  title: 'Granola',
  schema: z.union([
    z.array(entrySchema).min(1),
    z.object({ transcript: z.array(entrySchema).min(1) }).transform(({ transcript }) => transcript),
    noteSchema,
  ]),
  toTalks: (value) => [Array.isArray(value) ? entriesTalk(value) : noteTalk(value)],
});

function entriesTalk(entries: z.infer<typeof entrySchema>[]): ImportedTalk {
  // An entry that is not final comes again when it is.
  const hasFinal = entries.some((entry) => entry.is_final === true);
  return momentsTalk(
    entries
      .filter((entry) => !hasFinal || entry.is_final !== false)
      .map((entry) => ({
        speaker: entry.source === 'microphone' ? USER : OTHERS,
        text: entry.text,
        start: momentOf(entry.start_timestamp),
        end: momentOf(entry.end_timestamp),
      })),
    null,
  );
}

function noteTalk({ title, transcript }: z.infer<typeof noteSchema>): ImportedTalk {
  return momentsTalk(
    transcript.map(({ speaker, text, start_time: start, end_time: end }) => ({
      speaker:
        speaker.source === 'microphone'
          ? USER
          : speaker.name?.trim() || speaker.diarization_label?.trim() || OTHERS,
      text,
      start: momentOf(start),
      end: momentOf(end),
    })),
    title?.trim() || null,
  );
}

function momentsTalk(
  parts: { speaker: string; text: string; start: number | null; end: number | null }[],
  title: string | null,
): ImportedTalk {
  const startedAt = parts.reduce<number | null>(
    (least, { start }) => (start === null ? least : Math.min(least ?? start, start)),
    null,
  );
  const since = (at: number | null) => (at === null || startedAt === null ? null : at - startedAt);
  const turns = jsonTurns(
    parts.map(({ speaker, text, start, end }) => ({
      speaker,
      text,
      startMs: since(start),
      endMs: since(end),
    })),
  );
  const isUser = parts.some(({ speaker }) => speaker === USER);
  return talkOf(turns, { title, startedAt, userLabel: isUser ? USER : null });
}
