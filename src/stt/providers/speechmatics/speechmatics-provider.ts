import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { exchange } from '../../live-exchange.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions, SttProvider } from '../../stt-provider.ts';
import { bearer, connectVendor, vendorUrl } from '../../vendor-socket.ts';
import { SPEECHMATICS_MODEL, speechmaticsPack } from './speechmatics-languages.ts';
import { SpeechmaticsProtocol } from './speechmatics-protocol.ts';

export interface SpeechmaticsSettings {
  /** Empty for a self-hosted engine without a key. */
  apiKey: string;
  /** http(s) or ws(s) origin with an optional prefix; the US' is `wss://us.rt.speechmatics.com`. */
  baseUrl: string;
  logger: Logger;
  /** Limit of the opening handshake, milliseconds. */
  connectTimeoutMs: number;
  /** Limit of the start of the session, which a large vocabulary makes 15 s later. Milliseconds. */
  startTimeoutMs: number;
  /** A ping is sent after so many milliseconds without audio; the service waits for 3 minutes. */
  keepAliveAfterMs: number;
  /** How long the last words may keep silent once the audio has ended, milliseconds. */
  closeTimeoutMs: number;
  /** How long after it was said a word is final at the latest, 700 to 4000 milliseconds. */
  maxDelayMs: number;
  /** Silence that ends an utterance, up to 2000 milliseconds and below `maxDelayMs`; 0: none. */
  endOfUtteranceMs: number;
  /** Audio messages that may be unread by the service before no more are sent. */
  maxUnacknowledged: number;
}

export const SPEECHMATICS_DEFAULTS = {
  connectTimeoutMs: 10_000,
  startTimeoutMs: 30_000,
  keepAliveAfterMs: 30_000,
  closeTimeoutMs: 5000,
  maxDelayMs: 2000,
  endOfUtteranceMs: 700,
  maxUnacknowledged: 100,
} as const satisfies Partial<SpeechmaticsSettings>;

/** Models of the real-time API; `melia-1`, which knows `multi`, is for recordings only. */
const MODELS = ['standard', 'enhanced'];

/**
 * Speechmatics' live transcription, real time v2. What is not given in `settings` is taken from
 * `SPEECHMATICS_DEFAULTS`. Never retries.
 */
export function createSpeechmaticsProvider(
  settings: Pick<SpeechmaticsSettings, 'apiKey' | 'baseUrl' | 'logger'> &
    Partial<SpeechmaticsSettings>,
): SttProvider {
  const complete: SpeechmaticsSettings = { ...SPEECHMATICS_DEFAULTS, ...settings };
  return {
    name: 'speechmatics',
    capabilities: {
      encodings: ['pcm-s16le'],
      diarization: true,
      supports: (language, model) =>
        MODELS.includes(model) && speechmaticsPack(language, []) !== null,
    },
    transcribe: (audio, options, signal) => transcribe(complete, audio, options, signal),
    check: (signal) => check(complete, signal),
  };
}

async function* transcribe(
  settings: SpeechmaticsSettings,
  audio: AsyncIterable<AudioBatch>,
  options: SttOptions,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void, undefined> {
  if (options.format.encoding !== 'pcm-s16le') {
    throw new AppError('unsupported-codec', 'Speechmatics is sent PCM only.');
  }
  const url = vendorUrl('Speechmatics', settings.baseUrl, '/v2/');
  const protocol = new SpeechmaticsProtocol(options, settings);
  const headers = bearer(settings.apiKey);
  const timeoutMs = settings.connectTimeoutMs;
  const socket = await connectVendor('Speechmatics', { url, headers, signal, timeoutMs });
  const { startTimeoutMs, closeTimeoutMs, logger } = settings;
  yield* exchange(socket, protocol, audio, { startTimeoutMs, closeTimeoutMs, logger, signal });
}

/** A session without audio: a spent quota shows only when it starts. */
async function check(settings: SpeechmaticsSettings, signal: AbortSignal): Promise<void> {
  const options: SttOptions = {
    format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
    language: 'en',
    languageHints: [],
    model: SPEECHMATICS_MODEL,
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
