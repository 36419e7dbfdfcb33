import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  millisecondsOf,
  momentOf,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';

const partSchema = z.object({
  content: z.string(),
  speaker: jsonSpeaker,
  original_speaker: jsonSpeaker,
  start_time: z.union([z.number(), z.string()]),
  end_time: jsonTime,
});

/**
 * The transcript of a Plaud recording: the list alone, or the file that holds it as `trans_result`.
 * Times in milliseconds; `speaker` is the name that the user gave.
 */
export const plaud = jsonFormat({
  id: 'plaud',
  title: 'Plaud',
  schema: z.union([
    z
      .array(partSchema)
      .min(1)
      .transform((parts) => ({
        trans_result: parts,
        file_name: null,
        filename: null,
        start_time: null,
      })),
    z.object({
      trans_result: z.array(partSchema).min(1),
      file_name: jsonText,
      filename: jsonText,
      start_time: jsonTime,
    }),
    z
      .object({
        data: z.object({
          trans_result: z.array(partSchema).min(1),
          file_name: jsonText,
          filename: jsonText,
          start_time: jsonTime,
        }),
      })
      .transform(({ data }) => data),
  ]),
  toTalks: (file) => [
    talkOf(
      jsonTurns(
        file.trans_result.map((part) => ({
          speaker: speakerLabel(part.speaker) ?? speakerLabel(part.original_speaker),
          text: part.content,
          startMs: millisecondsOf(part.start_time),
          endMs: millisecondsOf(part.end_time),
        })),
      ),
      {
        title: file.file_name?.trim() || file.filename?.trim() || null,
        startedAt: momentOf(file.start_time),
      },
    ),
  ],
});
