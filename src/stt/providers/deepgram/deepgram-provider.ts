import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { connectWebSocket, type WebSocketConnection } from '../../../kernel/websocket-client.ts';
import { exchange } from '../../live-exchange.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions, SttProvider } from '../../stt-provider.ts';
import { deepgramHandshakeError } from './deepgram-errors.ts';
import {
  NOVA2_LANGUAGES,
  NOVA2_MULTI_LANGUAGES,
  NOVA3_LANGUAGES,
  NOVA3_MULTI_LANGUAGES,
} from './deepgram-languages.ts';
import { DeepgramProtocol } from './deepgram-protocol.ts';
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
): AsyncGenerator<ProviderEvent, void, undefined> {
  if (options.format.encoding === 'opus' && settings.opusMode === 'decode') {
    throw new AppError('unsupported-codec', 'Deepgram is set to be sent PCM, not Opus.');
  }
  const url = deepgramListenUrl(settings.baseUrl, options, settings.opusMode);
  const protocol = new DeepgramProtocol(options, settings);
  const socket = await connect(settings, url, signal);
  const { closeTimeoutMs, logger } = settings;
  // Deepgram says nothing when it begins, so that no start is waited for.
  yield* exchange(socket, protocol, audio, { startTimeoutMs: 0, closeTimeoutMs, logger, signal });
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
