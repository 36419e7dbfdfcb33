import { z } from 'zod';
import type { AppError } from '../../../kernel/errors.ts';
import { parseJson } from '../../../kernel/json.ts';
import type { WebSocketClose } from '../../../kernel/websocket-client.ts';
import { type AudioMessages, createAudioMessages } from '../../audio-messages.ts';
import type { LiveEnd, LiveProtocol, VendorMessage } from '../../live-protocol.ts';
import type { ProviderEvent, ProviderWord } from '../../stt-event.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { vendorTimeoutError } from '../../vendor-socket.ts';
import { speechmaticsCloseError, speechmaticsError } from './speechmatics-errors.ts';
import { speechmaticsStart } from './speechmatics-start.ts';
import { resultSchema, SpeechmaticsWords, toMs } from './speechmatics-words.ts';

const messageSchema = z.object({ message: z.string() });
const audioAddedSchema = z.object({ seq_no: z.number().int() });
const errorSchema = z.object({ type: z.string().nullish() });
const transcriptSchema = z.object({
  metadata: z.object({ end_time: z.number().nullish() }).nullish(),
  results: z.array(resultSchema).nullish(),
});

/** Messages that are of no use here. */
const IGNORED = ['Info', 'Warning', 'SpeakersResult', 'AudioEventStarted', 'AudioEventEnded'];
/** A word that was final so long ago gets no punctuation any more, milliseconds of audio. */
const HELD_AT_MOST_MS = 2000;

/** One session of Speechmatics' real-time API v2 (AsyncAPI of August 2026). */
export class SpeechmaticsProtocol implements LiveProtocol {
  readonly vendor = 'Speechmatics';
  readonly audio: AudioMessages;
  readonly start: string;
  readonly startsAfter = 'started';
  readonly keepAlive: { afterMs: number; text: null };
  readonly maxUnread: number;
  readonly closeDecidesIfShort = false;
  readonly #interim: boolean;
  readonly #words = new SpeechmaticsWords();
  #finalUntilMs = 0;

  /** @throws AppError `provider-rejected` for a language without a pack */
  constructor(
    options: SttOptions,
    settings: {
      maxDelayMs: number;
      endOfUtteranceMs: number;
      keepAliveAfterMs: number;
      maxUnacknowledged: number;
    },
  ) {
    this.audio = createAudioMessages(options.format);
    this.start = speechmaticsStart(options, settings);
    // There is no keepalive message: a WebSocket ping counts.
    this.keepAlive = { afterMs: settings.keepAliveAfterMs, text: null };
    this.maxUnread = settings.maxUnacknowledged;
    this.#interim = options.interim;
  }

  read(data: string | Uint8Array, receivedAt: number): VendorMessage {
    if (typeof data !== 'string') return { kind: 'unknown' };
    const json = parseJson(data);
    const name = messageSchema.safeParse(json).data?.message ?? '';
    switch (name) {
      case 'RecognitionStarted':
        return { kind: 'started' };
      case 'AudioAdded': {
        const seqNo = audioAddedSchema.safeParse(json).data?.seq_no;
        return seqNo === undefined ? { kind: 'unknown' } : { kind: 'audio-read', messages: seqNo };
      }
      case 'AddTranscript':
      case 'AddPartialTranscript':
        return this.#transcript(json, name === 'AddTranscript', receivedAt);
      case 'EndOfUtterance':
        return { kind: 'events', events: this.flush(receivedAt) };
      case 'EndOfTranscript':
        return { kind: 'finished', events: [], audioMs: null };
      case 'Error':
        return {
          kind: 'failed',
          error: speechmaticsError(errorSchema.safeParse(json).data?.type ?? ''),
        };
      default:
        return { kind: IGNORED.includes(name) ? 'ignored' : 'unknown' };
    }
  }

  ending(sentMessages: number): string[] {
    return [JSON.stringify({ message: 'EndOfStream', last_seq_no: sentMessages })];
  }

  flush(receivedAt: number): ProviderEvent[] {
    const words = this.#words.release();
    const [word] = words;
    return word ? [this.#final(words, word.endMs, receivedAt)] : [];
  }

  endError(close: WebSocketClose, { closing, timedOut }: LiveEnd): AppError {
    return timedOut ? vendorTimeoutError(this.vendor, closing) : speechmaticsCloseError(close);
  }

  #transcript(json: unknown, isFinal: boolean, receivedAt: number): VendorMessage {
    const transcript = transcriptSchema.safeParse(json).data;
    const end = transcript?.metadata?.end_time;
    if (!transcript || end == null) return { kind: 'unknown' };
    const results = transcript.results ?? [];
    if (!isFinal) {
      if (!this.#interim) return { kind: 'ignored' };
      const words = this.#words.preview(results);
      return { kind: 'events', events: [{ type: 'transcript-partial', words }] };
    }
    const words = this.#words.push(results);
    const { held } = this.#words;
    if (held && held.endMs + HELD_AT_MOST_MS <= toMs(end)) words.push(...this.#words.release());
    const untilMs = Math.min(toMs(end), this.#words.held?.startMs ?? Number.POSITIVE_INFINITY);
    return { kind: 'events', events: [this.#final(words, untilMs, receivedAt)] };
  }

  #final(words: ProviderWord[], untilMs: number, receivedAt: number): ProviderEvent {
    this.#finalUntilMs = Math.max(this.#finalUntilMs, untilMs);
    const finalUntilMs = this.#finalUntilMs;
    return { type: 'transcript-final', words, finalUntilMs, receivedAt };
  }
}
