import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  type JsonTurn,
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  secondsToMs,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';
import { languageTag } from './whisper.ts';

const wordSchema = z.object({
  word: z.string(),
  start: jsonTime,
  end: jsonTime,
  speaker: jsonSpeaker,
});
const segmentSchema = z.object({
  start: jsonTime,
  end: jsonTime,
  text: z.string(),
  speaker: jsonSpeaker,
  words: z.array(wordSchema).nullish(),
});

/**
 * WhisperX: as Whisper, with words and, if diarized, speakers; a segment in which speakers change is cut
 * there. Times in seconds; words in digits have none. Source: https://github.com/m-bain/whisperX
 */
export const whisperx = jsonFormat({
  id: 'whisperx',
  title: 'WhisperX',
  schema: z.object({
    segments: z.array(segmentSchema),
    word_segments: z.array(z.unknown()),
    language: jsonText,
  }),
  toTalks: ({ segments, language }) => [
    talkOf(jsonTurns(segments.flatMap(turnsOf)), { language: languageTag(language) }),
  ],
});

function turnsOf(segment: z.infer<typeof segmentSchema>): JsonTurn[] {
  const whole = {
    speaker: speakerLabel(segment.speaker),
    text: segment.text,
    startMs: secondsToMs(segment.start),
    endMs: secondsToMs(segment.end),
  };
  const words = segment.words ?? [];
  const speakers = new Set(words.flatMap(({ speaker }) => speakerLabel(speaker) ?? []));
  if (speakers.size < 2) return [whole];
  const turns: (JsonTurn & { text: string })[] = [];
  for (const { word, start, end, speaker } of words) {
    const last = turns.at(-1);
    const by = speakerLabel(speaker) ?? last?.speaker ?? whole.speaker;
    if (last && last.speaker === by) {
      last.text += ` ${word}`;
      last.endMs = secondsToMs(end) ?? last.endMs;
    } else {
      turns.push({ speaker: by, text: word, startMs: secondsToMs(start), endMs: secondsToMs(end) });
    }
  }
  return turns;
}
