import { z } from 'zod';
import { talkOf } from '../imported-transcript.ts';
import {
  type JsonTurn,
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

const utteranceSchema = z.object({
  start: jsonTime,
  end: jsonTime,
  transcript: z.string(),
  speaker: jsonSpeaker,
  channel: z.number().nullish(),
});
const wordSchema = z.object({
  word: z.string(),
  punctuated_word: jsonText,
  start: jsonTime,
  end: jsonTime,
  speaker: jsonSpeaker,
});
const alternativeSchema = z.object({
  transcript: z.string(),
  words: z.array(wordSchema).nullish(),
  languages: z.array(z.string()).nullish(),
});
const channelSchema = z.object({
  alternatives: z.array(alternativeSchema),
  detected_language: jsonText,
});

/**
 * The answer of Deepgram to a recording: its utterances, else its words by speaker. Times in seconds.
 * Source: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
 */
export const deepgram = jsonFormat({
  id: 'deepgram',
  title: 'Deepgram',
  schema: z.object({
    metadata: z.object({ created: jsonTime }).nullish(),
    results: z.object({
      channels: z.array(channelSchema),
      utterances: z.array(utteranceSchema).nullish(),
    }),
  }),
  toTalks: ({ metadata, results: { channels, utterances } }) => {
    const isStereo = channels.length > 1;
    const turns = utterances?.length
      ? utterances.map((part) => ({
          speaker: speakerOf(part.speaker, isStereo ? (part.channel ?? 0) : null),
          text: part.transcript,
          startMs: secondsToMs(part.start),
          endMs: secondsToMs(part.end),
        }))
      : channels.flatMap((channel, at) => channelTurns(channel, isStereo ? at : null));
    const [first] = channels;
    const language = first?.detected_language ?? first?.alternatives[0]?.languages?.[0];
    return [
      talkOf(jsonTurns(turns), {
        language: languageTag(language),
        startedAt: momentOf(metadata?.created),
      }),
    ];
  },
});

/** @param channel number of the channel, null if there is only one */
function channelTurns(
  { alternatives }: z.infer<typeof channelSchema>,
  channel: number | null,
): JsonTurn[] {
  const [best] = alternatives;
  if (!best?.words?.length) {
    return [
      { speaker: speakerOf(null, channel), text: best?.transcript, startMs: null, endMs: null },
    ];
  }
  const turns: (JsonTurn & { text: string })[] = [];
  for (const { word, punctuated_word: written, start, end, speaker } of best.words) {
    const by = speakerOf(speaker, channel);
    const last = turns.at(-1);
    if (last && last.speaker === by) {
      last.text += ` ${written ?? word}`;
      last.endMs = secondsToMs(end);
    } else {
      turns.push({
        speaker: by,
        text: written ?? word,
        startMs: secondsToMs(start),
        endMs: secondsToMs(end),
      });
    }
  }
  return turns;
}

function speakerOf(speaker: z.infer<typeof jsonSpeaker>, channel: number | null): string | null {
  if (channel === null) return speakerLabel(speaker);
  return speakerLabel(
    `Channel ${channel}${speaker === null || speaker === undefined ? '' : ` speaker ${speaker}`}`,
  );
}
