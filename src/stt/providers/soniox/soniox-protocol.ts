import { z } from 'zod';
import type { AppError } from '../../../kernel/errors.ts';
import { parseJson } from '../../../kernel/json.ts';
import type { WebSocketClose } from '../../../kernel/websocket-client.ts';
import { type AudioMessages, createAudioMessages } from '../../audio-messages.ts';
import type { LiveEnd, LiveProtocol, VendorMessage } from '../../live-protocol.ts';
import type { ProviderEvent, ProviderWord } from '../../stt-event.ts';
import type { SttOptions } from '../../stt-provider.ts';
import { vendorCloseError, vendorTimeoutError } from '../../vendor-socket.ts';
import { sonioxError } from './soniox-errors.ts';
import { sonioxStart } from './soniox-start.ts';
import { SonioxWords } from './soniox-words.ts';

const tokenSchema = z.object({
  text: z.string(),
  start_ms: z.number().nullish(),
  end_ms: z.number().nullish(),
  confidence: z.number().nullish(),
  is_final: z.boolean().nullish(),
  speaker: z.string().nullish(),
  language: z.string().nullish(),
  translation_status: z.string().nullish(),
});

const responseSchema = z.object({
  tokens: z.array(tokenSchema).nullish(),
  final_audio_proc_ms: z.number().nullish(),
  total_audio_proc_ms: z.number().nullish(),
  finished: z.boolean().nullish(),
});

const errorSchema = z.object({
  error_code: z.number(),
  error_type: z.string().nullish(),
  request_id: z.string().nullish(),
});

type Token = z.infer<typeof tokenSchema>;
type Response = z.infer<typeof responseSchema>;

/** `<end>`: an endpoint was found; `<fin>`: a finalize is done. All tokens before are final. */
const SPECIAL_TOKENS = ['<end>', '<fin>'];
/**
 * Audio that was processed so long ago without leaving a token, final or not, holds no word: a
 * token appears within a fraction of this. Milliseconds.
 */
const SILENT_AFTER_MS = 5000;

/** One stream of Soniox' real-time WebSocket API (documentation of autumn 2026). */
export class SonioxProtocol implements LiveProtocol {
  readonly vendor = 'Soniox';
  readonly audio: AudioMessages;
  readonly start: string;
  readonly startsAfter: { graceMs: number };
  readonly keepAlive: { afterMs: number; text: string };
  readonly maxUnread = Number.POSITIVE_INFINITY;
  readonly closeDecidesIfShort = false;
  readonly #interim: boolean;
  readonly #words = new SonioxWords();
  #finalUntilMs = 0;
  #sentNothing = false;

  constructor(
    options: SttOptions,
    settings: { maxEndpointDelayMs: number; keepAliveAfterMs: number; startGraceMs: number },
  ) {
    this.audio = createAudioMessages(options.format);
    this.start = sonioxStart(options, settings.maxEndpointDelayMs);
    this.startsAfter = { graceMs: settings.startGraceMs };
    this.keepAlive = { afterMs: settings.keepAliveAfterMs, text: '{"type":"keepalive"}' };
    this.#interim = options.interim;
  }

  read(data: string | Uint8Array, receivedAt: number): VendorMessage {
    if (typeof data !== 'string') return { kind: 'unknown' };
    const json = parseJson(data);
    const failure = errorSchema.safeParse(json).data;
    if (failure) {
      // A stream that ended before any audio came is complained about: nothing is lost by it.
      const complains = this.#sentNothing && [400, 408].includes(failure.error_code);
      if (complains) return { kind: 'finished', events: [], audioMs: 0 };
      return { kind: 'failed', error: sonioxError(failure) };
    }
    const response = responseSchema.safeParse(json).data;
    if (!response || (response.tokens == null && response.total_audio_proc_ms == null)) {
      return { kind: 'unknown' };
    }
    const events = this.#events(response, receivedAt);
    if (!response.finished) return { kind: 'events', events };
    return { kind: 'finished', events, audioMs: response.total_audio_proc_ms ?? null };
  }

  ending(sentMessages: number): string[] {
    this.#sentNothing = sentMessages === 0;
    // The empty frame is the end of the audio.
    return this.#sentNothing ? [''] : ['{"type":"finalize"}', ''];
  }

  flush(receivedAt: number): ProviderEvent[] {
    const word = this.#words.flush();
    return word ? [this.#final([word], word.endMs, receivedAt)] : [];
  }

  endError(close: WebSocketClose, { closing, timedOut }: LiveEnd): AppError {
    return timedOut
      ? vendorTimeoutError(this.vendor, closing)
      : vendorCloseError(this.vendor, close);
  }

  #events(response: Response, receivedAt: number): ProviderEvent[] {
    const tokens = (response.tokens ?? []).filter(
      (token) => token.translation_status !== 'translation',
    );
    const words = this.#finalWords(tokens.filter((token) => token.is_final));
    const pending = tokens.filter((token) => !token.is_final);
    const silentUntilMs =
      pending.length === 0 ? (response.total_audio_proc_ms ?? 0) - SILENT_AFTER_MS : 0;
    const { open } = this.#words;
    if (open && open.endMs <= silentUntilMs) words.push(...this.#closeWord());
    const reachMs = Math.max(response.final_audio_proc_ms ?? 0, silentUntilMs);
    const untilMs = Math.min(reachMs, this.#words.open?.startMs ?? Number.POSITIVE_INFINITY);
    // Also if nothing has moved: an answer shows that the service is at work.
    const events: ProviderEvent[] = [this.#final(words, untilMs, receivedAt)];
    if (this.#interim) {
      events.push({ type: 'transcript-partial', words: this.#partialWords(pending) });
    }
    return events;
  }

  #finalWords(tokens: readonly Token[]): ProviderWord[] {
    return tokens.flatMap((token) => {
      if (SPECIAL_TOKENS.includes(token.text)) return this.#closeWord();
      const word = this.#words.push(token);
      return word ? [word] : [];
    });
  }

  #closeWord(): ProviderWord[] {
    const word = this.#words.flush();
    return word ? [word] : [];
  }

  /** The word in hand and what may still change, without touching what is in hand. */
  #partialWords(pending: readonly Token[]): ProviderWord[] {
    const words = this.#words.copy();
    const complete = pending.map((token) => words.push(token));
    return [...complete, words.flush()].filter((word) => word !== null);
  }

  #final(words: ProviderWord[], untilMs: number, receivedAt: number): ProviderEvent {
    this.#finalUntilMs = Math.max(this.#finalUntilMs, Math.round(untilMs));
    const finalUntilMs = this.#finalUntilMs;
    return { type: 'transcript-final', words, finalUntilMs, receivedAt };
  }
}
