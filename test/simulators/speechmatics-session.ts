import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { HeardWord } from './heard-word.ts';
import { LiveSession, type SessionFault } from './live-session.ts';
import type { SpeechClip } from './speech-clips.ts';
import type { SpeechRecogniser } from './speech-recogniser.ts';

export type SpeechmaticsFault =
  | SessionFault
  /** An `Error` and the close after it, once so much audio has come; 0: instead of the start. */
  | { kind: 'error'; afterAudioMs: number; type: string; closeCode: number }
  /** `StartRecognition` is never answered. */
  | { kind: 'no-start' }
  /** `AudioAdded` comes for the first so many messages only, for the others when `release` is set. */
  | { kind: 'slow-reading'; messages: number; release: Promise<void> }
  /** Punctuation of the last word of a final comes in a message of its own. */
  | { kind: 'late-punctuation' }
  /** Partials read differently from what they become. */
  | { kind: 'revise' };

const PARTIAL_EVERY_MS = 500;
const EMPTY_EVERY_MS = 1000;

const startSchema = z.object({
  message: z.literal('StartRecognition'),
  audio_format: z.object({
    type: z.literal('raw'),
    encoding: z.literal('pcm_s16le'),
    sample_rate: z.number().int().min(8000),
  }),
  transcription_config: z.strictObject({
    language: z.string().regex(/^[a-z]{2,3}(_[a-z]{2})?$/),
    domain: z.string().optional(),
    output_locale: z.string().optional(),
    model: z.enum(['standard', 'enhanced']).optional(),
    diarization: z.enum(['none', 'speaker']).optional(),
    enable_partials: z.boolean().optional(),
    enable_entities: z.boolean().optional(),
    max_delay: z.number().min(0.7).max(4).optional(),
    max_delay_mode: z.enum(['fixed', 'flexible']).optional(),
    conversation_config: z
      .object({ end_of_utterance_silence_trigger: z.number().min(0).max(2) })
      .optional(),
    additional_vocab: z.array(z.string()).max(1000).optional(),
  }),
});

type Config = z.infer<typeof startSchema>['transcription_config'];

/** One session of the simulator. */
export class SpeechmaticsSession extends LiveSession<SpeechmaticsFault> {
  readonly #speakers = new Map<number, string>();
  #config: Config | null = null;
  #pending: HeardWord[] = [];
  #finalMs = 0;
  #partialAtMs = PARTIAL_EVERY_MS;
  #positionMs = 0;
  #received = 0;
  #utterance = false;

  constructor(
    socket: WebSocket,
    settings: {
      query: URLSearchParams;
      authorization: string | undefined;
      fault: SpeechmaticsFault | null;
      clips: readonly SpeechClip[];
      idleTimeoutMs: number;
    },
  ) {
    super(socket, settings);
    // May come before anything else, and has to be borne.
    this.send({ message: 'Info', type: 'concurrent_session_usage', usage: 1, quota: 2 });
    this.send({ message: 'Info', type: 'recognition_quality', quality: 'broadcast' });
  }

  protected takeText(text: string): void {
    const json = parseJson(text);
    const name = z.object({ message: z.string() }).safeParse(json).data?.message;
    if (name === 'StartRecognition' && this.#config === null) this.#begin(json);
    else if (name === 'EndOfStream' && this.#config) this.endAudio(() => this.#finish());
    else if (name === 'ForceEndOfUtterance' && this.#config) this.#endUtterance(true);
    else this.fail('protocol_error', 1003);
  }

  protected takeAudio(): boolean {
    if (this.#config === null) {
      this.fail('protocol_error', 1003);
      return false;
    }
    this.#received += 1;
    const seqNo = this.#received;
    const added = (): void => this.send({ message: 'AudioAdded', seq_no: seqNo });
    const { fault } = this;
    if (fault?.kind === 'slow-reading' && 'release' in fault && seqNo > fault.messages) {
      fault.release.then(added, added);
    } else {
      added();
    }
    return true;
  }

  protected heard(recogniser: SpeechRecogniser, samples: Int16Array): void {
    const words = recogniser.push(samples);
    this.#pending.push(...words);
    this.#utterance ||= words.length > 0;
    this.#positionMs = recogniser.positionMs;
    const trigger = this.#config?.conversation_config?.end_of_utterance_silence_trigger ?? 0;
    if (trigger > 0 && this.#utterance && recogniser.silenceMs >= trigger * 1000) {
      this.#endUtterance(false);
      return;
    }
    const borderMs = this.#positionMs - (this.#config?.max_delay ?? 4) * 1000;
    const due = this.#pending.filter((word) => word.endMs <= borderMs);
    const silent = this.#pending.length === 0 && !this.#utterance;
    if (due.length > 0) this.#final(due, due.at(-1)?.endMs ?? borderMs, false);
    else if (silent && borderMs >= this.#finalMs + EMPTY_EVERY_MS) this.#final([], borderMs, false);
    if (this.#positionMs < this.#partialAtMs) return;
    this.#partialAtMs += PARTIAL_EVERY_MS;
    this.#partial();
  }

  protected strikeOwn(fault: SpeechmaticsFault): void {
    if (fault.kind === 'error') this.fail(fault.type, fault.closeCode);
  }

  protected audioFailed(): void {
    this.fail('invalid_audio_type', 1003);
  }

  protected idle(): void {
    this.close(1008, 'policy_violation');
  }

  fail(type: string, closeCode: number): void {
    this.send({ message: 'Error', type, reason: 'The reason repeats what was said.' });
    this.close(closeCode, type);
  }

  #begin(json: unknown): void {
    const start = startSchema.safeParse(json).data;
    const { fault } = this;
    if (fault?.kind === 'no-start') return;
    if (!start) {
      this.fail('invalid_config', 4004);
    } else if (fault?.kind === 'error' && 'type' in fault && fault.afterAudioMs === 0) {
      this.strikeOwn(fault);
    } else {
      this.#config = start.transcription_config;
      this.openAudio('linear16', start.audio_format.sample_rate);
      this.send({
        message: 'RecognitionStarted',
        id: '807670e9-14af-4fa2-9e8f-5d525c22156e',
        language_pack_info: { word_delimiter: ' ', writing_direction: 'left-to-right' },
      });
    }
  }

  #finish(): void {
    this.#final(this.#pending, this.#positionMs, false);
    this.send({ message: 'EndOfTranscript' });
  }

  #endUtterance(forced: boolean): void {
    this.#final(this.#pending, this.#positionMs, forced);
    this.#utterance = false;
    const atS = seconds(this.#positionMs);
    const metadata = { start_time: atS, end_time: atS };
    this.send({ message: 'EndOfUtterance', metadata, ...(forced ? { forced } : {}) });
  }

  #final(words: readonly HeardWord[], untilMs: number, forced: boolean): void {
    const items = words.flatMap((word) => this.#items(word));
    const late = this.fault?.kind === 'late-punctuation' && items.at(-1)?.type === 'punctuation';
    const rest = late ? items.splice(-1) : [];
    const fields = { format: '2.9', ...(forced ? { forced } : {}) };
    this.send({ message: 'AddTranscript', ...fields, ...this.#span(untilMs), results: items });
    this.#finalMs = untilMs;
    if (late) {
      this.send({ message: 'AddTranscript', ...fields, ...this.#span(untilMs), results: rest });
    }
    this.#pending = this.#pending.slice(words.length);
    this.#partial();
  }

  #partial(): void {
    if (!this.#config?.enable_partials) return;
    const revise = this.fault?.kind === 'revise';
    const words = revise
      ? this.#pending.map((word) => ({ ...word, text: `x${word.text}` }))
      : this.#pending;
    const results = words.flatMap((word) => this.#items(word));
    const span = this.#span(this.#positionMs);
    this.send({ message: 'AddPartialTranscript', format: '2.9', ...span, results });
  }

  #span(untilMs: number): Record<string, unknown> {
    const times = { start_time: seconds(this.#finalMs), end_time: seconds(untilMs) };
    return { metadata: { ...times, transcript: '' } };
  }

  /** A word and the punctuation behind it, which is an item of its own. */
  #items(word: HeardWord): { type: string }[] {
    const content = word.text.replace(/[.,?!]+$/, '');
    const mark = word.text.slice(content.length);
    const label = this.#speakers.get(word.speaker) ?? `S${this.#speakers.size + 1}`;
    this.#speakers.set(word.speaker, label);
    const { language, diarization } = this.#config ?? {};
    const speaker = diarization === 'speaker' ? { speaker: label } : {};
    const alternative = { confidence: 0.98, language, ...speaker };
    const end = seconds(word.endMs);
    const item = {
      type: /^\d+:\d+$/.test(content) ? 'entity' : 'word',
      start_time: seconds(word.startMs),
      end_time: end,
      alternatives: [{ content, ...alternative }],
    };
    if (mark === '') return [item];
    const punctuation = {
      type: 'punctuation',
      start_time: end,
      end_time: end,
      attaches_to: 'previous',
      is_eos: mark !== ',',
      alternatives: [{ content: mark, ...alternative }],
    };
    return [item, punctuation];
  }
}

/** Hundredths of a second, as the service counts. */
function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
