import { basename } from 'node:path';
import type { AudioFormat } from '../audio/audio-format.ts';
import { parseCodec } from '../audio/codec.ts';
import type { VoiceActivityFactory } from '../audio/voice-activity.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { User } from '../model/accounts/user.ts';
import { getSttServicesForLanguage } from '../stt/select.ts';
import { sessionStream, type VadGateMode } from '../stt/session-stream.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SessionVoices } from '../stt/session-voices.ts';
import type { SpeechServices } from '../stt/speech-services.ts';
import type { SttService } from '../stt/stt-service.ts';
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
  /** The only service, provider or local model to ask; null for the server's choice. */
  model?: string | null;
}

/** The speech-to-text of audio whose client asks for nothing in particular. */
export const SERVER_DEFAULTS = {
  sttService: null,
  vadGate: null,
  resampleTo: null,
  partials: false,
} as const satisfies Partial<SttRequest>;

export interface SttOpenerOptions {
  /** What hears now. */
  speech: SpeechServices;
  /** `VAD_GATE_MODE`: what sessions get that do not say what they want. */
  vadGateMode: VadGateMode;
  createDetector: VoiceActivityFactory;
  usage: SttUsageService;
  /** Tells voices apart on this machine; null if there is none. */
  voiceModel: VoiceModel | null;
  voiceThresholds: VoiceThresholds;
  logger: Logger;
}

/** Chooses the providers of a session, and has its stream put together. */
export class SttOpener {
  readonly #o: SttOpenerOptions;

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
    const { choices, languageHints, unserved } = getSttServicesForLanguage({
      language: request.language,
      singleLanguage: user.singleLanguageMode,
      languages: user.languages,
      // What somebody has set counts more than what an app says by default.
      preferred: [user.sttService, request.sttService].filter((name) => name !== null),
      services: this.#services(request),
    });
    const chain = choices.flatMap((choice) => {
      const provider = this.#o.speech.providers.get(choice.provider);
      return provider ? [{ ...choice, provider }] : [];
    });
    const [first] = chain;
    if (!first) return null;
    const { resampleTo } = request;
    const { logger, usage, voiceModel, voiceThresholds } = this.#o;
    const voices =
      voiceModel && known ? { prints: known.prints, thresholds: voiceThresholds } : null;
    const played = first.provider.capabilities.diarization ? (known?.played ?? []) : [];
    return {
      provider: first.provider.name,
      format: logged,
      unserved,
      voices,
      stream: sessionStream({
        chain,
        logged,
        resampleTo,
        gate: this.#gateMode(request.vadGate),
        createDetector: this.#o.createDetector,
        voices: played,
        prints: voiceModel && voices ? { ...voices, model: voiceModel, logger } : null,
        meter: usage.meter(user.id),
        breakers: this.#o.speech.breakers,
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

  /**
   * The speech-to-text of audio that is complete already; null if none is configured.
   *
   * @param model the only service, provider or local model to ask; null for the server's choice
   * @throws AppError `bad-request` if that is not there
   */
  openRecorded(
    user: User,
    language: string,
    format: AudioFormat,
    known: SessionVoices | null = null,
    model: string | null = null,
  ): SessionStt | null {
    const codec = format.encoding === 'opus' ? 'opus' : 'pcm16';
    const { sampleRate } = format;
    const request = { language, codec, sampleRate, ...SERVER_DEFAULTS, isRecorded: true, model };
    return this.open(user, request, known);
  }

  /** @throws AppError `bad-request` if the service that is asked for is not there */
  #services({ isRecorded, model = null }: SttRequest): SttService[] {
    const { speech } = this.#o;
    const usable = speech.usable(isRecorded);
    if (model === null) return usable;
    const all = [...usable, ...speech.everyUsable(isRecorded)];
    const found = all.filter((service) => isCalled(service, model));
    if (found.length > 0) return found;
    const names = [...new Set(usable.map(nameOf))].join(', ');
    throw new AppError(
      'bad-request',
      `There is no speech service ${model} here. There are: ${names === '' ? 'none' : names}.`,
    );
  }

  #gateMode(isGated: boolean | null): VadGateMode {
    if (isGated === null) return this.#o.vadGateMode;
    return isGated ? 'active' : 'off';
  }
}

/** The name of a local model, which is more telling than that of the service that has taken it. */
function nameOf({ name, provider, model }: SttService): string {
  return name === provider && model !== '' ? `${provider}-${basename(model)}` : name;
}

function isCalled(service: SttService, wanted: string): boolean {
  const { name, provider, model } = service;
  return [name, provider, nameOf(service), basename(model)].includes(wanted);
}

/** What a session's log holds; throws `unsupported-codec` with the reason. */
export function loggedFormat(session: { codec: string; sampleRate: number }): AudioFormat {
  const codec = parseCodec(session.codec);
  if (codec.status !== 'supported') throw new AppError('unsupported-codec', codec.reason);
  return { encoding: codec.encoding, sampleRate: session.sampleRate };
}
