import { z } from 'zod';
import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import { parseJson } from '../../../kernel/json.ts';
import type { WebSocketClose } from '../../../kernel/websocket-client.ts';
import { type AudioMessages, createAudioMessages } from '../../audio-messages.ts';
import type { LiveEnd, LiveProtocol, VendorMessage } from '../../live-protocol.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { vendorCloseError, vendorTimeoutError } from '../../vendor-socket.ts';
import { VoicedTime } from '../../voiced-time.ts';
import { CustomSttSegments, segmentSchema } from './custom-stt-segments.ts';

export const SERVICE = 'The speech-to-text service';

const messageSchema = z.object({ type: z.string().nullish(), segments: z.array(z.unknown()) });
const errorSchema = z.object({ error: z.unknown() });

/** Speech, by its loudness, that may be left without an answer at the end, milliseconds. */
const UNHEARD_AT_MOST_MS = 1500;
/** Close codes with which a service may end a session that was asked to end (1005: none sent). */
const CLEAN_CLOSES = [1000, 1001, 1005];

/**
 * Omi's protocol for the user's own speech-to-text services ("External Custom STT"): binary audio
 * out, here always 16-bit little-endian mono PCM; `{"segments":[{text, speaker, start, end}]}` in,
 * times in seconds from the first byte; `{"type":"CloseStream"}` at the end. It has no last
 * message: the service closes the connection, or is silent for `closeTimeoutMs` and then
 * answers a close frame, unless there was something to be heard after its last segment.
 */
export class CustomSttProtocol implements LiveProtocol {
  readonly vendor = SERVICE;
  readonly audio: AudioMessages;
  readonly start = null;
  readonly startsAfter = 'open';
  readonly keepAlive: { afterMs: number; text: null };
  readonly maxUnread = Number.POSITIVE_INFINITY;
  readonly closeDecidesIfShort = false;
  readonly #segments = new CustomSttSegments();
  readonly #voiced: VoicedTime;
  /** Batches that may hold speech, after the last segment: their end and the time so far. */
  #unheard: { endMs: number; voicedMs: number }[] = [];
  #heardMs = 0;
  #sentMs = 0;

  constructor(options: SttOptions, settings: { keepAliveAfterMs: number }) {
    this.audio = createAudioMessages(options.format);
    this.keepAlive = { afterMs: settings.keepAliveAfterMs, text: null };
    this.#voiced = new VoicedTime(options.format);
  }

  /** Audio that is on its way: the service's answers are measured against it. */
  noteAudio(batch: AudioBatch): void {
    const before = this.#voiced.ms;
    this.#voiced.add(batch);
    this.#sentMs += batch.durationMs;
    if (this.#voiced.ms > before) {
      this.#unheard.push({ endMs: this.#sentMs, voicedMs: this.#voiced.ms });
    }
  }

  read(data: string | Uint8Array, receivedAt: number): VendorMessage {
    if (typeof data !== 'string') return { kind: 'unknown' };
    const json = parseJson(data);
    const message = messageSchema.safeParse(json).data;
    if (!message) {
      // Not part of the protocol, but what many services say; the text may repeat what was said.
      const failed = errorSchema.safeParse(json).success;
      if (!failed) return { kind: 'unknown' };
      return {
        kind: 'failed',
        error: new AppError('provider-unavailable', `${SERVICE} reported an error.`),
      };
    }
    // As in Omi's app: a message of another type is not for this client.
    if (message.type != null && message.type !== 'Results') return { kind: 'ignored' };
    const words = message.segments.flatMap((segment) => {
      const parsed = segmentSchema.safeParse(segment).data;
      return parsed ? this.#segments.take(parsed, this.#sentMs) : [];
    });
    const finalUntilMs = this.#segments.untilMs;
    const heard = this.#unheard.filter(({ endMs }) => endMs <= finalUntilMs);
    this.#heardMs = heard.at(-1)?.voicedMs ?? this.#heardMs;
    this.#unheard = this.#unheard.slice(heard.length);
    const event: ProviderEvent = { type: 'transcript-final', words, finalUntilMs, receivedAt };
    return { kind: 'events', events: [event] };
  }

  ending(): string[] {
    return ['{"type":"CloseStream"}'];
  }

  flush(): ProviderEvent[] {
    return [];
  }

  endError(close: WebSocketClose, { closing, timedOut }: LiveEnd): AppError | null {
    const isClean = closing && CLEAN_CLOSES.includes(close.code);
    const isHeard = this.#voiced.ms - this.#heardMs <= UNHEARD_AT_MOST_MS;
    if (isClean && (!timedOut || isHeard)) return null;
    if (timedOut) return vendorTimeoutError(SERVICE, closing);
    return vendorCloseError(SERVICE, close);
  }
}
