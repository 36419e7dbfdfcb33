import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  secondsToMs,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';

const segmentSchema = z.object({
  start: jsonTime,
  end: jsonTime,
  text: z.string(),
  speaker: jsonSpeaker,
});

/**
 * `verbose_json` and `diarized_json` of OpenAI's transcriptions, the JSON of openai-whisper and
 * faster-whisper, or its list of segments alone. Times in seconds.
 * Source: https://platform.openai.com/docs/api-reference/audio/verbose-json-object
 */
export const whisper = jsonFormat({
  id: 'whisper',
  title: 'Whisper',
  schema: z.union([
    z.object({
      segments: z.array(segmentSchema),
      language: jsonText,
      text: jsonText,
      // WhisperX adds words by speaker; see there.
      word_segments: z.undefined().optional(),
    }),
    z.array(segmentSchema.extend({ start: z.number(), end: z.number() })).min(1),
  ]),
  toTalks: (value) => {
    const segments = Array.isArray(value) ? value : value.segments;
    const language = Array.isArray(value) ? null : value.language;
    const turns = segments.map(({ start, end, text, speaker }) => ({
      speaker: speakerLabel(speaker),
      text,
      startMs: secondsToMs(start),
      endMs: secondsToMs(end),
    }));
    return [talkOf(jsonTurns(turns), { language: languageTag(language) })];
  },
});

/** Names of languages as Whisper gives them beside their codes, the most frequent ones. */
const LANGUAGES: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  french: 'fr',
  spanish: 'es',
  italian: 'it',
  portuguese: 'pt',
  dutch: 'nl',
  polish: 'pl',
  russian: 'ru',
  ukrainian: 'uk',
  turkish: 'tr',
  arabic: 'ar',
  hindi: 'hi',
  japanese: 'ja',
  korean: 'ko',
  chinese: 'zh',
};

/** The code of a language that is given by code or name; null for what is neither. */
export function languageTag(language: string | null | undefined): string | null {
  const lower = language?.trim().toLowerCase() ?? '';
  if (LANGUAGES[lower] !== undefined) return LANGUAGES[lower];
  return /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/u.test(lower) ? lower : null;
}
