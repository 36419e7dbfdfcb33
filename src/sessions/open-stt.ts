import type { AudioFormat } from '../audio/audio-format.ts';
import { parseCodec } from '../audio/codec.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { User } from '../model/accounts/user.ts';
import { Breakers } from '../stt/breaker.ts';
import { getSttServicesForLanguage } from '../stt/select.ts';
import { sessionStream, type VadGateMode } from '../stt/session-stream.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import type { SttProvider } from '../stt/stt-provider.ts';
import type { SttService } from '../stt/stt-service.ts';
import { usableServices } from '../stt/usable-services.ts';
import type { SttUsageService } from '../users/stt-usage.ts';
import type { VoiceThresholds } from '../voices/match-voice.ts';
import type { VoiceModel } from '../voices/voice-model.ts';

/** What decides about the speech-to-text of a session. */
export interface SttRequest {
  language: string;
  codec: string;
  sampleRate: number;
  /** Service or provider that the client would like, null for none. */
  sttService: string | null;
  /** Whether silence is kept back, null for what the server does by default. */
  vadGate: boolean | null;
  /** Rate that PCM is resampled to before a provider hears it, hertz; null: as it is logged. */
  resampleTo: number | null;
  /** The client wants words that may still change. */
  partials: boolean;
  /** The audio is complete already. */
  isRecorded: boolean;
}

/** The speech-to-text of audio whose client asks for nothing in particular. */
export const SERVER_DEFAULTS = {
  sttService: null,
  vadGate: null,
  resampleTo: null,
  partials: false,
} as const satisfies Partial<SttRequest>;

export interface SttOpenerOptions {
  /** Configured providers by name. */
  providers: ReadonlyMap<string, SttProvider>;
  /** Services of these providers, in order of preference. */
  services: readonly SttService[];
  /** `VAD_GATE_MODE`: what sessions get that do not say what they want. */
  vadGateMode: VadGateMode;
  usage: SttUsageService;
  /** Tells voices apart on this machine; null if there is none. */
  voiceModel: VoiceModel | null;
  voiceThresholds: VoiceThresholds;
  logger: Logger;
}

/** Chooses the providers of a session, and has its stream put together. */
export class SttOpener {
  readonly #o: SttOpenerOptions;
  /** What is known of each provider's health, by whatever session found out. */
  readonly #breakers = new Breakers();

  constructor(options: SttOpenerOptions) {
    this.#o = options;
  }

  /**
   * Null if no provider is configured; throws `unsupported-codec`.
   *
   * @param known voices that are to be recognised; null if nobody is to be told apart
   */
  open(user: User, request: SttRequest, known: SessionVoices | null): SessionStt | null {
    const logged = loggedFormat(request);
    const { services, providers } = this.#o;
    const { choices, languageHints, unserved } = getSttServicesForLanguage({
      language: request.language,
      singleLanguage: user.singleLanguageMode,
      languages: user.languages,
      // What somebody has set counts more than what an app says by default.
      preferred: [user.sttService, request.sttService].filter((name) => name !== null),
      services: usableServices(services, providers, request.isRecorded),
    });
    const chain = choices.flatMap((choice) => {
      const provider = this.#o.providers.get(choice.provider);
      return provider ? [{ ...choice, provider }] : [];
    });
    const [first] = chain;
    if (!first) return null;
    const { resampleTo } = request;
    const { logger, usage, voiceModel, voiceThresholds } = this.#o;
    const played = first.provider.capabilities.diarization ? (known?.played ?? []) : [];
    return {
      provider: first.provider.name,
      format: logged,
      unserved,
      stream: sessionStream({
        chain,
        logged,
        resampleTo,
        gate: this.#gateMode(request.vadGate),
        voices: played,
        prints:
          voiceModel && known
            ? { model: voiceModel, prints: known.prints, thresholds: voiceThresholds, logger }
            : null,
        meter: usage.meter(user.id),
        breakers: this.#breakers,
        logger,
      }),
      options: {
        format: { ...logged, sampleRate: resampleTo ?? logged.sampleRate },
        language: first.language,
        languageHints,
        model: first.model,
        keyterms: ['Omi', ...user.vocabulary].slice(0, 100),
        interim: request.partials,
      },
    };
  }

  /** The speech-to-text of audio that is complete already; null if none is configured. */
  openRecorded(
    user: User,
    language: string,
    format: AudioFormat,
    known: SessionVoices | null = null,
  ): SessionStt | null {
    const codec = format.encoding === 'opus' ? 'opus' : 'pcm16';
    const { sampleRate } = format;
    const request = { language, codec, sampleRate, ...SERVER_DEFAULTS, isRecorded: true };
    return this.open(user, request, known);
  }

  #gateMode(isGated: boolean | null): VadGateMode {
    if (isGated === null) return this.#o.vadGateMode;
    return isGated ? 'active' : 'off';
  }
}

/** What a session's log holds; throws `unsupported-codec` with the reason. */
export function loggedFormat(session: { codec: string; sampleRate: number }): AudioFormat {
  const codec = parseCodec(session.codec);
  if (codec.status !== 'supported') throw new AppError('unsupported-codec', codec.reason);
  return { encoding: codec.encoding, sampleRate: session.sampleRate };
}
