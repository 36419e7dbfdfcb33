import type { AudioFormat } from '../audio/audio-format.ts';
import { parseCodec } from '../audio/codec.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { User } from '../model/user.ts';
import { profileFirst } from '../speakers/profile-first.ts';
import type { KnownVoice } from '../speakers/speaker-identifier.ts';
import { Breakers } from '../stt/breaker.ts';
import { fallback } from '../stt/fallback.ts';
import { getSttServicesForLanguage } from '../stt/select.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttProvider } from '../stt/stt-provider.ts';
import type { SttService } from '../stt/stt-service.ts';
import { usableServices } from '../stt/usable-services.ts';
import type { SttUsageService } from '../users/stt-usage.ts';
import { budgeted, gatedStream, metered, type VadGateMode } from './stt-metering.ts';

/** What decides about the speech-to-text of a session. */
export interface SttRequest {
  language: string;
  codec: string;
  sampleRate: number;
  /** Service or provider that the client would like, null for none. */
  sttService: string | null;
  /** Whether silence is kept back, null for what the server does by default. */
  vadGate: boolean | null;
  /** The audio is complete already. */
  isRecorded: boolean;
}

export interface SttOpenerOptions {
  /** Configured providers by name. */
  providers: ReadonlyMap<string, SttProvider>;
  /** Services of these providers, in order of preference. */
  services: readonly SttService[];
  /** `VAD_GATE_MODE`: what sessions get that do not say what they want. */
  vadGateMode: VadGateMode;
  usage: SttUsageService;
  logger: Logger;
}

/** Chooses the providers of a session and stacks the decorators that its stream needs. */
export class SttOpener {
  readonly #o: SttOpenerOptions;
  /** What is known of each provider's health, by whatever session found out. */
  readonly #breakers = new Breakers();

  constructor(options: SttOpenerOptions) {
    this.#o = options;
  }

  /**
   * Null where no provider is configured; throws `unsupported-codec`.
   *
   * @param voices known voices that are to be recognised
   */
  open(user: User, request: SttRequest, voices: readonly KnownVoice[] = []): SessionStt | null {
    const format = loggedFormat(request);
    const { services, providers } = this.#o;
    const { choices, languageHints, unserved } = getSttServicesForLanguage({
      language: request.language,
      singleLanguage: user.singleLanguageMode,
      languages: user.languages,
      // What somebody has set counts more than what an app says by default.
      preferred: [user.sttService, request.sttService].filter((name) => name !== null),
      services: usableServices(services, providers, request.isRecorded),
    });
    const meter = this.#o.usage.meter(user.id);
    const [name, ...others] = choices.map(({ provider }) => provider);
    if (name === undefined) return null;
    const names = [name, ...others] as const;
    const chain = choices.flatMap((choice) => {
      const provider = this.#o.providers.get(choice.provider);
      if (!provider) return [];
      const isAffordable = () => !meter.exhaustedFor([provider.name]);
      // Where nobody is left the audio ends instead, so that the last words still come.
      const hasToStop = () => !isAffordable() && !meter.exhaustedFor(names);
      return [{ ...choice, provider: metered(provider, meter, hasToStop), isAffordable }];
    });
    const [first] = chain;
    if (!first) return null;
    const heard = fallback(chain, { logger: this.#o.logger, breakers: this.#breakers });
    const { diarization } = first.provider.capabilities;
    const stream = diarization ? profileFirst.identify(heard, voices) : heard;
    const mode = this.#gateMode(request.vadGate);
    return {
      provider: name,
      format,
      unserved,
      stream: budgeted(gatedStream(stream, mode, format, meter, name), meter, names),
      options: {
        format,
        language: first.language,
        languageHints,
        model: first.model,
        keyterms: ['Omi', ...user.vocabulary].slice(0, 100),
        interim: false,
      },
    };
  }

  #gateMode(wish: boolean | null): VadGateMode {
    if (wish === null) return this.#o.vadGateMode;
    return wish ? 'active' : 'off';
  }
}

/** What a session's log holds; throws `unsupported-codec` with the reason. */
export function loggedFormat(session: { codec: string; sampleRate: number }): AudioFormat {
  const codec = parseCodec(session.codec);
  if (codec.status !== 'supported') throw new AppError('unsupported-codec', codec.reason);
  return { encoding: codec.encoding, sampleRate: session.sampleRate };
}
