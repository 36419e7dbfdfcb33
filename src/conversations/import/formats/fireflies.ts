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

const sentenceSchema = z.object({
  text: jsonText,
  raw_text: jsonText,
  speaker_name: jsonSpeaker,
  speaker_id: jsonSpeaker,
  start_time: jsonTime,
  end_time: jsonTime,
});
const transcriptSchema = z.object({
  title: jsonText,
  date: jsonTime,
  sentences: z
    .array(sentenceSchema)
    .min(1)
    .refine((list) => list.some(({ text, raw_text: raw }) => text || raw), {
      error: 'expected text or raw_text',
    }),
});
/** What the web app downloads. */
const downloadedSchema = z.object({
  sentence: z.string(),
  startTime: jsonTime,
  endTime: jsonTime,
  speaker_name: jsonSpeaker,
  speaker_id: jsonSpeaker,
});

/**
 * Transcripts of Fireflies: an answer of its GraphQL API, or the file that its app downloads. Times in
 * seconds, as numbers or text, or `00:02`. Source: https://docs.fireflies.ai/schema/transcript
 */
export const fireflies = jsonFormat({
  id: 'fireflies',
  title: 'Fireflies',
  schema: z.union([
    z.array(downloadedSchema).min(1),
    transcriptSchema.transform((one) => ({ transcripts: [one] })),
    z
      .object({ data: z.object({ transcript: transcriptSchema }) })
      .transform(({ data }) => ({ transcripts: [data.transcript] })),
    z
      .object({ data: z.object({ transcripts: z.array(transcriptSchema).min(1) }) })
      .transform(({ data }) => data),
  ]),
  toTalks: (value) =>
    Array.isArray(value) ? [downloadedTalk(value)] : value.transcripts.map(toTalk),
});

function toTalk({ title, date, sentences }: z.infer<typeof transcriptSchema>): ImportedTalk {
  const turns = sentences.map((sentence) => ({
    speaker: speakerLabel(sentence.speaker_name) ?? speakerLabel(sentence.speaker_id),
    text: sentence.text ?? sentence.raw_text,
    startMs: secondsToMs(sentence.start_time),
    endMs: secondsToMs(sentence.end_time),
  }));
  return talkOf(jsonTurns(turns), { title: title?.trim() || null, startedAt: momentOf(date) });
}

function downloadedTalk(sentences: z.infer<typeof downloadedSchema>[]): ImportedTalk {
  const turns = sentences.map((sentence) => ({
    speaker: speakerLabel(sentence.speaker_name) ?? speakerLabel(sentence.speaker_id),
    text: sentence.sentence,
    startMs: secondsToMs(sentence.startTime),
    endMs: secondsToMs(sentence.endTime),
  }));
  return talkOf(jsonTurns(turns));
}
