import type { AudioFormat } from '../audio/audio-format.ts';
import { parseCodec } from '../audio/codec.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { User } from '../model/user.ts';
import { decodedAudio, opusDecodeRate } from '../stt/decoded-audio.ts';
import { resuming } from '../stt/resuming.ts';
import { getSttServiceForLanguage } from '../stt/select.ts';
import type { SttProvider, SttStream } from '../stt/stt-provider.ts';
import type { SessionStt } from './listen-session.ts';

/** What decides about the speech-to-text of a session. */
export interface SttRequest {
  language: string;
  codec: string;
  sampleRate: number;
}

export interface SttOpenerOptions {
  /** Configured providers by name. */
  providers: ReadonlyMap<string, SttProvider>;
  /** `STT_SERVICE_MODELS`, in order of preference. */
  serviceModels: readonly string[];
  logger: Logger;
}

/** Chooses the provider of a session and stacks the decorators that its stream needs. */
export class SttOpener {
  readonly #o: SttOpenerOptions;

  constructor(options: SttOpenerOptions) {
    this.#o = options;
  }

  /** Null where no provider is configured; throws `unsupported-codec`. */
  open(user: User, request: SttRequest): SessionStt | null {
    const format = loggedFormat(request);
    const choice = getSttServiceForLanguage(request.language, {
      singleLanguage: user.singleLanguageMode,
      models: this.#o.serviceModels,
    });
    const provider = this.#o.providers.get(choice.provider);
    if (!provider) return null;
    const passThrough = provider.capabilities.encodings.includes(format.encoding);
    const sent: AudioFormat = passThrough
      ? format
      : { encoding: 'pcm-s16le', sampleRate: opusDecodeRate(format.sampleRate) };
    const stream = resuming(provider, { logger: this.#o.logger });
    return {
      provider: provider.name,
      format,
      stream: passThrough ? stream : decodedBefore(stream, sent),
      options: {
        format: sent,
        language: choice.language,
        model: choice.model,
        keyterms: ['Omi', ...user.vocabulary].slice(0, 100),
        interim: false,
      },
    };
  }
}

/** What a session's log holds; throws `unsupported-codec` with the reason. */
export function loggedFormat(session: { codec: string; sampleRate: number }): AudioFormat {
  const codec = parseCodec(session.codec);
  if (codec.status !== 'supported') throw new AppError('unsupported-codec', codec.reason);
  return { encoding: codec.encoding, sampleRate: session.sampleRate };
}

function decodedBefore(stream: SttStream, format: AudioFormat): SttStream {
  return {
    transcribe: (audio, options, fromMs, signal) =>
      stream.transcribe(decodedAudio(audio, format), options, fromMs, signal),
  };
}
