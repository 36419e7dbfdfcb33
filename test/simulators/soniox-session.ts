import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { LiveSession, type SessionFault } from './live-session.ts';
import { type SimulatedToken, splitTokens } from './soniox-tokens.ts';
import type { SpeechClip } from './speech-clips.ts';
import type { SpeechRecogniser } from './speech-recogniser.ts';

export type SonioxFault =
  | SessionFault
  /** An error frame, then close 1000, once so much audio has come; 0: right after the start. */
  | { kind: 'error'; afterAudioMs: number; code: number; type: string | null; message: string }
  /** Tokens that are not final yet read differently from what they become. */
  | { kind: 'revise' };

const RESPOND_EVERY_MS = 240;
/** Tokens become final, one by one, so long after they were said. */
const FINAL_AFTER_MS = 1000;

const startSchema = z.object({
  api_key: z.string().optional(),
  model: z.string().regex(/^stt-rt-(v[345]|preview)$/),
  audio_format: z.enum(['auto', 'ogg', 'pcm_s16le']),
  sample_rate: z.number().int().optional(),
  num_channels: z.literal(1).optional(),
  language_hints: z.array(z.string().regex(/^[a-z]{2}$/)).optional(),
  language_hints_strict: z.boolean().optional(),
  enable_speaker_diarization: z.boolean().optional(),
  enable_language_identification: z.boolean().optional(),
  enable_endpoint_detection: z.boolean().optional(),
  max_endpoint_delay_ms: z.number().min(500).max(3000).optional(),
  context: z.object({ terms: z.array(z.string()).optional() }).optional(),
});

/** One stream of the simulator. */
export class SonioxSession extends LiveSession<SonioxFault> {
  readonly #apiKey: string;
  readonly #speakers = new Map<number, string>();
  #start: z.infer<typeof startSchema> | null = null;
  #pending: SimulatedToken[] = [];
  #respondAtMs = RESPOND_EVERY_MS;
  #finalMs = 0;
  #positionMs = 0;
  #utterance = false;
  #finished = false;

  constructor(
    socket: WebSocket,
    settings: {
      apiKey: string;
      query: URLSearchParams;
      authorization: string | undefined;
      fault: SonioxFault | null;
      clips: readonly SpeechClip[];
      idleTimeoutMs: number;
    },
  ) {
    super(socket, settings);
    this.#apiKey = settings.apiKey;
  }

  protected takeText(text: string): void {
    if (this.#finished) {
      this.fail(400, 'invalid_request', 'Control request is malformed.');
    } else if (this.#start === null) {
      this.#begin(text);
    } else if (text === '') {
      this.#finish();
    } else {
      const type = z.object({ type: z.string() }).safeParse(parseJson(text)).data?.type;
      if (type === 'finalize') this.#respond(true, '<fin>');
      else if (type !== 'keepalive')
        this.fail(400, 'invalid_request', 'Control request invalid type.');
    }
  }

  protected takeAudio(message: Buffer): boolean {
    if (this.#start === null) {
      this.fail(400, 'invalid_request', 'Start request must be a text message.');
      return false;
    }
    if (message.length > 0) return true;
    this.#finish();
    return false;
  }

  protected heard(recogniser: SpeechRecogniser, samples: Int16Array): void {
    for (const word of recogniser.push(samples)) {
      const known = this.#speakers.get(word.speaker) ?? String(this.#speakers.size + 1);
      this.#speakers.set(word.speaker, known);
      this.#pending.push(...splitTokens(word, known));
      this.#utterance = true;
    }
    this.#positionMs = recogniser.positionMs;
    const delayMs = this.#start?.max_endpoint_delay_ms ?? 2000;
    const isEndpoint = this.#start?.enable_endpoint_detection && recogniser.silenceMs >= delayMs;
    if (isEndpoint && this.#utterance) {
      this.#utterance = false;
      this.#respond(true, '<end>');
    } else if (this.#positionMs >= this.#respondAtMs) {
      this.#respondAtMs += RESPOND_EVERY_MS;
      this.#respond(false, null);
    }
  }

  protected strikeOwn(fault: SonioxFault): void {
    if (fault.kind === 'error') this.fail(fault.code, fault.type, fault.message);
  }

  protected audioFailed(): void {
    this.fail(400, 'invalid_request', 'Audio decode error');
  }

  protected idle(): void {
    this.fail(408, 'request_timeout', 'Request timeout.');
  }

  /** One error frame, then close 1000. */
  fail(code: number, type: string | null, message: string): void {
    this.#finished = true;
    this.send({
      tokens: [],
      error_code: code,
      error_message: message,
      ...(type === null ? {} : { error_type: type, request_id: randomUUID(), more_info: 'docs' }),
    });
    this.close(1000, '');
  }

  #begin(text: string): void {
    const parsed = startSchema.safeParse(parseJson(text));
    const start = parsed.data;
    const isRaw = start?.audio_format === 'pcm_s16le';
    if (!start) {
      this.fail(400, 'invalid_request', 'Start request is malformed.');
    } else if (
      (start.api_key ?? this.record.authorization?.slice('Bearer '.length)) !== this.#apiKey
    ) {
      this.fail(401, 'unauthenticated', 'Invalid API key.');
    } else if (isRaw && (!start.sample_rate || !start.num_channels)) {
      this.fail(400, 'invalid_request', 'Audio sample rate must be specified for PCM formats');
    } else if (JSON.stringify(start.context ?? {}).length > 10_000) {
      this.fail(400, 'invalid_request', 'Context is too long (max length 10000).');
    } else if (this.fault?.kind === 'error' && this.fault.afterAudioMs === 0) {
      this.strikeOwn(this.fault);
    } else {
      this.#start = start;
      this.openAudio(isRaw ? 'linear16' : null, start.sample_rate ?? 16_000);
    }
  }

  #finish(): void {
    if (this.record.audioMessages === 0) {
      this.fail(400, 'invalid_request', 'No audio received.');
      return;
    }
    this.endAudio(() => {
      this.#respond(true, null);
      this.#finished = true;
      const total = Math.round(this.#positionMs);
      const counters = { final_audio_proc_ms: total, total_audio_proc_ms: total };
      this.send({ tokens: [], ...counters, finished: true });
      this.close(1000, '');
    });
  }

  #respond(all: boolean, special: '<end>' | '<fin>' | null): void {
    const borderMs = all ? Number.POSITIVE_INFINITY : this.#positionMs - FINAL_AFTER_MS;
    const finals = this.#pending.filter((token) => token.end_ms <= borderMs);
    this.#pending = this.#pending.slice(finals.length);
    this.#finalMs = all ? this.#positionMs : (finals.at(-1)?.end_ms ?? this.#finalMs);
    const revise = this.fault?.kind === 'revise';
    this.send({
      tokens: [
        ...finals.map((token) => this.#toWire(token, true)),
        ...(special === null ? [] : [{ text: special, is_final: true }]),
        ...this.#pending.map((token) =>
          this.#toWire(revise ? { ...token, text: ` x${token.text.trim()}x` } : token, false),
        ),
      ],
      final_audio_proc_ms: Math.round(this.#finalMs),
      total_audio_proc_ms: Math.round(this.#positionMs),
    });
  }

  #toWire(token: SimulatedToken, isFinal: boolean): unknown {
    const { speaker, language, ...rest } = token;
    return {
      ...rest,
      is_final: isFinal,
      ...(this.#start?.enable_speaker_diarization ? { speaker } : {}),
      ...(this.#start?.enable_language_identification ? { language } : {}),
      translation_status: 'none',
    };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
