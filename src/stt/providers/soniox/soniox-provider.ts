import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { exchange } from '../../live-exchange.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions, SttProvider } from '../../stt-provider.ts';
import { bearer, connectVendor, vendorUrl } from '../../vendor-socket.ts';
import { SONIOX_MODEL, sonioxLanguage } from './soniox-languages.ts';
import { SonioxProtocol } from './soniox-protocol.ts';

export interface SonioxSettings {
  /** Empty for a self-hosted engine without a key. */
  apiKey: string;
  /** http(s) or ws(s) origin with an optional prefix; the EU's is `wss://stt-rt.eu.soniox.com`. */
  baseUrl: string;
  /** `ogg`: Opus goes out in an Ogg stream. `decode`: it is decoded before it comes here. */
  opusMode: 'ogg' | 'decode';
  logger: Logger;
  /** Limit of the opening handshake, milliseconds. */
  connectTimeoutMs: number;
  /** Limit of the service's reading the start message, milliseconds. */
  startTimeoutMs: number;
  /**
   * A bad key is told by an error frame after the handshake, a good one by nothing: so long is
   * waited for that frame before audio is asked for. Milliseconds after the start was read.
   */
  startGraceMs: number;
  /** A keepalive is sent after so many milliseconds without audio; the service waits for 20 s. */
  keepAliveAfterMs: number;
  /** How long the last words may keep silent once the audio has ended, milliseconds. */
  closeTimeoutMs: number;
  /** Silence after which words are final at the latest, 500 to 3000 milliseconds. */
  maxEndpointDelayMs: number;
}

export const SONIOX_DEFAULTS = {
  opusMode: 'ogg',
  connectTimeoutMs: 10_000,
  startTimeoutMs: 10_000,
  startGraceMs: 200,
  keepAliveAfterMs: 8000,
  closeTimeoutMs: 5000,
  maxEndpointDelayMs: 1000,
} as const satisfies Partial<SonioxSettings>;

/**
 * Soniox' live transcription. What is not given in `settings` is taken from `SONIOX_DEFAULTS`.
 * Never retries.
 */
export function createSonioxProvider(
  settings: Pick<SonioxSettings, 'apiKey' | 'baseUrl' | 'logger'> & Partial<SonioxSettings>,
): SttProvider {
  const complete: SonioxSettings = { ...SONIOX_DEFAULTS, ...settings };
  return {
    name: 'soniox',
    capabilities: {
      encodings: complete.opusMode === 'decode' ? ['pcm-s16le'] : ['pcm-s16le', 'opus'],
      diarization: true,
      supports: (language, model) =>
        model.startsWith('stt-rt-') && (language === 'multi' || sonioxLanguage(language) !== null),
    },
    transcribe: (audio, options, signal) => transcribe(complete, audio, options, signal),
    check: (signal) => check(complete, signal),
  };
}

async function* transcribe(
  settings: SonioxSettings,
  audio: AsyncIterable<AudioBatch>,
  options: SttOptions,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void, undefined> {
  if (options.format.encoding === 'opus' && settings.opusMode === 'decode') {
    throw new AppError('unsupported-codec', 'Soniox is set to be sent PCM, not Opus.');
  }
  const url = vendorUrl('Soniox', settings.baseUrl, '/transcribe-websocket');
  const protocol = new SonioxProtocol(options, settings);
  const headers = bearer(settings.apiKey);
  const timeoutMs = settings.connectTimeoutMs;
  const socket = await connectVendor('Soniox', { url, headers, signal, timeoutMs });
  const { startTimeoutMs, closeTimeoutMs, logger } = settings;
  yield* exchange(socket, protocol, audio, { startTimeoutMs, closeTimeoutMs, logger, signal });
}

/** A stream without audio: the service tells a bad key only after the start. */
async function check(settings: SonioxSettings, signal: AbortSignal): Promise<void> {
  const options: SttOptions = {
    format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
    language: 'en',
    languageHints: [],
    model: SONIOX_MODEL,
    keyterms: [],
    interim: false,
  };
  for await (const event of transcribe(settings, noAudio(), options, signal)) {
    if (event.type === 'usage') return;
  }
}

async function* noAudio(): AsyncGenerator<AudioBatch, void, undefined> {
  // Ends at once.
}
