import { z } from 'zod';
import { parseJson } from '../../../kernel/json.ts';
import type { ProviderEvent, ProviderWord } from '../../stt-event.ts';

/** What a server message means to the stream; `unknown` is skipped and counted. */
export type DeepgramMessage =
  | { kind: 'event'; event: ProviderEvent }
  | { kind: 'metadata'; durationMs: number | null }
  | { kind: 'ignored' }
  | { kind: 'unknown' };

const wordSchema = z.object({
  word: z.string().nullish(),
  punctuated_word: z.string().nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  confidence: z.number().nullish(),
  speaker: z.number().int().nullish(),
  language: z.string().nullish(),
});

const resultsSchema = z.object({
  start: z.number().nullish(),
  duration: z.number().nullish(),
  is_final: z.boolean().nullish(),
  channel: z
    .object({
      alternatives: z.array(z.object({ words: z.array(wordSchema).nullish() })).nullish(),
    })
    .nullish(),
});

const speechStartedSchema = z.object({ timestamp: z.number().nullish() });
const metadataSchema = z.object({ duration: z.number().nullish() });

/**
 * Reads a message of `/v1/listen` (Deepgram's AsyncAPI: `Results`, `Metadata`, `UtteranceEnd`,
 * `SpeechStarted`). Only the fields that are used are looked at, and each may be missing.
 *
 * @param receivedAt `performance.now()` of its arrival
 * @param interim false: partial results are ignored, because none were asked for
 */
export function parseDeepgramMessage(
  data: string | Uint8Array,
  receivedAt: number,
  interim: boolean,
): DeepgramMessage {
  if (typeof data !== 'string') return { kind: 'unknown' };
  const json = parseJson(data);
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  switch (type) {
    case 'Results':
      return interim || !isPartial(json) ? parseResults(json, receivedAt) : { kind: 'ignored' };
    case 'Metadata': {
      const duration = metadataSchema.safeParse(json).data?.duration;
      return { kind: 'metadata', durationMs: duration == null ? null : toMs(duration) };
    }
    case 'SpeechStarted': {
      const timestamp = speechStartedSchema.safeParse(json).data?.timestamp;
      if (timestamp == null) return { kind: 'unknown' };
      return { kind: 'event', event: { type: 'speech-start', atMs: toMs(timestamp) } };
    }
    case 'UtteranceEnd':
      return { kind: 'ignored' };
    default:
      return { kind: 'unknown' };
  }
}

/**
 * True for a partial result, told from its text alone. A quote within a text of JSON is escaped, so that both can only
 * be keys; a message that has the key twice may be final, and is not certain.
 */
export function isCertainlyPartial(data: string | Uint8Array): boolean {
  return (
    typeof data === 'string' &&
    data.startsWith('{"type":"Results"') &&
    data.includes('"is_final":false') &&
    !data.includes('"is_final":true')
  );
}

function isPartial(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'is_final' in json && json.is_final === false;
}

function parseResults(json: unknown, receivedAt: number): DeepgramMessage {
  const results = resultsSchema.safeParse(json).data;
  if (results?.start == null || results.duration == null) return { kind: 'unknown' };
  const words = (results.channel?.alternatives?.[0]?.words ?? []).flatMap(toWord);
  if (!results.is_final) return { kind: 'event', event: { type: 'transcript-partial', words } };
  return {
    kind: 'event',
    event: {
      type: 'transcript-final',
      words,
      finalUntilMs: toMs(results.start + results.duration),
      receivedAt,
    },
  };
}

function toWord(word: z.infer<typeof wordSchema>): ProviderWord[] {
  const text = word.punctuated_word ?? word.word;
  if (!text || word.start == null || word.end == null) return [];
  return [
    {
      text,
      startMs: toMs(word.start),
      endMs: toMs(word.end),
      speaker: word.speaker ?? null,
      confidence: word.confidence ?? null,
      language: word.language ?? null,
    },
  ];
}

/** Seconds of the wire as whole milliseconds. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
