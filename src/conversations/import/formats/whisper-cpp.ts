import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  jsonSpeaker,
  jsonText,
  jsonTime,
  jsonTurns,
  millisecondsOf,
  secondsToMs,
  speakerLabel,
} from '../json-turns.ts';
import { jsonFormat } from '../transcript-format.ts';
import { languageTag } from './whisper.ts';

/** What `--diarize` puts before the words of a channel. */
const CHANNEL = /^\s{0,5}\(speaker (?<speaker>[\d?]{1,3})\)\s{0,5}/iu;
/** What `--tinydiarize` adds after the words if the speaker changes next. */
const TURN_MARK = '[SPEAKER_TURN]';

/**
 * `--output-json` of whisper.cpp: `offsets` in milliseconds, `timestamps` as `00:00:01,500`.
 * Source: https://github.com/ggml-org/whisper.cpp (examples/cli)
 */
export const whisperCpp = jsonFormat({
  id: 'whisper-cpp',
  title: 'whisper.cpp',
  schema: z.object({
    transcription: z.array(
      z.object({
        text: z.string(),
        offsets: z.object({ from: jsonTime, to: jsonTime }).nullish(),
        timestamps: z.object({ from: jsonTime, to: jsonTime }).nullish(),
        speaker: jsonSpeaker,
      }),
    ),
    result: z.object({ language: jsonText }).nullish(),
  }),
  toTalks: ({ transcription, result }) => {
    const turns = transcription.map(({ text, offsets, timestamps, speaker }) => {
      const channel = CHANNEL.exec(text);
      const words = text.slice(channel?.[0].length ?? 0).replaceAll(TURN_MARK, ' ');
      return {
        speaker: speakerLabel(channel?.groups?.speaker?.replace('?', '') ?? speaker),
        text: words,
        startMs: millisecondsOf(offsets?.from) ?? secondsToMs(timestamps?.from),
        endMs: millisecondsOf(offsets?.to) ?? secondsToMs(timestamps?.to),
      };
    });
    return [talkOf(jsonTurns(turns), { language: languageTag(result?.language) })];
  },
});
