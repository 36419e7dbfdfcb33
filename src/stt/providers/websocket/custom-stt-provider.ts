import type { AudioBatch } from '../../../audio/audio-format.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { exchange } from '../../live-exchange.ts';
import type { ProviderEvent } from '../../stt-event.ts';
import type { SttOptions, SttProvider } from '../../stt-provider.ts';
import { connectVendor, vendorUrl } from '../../vendor-socket.ts';
import { CustomSttProtocol, SERVICE } from './custom-stt-protocol.ts';

export interface CustomSttSettings {
  /** The whole address of the service, ws(s) or http(s), with path, query and `user:password@`. */
  url: string;
  logger: Logger;
  /** Limit of the opening handshake, milliseconds. */
  connectTimeoutMs: number;
  /** A WebSocket ping is sent after so many milliseconds without audio. */
  keepAliveAfterMs: number;
  /**
   * The protocol has no last message: once the audio has ended, a service that has said nothing
   * for so long, and has not closed the connection, is asked to. Milliseconds.
   */
  closeTimeoutMs: number;
}

export const CUSTOM_STT_DEFAULTS = {
  connectTimeoutMs: 10_000,
  keepAliveAfterMs: 15_000,
  closeTimeoutMs: 10_000,
} as const satisfies Partial<CustomSttSettings>;

/**
 * The user's own speech-to-text service behind Omi's "External Custom STT" protocol. What is not
 * given in `settings` is taken from `CUSTOM_STT_DEFAULTS`. Never retries.
 *
 * The address gets `sample_rate`, `encoding` (`linear16`), `channels`, `language` and, if there
 * are any, `keyterm`s as further query parameters, unless it has one of that name already. The
 * service decides about languages and models itself.
 */
export function createCustomSttProvider(
  settings: Pick<CustomSttSettings, 'url' | 'logger'> & Partial<CustomSttSettings>,
): SttProvider {
  const complete: CustomSttSettings = { ...CUSTOM_STT_DEFAULTS, ...settings };
  return {
    name: 'websocket',
    capabilities: { encodings: ['pcm-s16le'], diarization: true, supports: () => true },
    transcribe: (audio, options, signal) => transcribe(complete, audio, options, signal),
    check: (signal) => check(complete, signal),
  };
}

async function* transcribe(
  settings: CustomSttSettings,
  audio: AsyncIterable<AudioBatch>,
  options: SttOptions,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void, undefined> {
  if (options.format.encoding !== 'pcm-s16le') {
    throw new AppError('unsupported-codec', `${SERVICE} is sent PCM only.`);
  }
  const protocol = new CustomSttProtocol(options, settings);
  const url = serviceUrl(settings.url, options);
  const timeoutMs = settings.connectTimeoutMs;
  const socket = await connectVendor(SERVICE, { url, headers: {}, signal, timeoutMs });
  const { closeTimeoutMs, connectTimeoutMs: startTimeoutMs, logger } = settings;
  yield* exchange(socket, protocol, noted(audio, protocol), {
    startTimeoutMs,
    closeTimeoutMs,
    logger,
    signal,
  });
}

async function* noted(
  audio: AsyncIterable<AudioBatch>,
  protocol: CustomSttProtocol,
): AsyncGenerator<AudioBatch, void, undefined> {
  for await (const batch of audio) {
    protocol.noteAudio(batch);
    yield batch;
  }
}

function serviceUrl(address: string, options: SttOptions): URL {
  const url = vendorUrl(SERVICE, address, '');
  const parameters = {
    sample_rate: String(options.format.sampleRate),
    encoding: 'linear16',
    channels: '1',
    language: options.language,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  if (!url.searchParams.has('keyterm')) {
    for (const keyterm of options.keyterms.slice(0, 100)) {
      url.searchParams.append('keyterm', keyterm);
    }
  }
  return url;
}

/** The protocol has nothing to ask with: the address is good if the handshake is answered. */
async function check(settings: CustomSttSettings, signal: AbortSignal): Promise<void> {
  const url = vendorUrl(SERVICE, settings.url, '');
  const timeoutMs = settings.connectTimeoutMs;
  const socket = await connectVendor(SERVICE, { url, headers: {}, signal, timeoutMs });
  await socket.send('{"type":"CloseStream"}');
  socket.close();
  await socket.closed;
}
