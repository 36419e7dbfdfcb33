import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  millisecondsOf,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';
import { languageTag } from './whisper.ts';

const partSchema = z.object({
  text: z.string(),
  start: jsonTime,
  end: jsonTime,
  speaker: jsonSpeaker,
});

/**
 * A transcript of AssemblyAI: its utterances, its sentences or paragraphs, else its text. Times in
 * milliseconds. Source: https://www.assemblyai.com/docs/api-reference/transcripts/get
 */
export const assemblyai = jsonFormat({
  id: 'assemblyai',
  title: 'AssemblyAI',
  schema: z
    .object({
      utterances: z.array(partSchema).nullish(),
      sentences: z.array(partSchema.extend({ confidence: z.number() })).nullish(),
      paragraphs: z.array(partSchema.extend({ confidence: z.number() })).nullish(),
      text: jsonText,
      audio_url: z.unknown().optional(),
      audio_duration: z.number().nullish(),
      language_code: jsonText,
    })
    .refine(
      (value) =>
        value.utterances?.length ||
        value.sentences?.length ||
        value.paragraphs?.length ||
        (value.text && value.audio_url !== undefined),
      { error: 'expected utterances, sentences, paragraphs, or text and audio_url' },
    ),
  toTalks: (value) => {
    const found = [value.utterances, value.sentences, value.paragraphs].find(
      (list) => list?.length,
    );
    const parts = found ?? [
      { text: value.text ?? '', start: 0, end: (value.audio_duration ?? 0) * 1000 },
    ];
    const turns = parts.map((part) => ({
      speaker: speakerLabel('speaker' in part ? part.speaker : null),
      text: part.text,
      startMs: millisecondsOf(part.start),
      endMs: millisecondsOf(part.end),
    }));
    return [
      talkOf(jsonTurns(turns), { language: languageTag(value.language_code?.replace('_', '-')) }),
    ];
  },
});
