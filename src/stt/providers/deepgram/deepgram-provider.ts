import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { connectWebSocket, type WebSocketConnection } from '../../../kernel/websocket-client.ts';
import type { SentProtocol } from '../../live-protocol.ts';
import { LiveSender } from '../../live-sender.ts';
import type { SttEvent } from '../../stt-event.ts';
import type { SttOptions, SttProvider } from '../../stt-provider.ts';
import { createDeepgramFramer } from './deepgram-audio.ts';
import { deepgramCloseError, deepgramHandshakeError } from './deepgram-errors.ts';
import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from './deepgram-languages.ts';
import { parseDeepgramMessage } from './deepgram-message.ts';
import { type DeepgramOpusMode, deepgramListenUrl } from './deepgram-url.ts';

export interface DeepgramSettings {
  apiKey: string;
  /** http(s) or ws(s) origin with an optional prefix: `https://api.deepgram.com`. */
  baseUrl: string;
  /** `decode`: Deepgram is sent PCM only, and Opus is decoded before it comes here. */
  opusMode: DeepgramOpusMode;
  logger: Logger;
  /** Limit of the opening handshake, milliseconds. */
  connectTimeoutMs: number;
  /** A KeepAlive is sent after so many milliseconds without audio; Deepgram hangs up after 10 s. */
  keepAliveAfterMs: number;
  /** How long the last words may keep silent once the audio has ended, milliseconds. */
  closeTimeoutMs: number;
}

export const DEEPGRAM_DEFAULTS = {
  opusMode: 'ogg',
  connectTimeoutMs: 10_000,
  keepAliveAfterMs: 4000,
  closeTimeoutMs: 5000,
} as const satisfies Partial<DeepgramSettings>;

/** A difference up to this between the audio sent and the audio Deepgram counted is rounding. */
const DURATION_TOLERANCE_MS = 500;

/**
 * Deepgram's live transcription, `/v1/listen` (protocol: Deepgram's AsyncAPI of July 2026). What
 * is not given in `settings` is taken from `DEEPGRAM_DEFAULTS`. Never retries.
 */
export function createDeepgramProvider(
  settings: Pick<DeepgramSettings, 'apiKey' | 'baseUrl' | 'logger'> & Partial<DeepgramSettings>,
): SttProvider {
  const complete: DeepgramSettings = { ...DEEPGRAM_DEFAULTS, ...settings };
  return {
    name: 'deepgram',
    capabilities: {
      encodings: complete.opusMode === 'decode' ? ['pcm-s16le'] : ['pcm-s16le', 'opus'],
      diarization: true,
      supports,
    },
    transcribe: (audio, options, signal) => transcribe(complete, audio, options, signal),
    check: (signal) => check(complete, signal),
  };
}

function supports(language: string, model: string): boolean {
  if (model.startsWith('nova-3')) {
    return NOVA3_LANGUAGES.has(language) || NOVA3_MULTI_LANGUAGES.has(language);
  }
  if (model.startsWith('nova-2')) {
    return NOVA2_LANGUAGES.has(language) || NOVA2_MULTI_LANGUAGES.has(language);
  }
  return false;
}

async function* transcribe(
  settings: DeepgramSettings,
  audio: AsyncIterable<AudioBatch>,
  options: SttOptions,
  signal: AbortSignal,
): AsyncGenerator<SttEvent, void, undefined> {
  if (options.format.encoding === 'opus' && settings.opusMode === 'decode') {
    throw new AppError('unsupported-codec', 'Deepgram is set to be sent PCM, not Opus.');
  }
  const url = deepgramListenUrl(settings.baseUrl, options, settings.opusMode);
  const socket = await connect(settings, url, signal);
  const sender = new LiveSender(socket, sentProtocol(settings, options), {
    // It says nothing when it begins.
    startTimeoutMs: 0,
    closeTimeoutMs: settings.closeTimeoutMs,
  });
  // Settled into a value: a rejection must not go unhandled while the reader is elsewhere.
  const sent = Promise.allSettled([sender.send(audio)]);
  let finished = false;
  /** The audio that the server counted at its end, where that is not all; null where it is. */
  let shortMs: number | null = null;
  let unknown = 0;
  try {
    for await (const { data, receivedAt } of socket) {
      sender.noteAnswer();
      const message = parseDeepgramMessage(data, receivedAt);
      if (message.kind === 'event') {
        yield message.event;
      } else if (message.kind === 'metadata') {
        yield { type: 'usage', audioMs: message.durationMs ?? sender.sentMs };
        if (!sender.closing) continue;
        finished = isAll(sender.sentMs, message.durationMs);
        shortMs = finished ? null : message.durationMs;
        if (!finished) continue;
        yield lastFinal(sender.sentMs, receivedAt);
        break;
      } else if (message.kind === 'unknown') {
        unknown += 1;
      }
    }
    if (finished) return;
    sender.stop();
    // What the source of the audio threw matters more than how the socket ended after it.
    const [sending] = await sent;
    if (sending.status === 'rejected') throw sending.reason;
    if (signal.aborted) throw new AppError('aborted', 'The transcription was cancelled.');
    const close = await socket.closed;
    if (sender.timedOut) {
      throw new AppError('timeout', 'Deepgram did not send the last words in time.');
    }
    // It sends Metadata before it closes for other reasons too, without having read the rest.
    if (shortMs !== null && close.code === 1000) {
      finished = true;
      yield lastFinal(shortMs, performance.now());
      return;
    }
    // Without a Metadata message before it even a clean close may have lost the last words.
    throw deepgramCloseError(close);
  } finally {
    sender.stop();
    if (unknown > 0) settings.logger.warn({ messages: unknown }, 'deepgram sent unknown messages');
    if (finished) socket.close();
    else socket.terminate();
    await Promise.all([sent, socket.closed]);
  }
}

/** Audio at once, `KeepAlive` while there is none, `Finalize` and `CloseStream` at its end. */
function sentProtocol(settings: DeepgramSettings, options: SttOptions): SentProtocol {
  return {
    audio: createDeepgramFramer(options.format, settings.opusMode),
    start: null,
    startsAfter: 'open',
    keepAlive: { afterMs: settings.keepAliveAfterMs, text: '{"type":"KeepAlive"}' },
    maxUnread: Number.POSITIVE_INFINITY,
    ending: () => ['{"type":"Finalize"}', '{"type":"CloseStream"}'],
  };
}

/** Whether the server has heard what was sent, as far as rounding lets one say. */
function isAll(sentMs: number, countedMs: number | null): boolean {
  return countedMs === null || countedMs >= sentMs - DURATION_TOLERANCE_MS;
}

/** All up to here is done with, whatever border the last window had. */
function lastFinal(untilMs: number, receivedAt: number): SttEvent {
  const finalUntilMs = Math.round(untilMs);
  return { type: 'transcript-final', words: [], finalUntilMs, receivedAt };
}

async function check(settings: DeepgramSettings, signal: AbortSignal): Promise<void> {
  const url = deepgramListenUrl(
    settings.baseUrl,
    {
      format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
      language: 'en',
      model: 'nova-3',
      languageHints: [],
      keyterms: [],
      interim: false,
    },
    settings.opusMode,
  );
  const socket = await connect(settings, url, signal);
  await socket.send(JSON.stringify({ type: 'CloseStream' }));
  socket.close();
  await socket.closed;
}

async function connect(
  settings: DeepgramSettings,
  url: string,
  signal: AbortSignal,
): Promise<WebSocketConnection> {
  try {
    return await connectWebSocket({
      url,
      headers: { authorization: `Token ${settings.apiKey}` },
      signal,
      timeoutMs: settings.connectTimeoutMs,
    });
  } catch (error) {
    throw deepgramHandshakeError(error);
  }
}
