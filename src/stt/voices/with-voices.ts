import type { AudioFormat } from '../../audio/audio-format.ts';
import { readSpan } from '../../audio/read-span.ts';
import type { ReplayableAudio } from '../../audio/replayable-audio.ts';
import { describeError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { VoicePrint, VoiceThresholds } from '../../voices/match-voice.ts';
import { StreamVoices } from '../../voices/stream-voices.ts';
import type { VoiceModel } from '../../voices/voice-model.ts';
import type { HeardVoice } from '../../voices/voice-vector.ts';
import { decodedAudio } from '../decoded-audio.ts';
import type { SttEvent, SttWord, TranscriptFinal } from '../stt-event.ts';
import type { StreamStart, SttStream } from '../stt-provider.ts';
import { RecentAudio } from './recent-audio.ts';
import { type SpeechTurn, speechTurns } from './speech-turns.ts';

export interface VoiceOptions {
  model: VoiceModel;
  /** Voices that are known. */
  prints: readonly VoicePrint[];
  thresholds: VoiceThresholds;
  logger: Logger;
}

/** Audio that is kept for a look at the voices in it, milliseconds. */
const KEPT_MS = 120_000;
/** What is kept behind the last final words. */
const KEPT_BEHIND_MS = 2_000;
/** Sound around the words that belongs to them. */
const MARGIN_MS = 80;
/** Of a long turn the middle is enough. */
const MAX_TURN_MS = 12_000;
/** Shorter speech has no voice that could be compared. */
const MIN_TURN_MS = 400;
/** Speech of a provider's speaker that is looked at: short pieces often have the wrong label. */
const MIN_LABELLED_MS = 1_200;
/** Turns that may wait for their voices; further ones are not looked at. */
const MAX_WAITING = 16;
/** The words wait so long for the voice model, which may be down. */
const PATIENCE_MS = 5_000;

/**
 * A stream whose speakers are known by their voices. Words of a provider that does not tell speakers apart
 * get the numbers of the voices, before they are given out; the voices of a provider's own speakers are
 * looked at beside the stream. Gives `voice-heard` for each turn, and `speaker-identified` once for a
 * speaker who is known. Words come whatever happens to the voice model.
 */
export function withVoices(stream: SttStream, options: VoiceOptions): SttStream {
  return {
    transcribe: (audio, sttOptions, start, signal) => {
      // AAC is decoded by a process of its own: a further one for each turn is not worth it.
      if (sttOptions.format.encoding === 'aac') {
        return stream.transcribe(audio, sttOptions, start, signal);
      }
      const recent = new RecentAudio(audio, KEPT_MS);
      const run = new VoicedRun(options, recent, sttOptions.format, start, signal);
      return run.events(stream.transcribe(recent, sttOptions, start, signal));
    },
  };
}

class VoicedRun {
  readonly #o: VoiceOptions;
  readonly #recent: RecentAudio;
  readonly #format: AudioFormat;
  readonly #signal: AbortSignal;
  readonly #voices: StreamVoices;
  /** Numbers that were given by voice, and the provider's numbers that are those of another speaker. */
  readonly #byVoice = new Set<number>();
  readonly #renumbered = new Map<number, number>();
  /** What was found out beside the stream. */
  #found: SttEvent[] = [];
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();
  #lastSpeaker: number | null = null;
  #hasFailed = false;

  constructor(
    options: VoiceOptions,
    recent: RecentAudio,
    format: AudioFormat,
    start: StreamStart,
    signal: AbortSignal,
  ) {
    this.#o = options;
    this.#recent = recent;
    this.#format = format;
    this.#signal = signal;
    const taken = start.heard.map(({ speaker }) => speaker ?? -1);
    this.#voices = new StreamVoices(options.prints, options.thresholds, 1 + Math.max(-1, ...taken));
  }

  async *events(source: AsyncIterable<SttEvent>): AsyncGenerator<SttEvent, void, undefined> {
    for await (const event of source) {
      yield* this.#found.splice(0);
      if (event.type === 'transcript-final') {
        yield* this.#final(event);
        this.#recent.forgetBefore(event.finalUntilMs - KEPT_BEHIND_MS);
      } else if (event.type === 'speaker-identified') {
        yield { ...event, speaker: this.#renumbered.get(event.speaker) ?? event.speaker };
      } else yield event;
    }
    await this.#work;
    yield* this.#found.splice(0);
  }

  async *#final(event: TranscriptFinal): AsyncGenerator<SttEvent, void, undefined> {
    const words: SttWord[] = [];
    const heard: SttEvent[] = [];
    for (const turn of speechTurns(event.words)) {
      if (turn.speaker !== null) {
        await this.#label(turn, turn.speaker, words);
        continue;
      }
      for (const found of await this.#assign(turn, words)) {
        // Who it is must be known before the first words, and the words before what is told of them.
        if (found.type === 'speaker-identified') yield found;
        else heard.push(found);
      }
    }
    yield { ...event, words };
    yield* heard;
  }

  /** Words without a speaker get the number of the voice, which takes as long as the voice does. */
  async #assign(turn: SpeechTurn, words: SttWord[]): Promise<SttEvent[]> {
    const heard = await this.#hear(turn);
    const speaker = (heard && this.#voices.assign(heard)) ?? this.#lastSpeaker;
    this.#lastSpeaker = speaker;
    if (speaker !== null) this.#byVoice.add(speaker);
    words.push(...turn.words.map((word) => ({ ...word, speaker })));
    return heard && speaker !== null ? [...this.#noted(turn, speaker, heard, true)] : [];
  }

  /** Words with a speaker keep it, unless another provider's words have that number. */
  async #label(turn: SpeechTurn, given: number, words: SttWord[]): Promise<void> {
    let speaker = this.#renumbered.get(given);
    if (speaker === undefined) {
      speaker = given;
      if (this.#byVoice.has(given)) {
        const heard = await this.#hear(turn);
        speaker = (heard && this.#voices.assign(heard)) ?? this.#voices.newNumber();
      }
      this.#renumbered.set(given, speaker);
    }
    const number = speaker;
    words.push(...turn.words.map((word) => ({ ...word, speaker: number })));
    const isShort = turn.endMs - turn.startMs < MIN_LABELLED_MS;
    if (isShort || this.#waiting >= MAX_WAITING) return;
    this.#waiting += 1;
    const hear = this.#hearing(turn);
    this.#work = this.#work.then(async () => {
      const heard = await hear();
      this.#waiting -= 1;
      if (heard) this.#found.push(...this.#noted(turn, number, heard, false));
    });
  }

  *#noted(
    { startMs, endMs }: SpeechTurn,
    speaker: number,
    voice: HeardVoice,
    isByVoice: boolean,
  ): Generator<SttEvent> {
    const known = this.#voices.add(speaker, voice);
    if (known !== null) {
      const { personId, name } = known;
      yield { type: 'speaker-identified', speaker, personId, name };
    }
    yield { type: 'voice-heard', speaker, startMs, endMs, voice, isByVoice };
  }

  #hear(turn: SpeechTurn): Promise<HeardVoice | null> {
    return this.#hearing(turn)();
  }

  /** Returns how to find the voice of a turn in what is kept of the audio now. That never rejects. */
  #hearing({ startMs, endMs }: SpeechTurn): () => Promise<HeardVoice | null> {
    const { kept, endMs: readMs } = this.#recent;
    const spareMs = Math.max(0, endMs - startMs - MAX_TURN_MS) / 2;
    const fromMs = Math.max(0, startMs + spareMs - MARGIN_MS);
    const toMs = Math.min(readMs, endMs - spareMs + (spareMs > 0 ? 0 : MARGIN_MS));
    return async () => {
      if (toMs - fromMs < MIN_TURN_MS) return null;
      try {
        return await this.#voiceIn(kept, fromMs, toMs);
      } catch (error) {
        if (!this.#hasFailed && !this.#signal.aborted) {
          this.#o.logger.warn({ error: describeError(error) }, 'voices are not told apart');
        }
        this.#hasFailed = true;
        return null;
      }
    };
  }

  /** The voice of a stretch of audio, null if it is not there or holds none. */
  async #voiceIn(kept: ReplayableAudio, fromMs: number, toMs: number): Promise<HeardVoice | null> {
    const { model } = this.#o;
    const audio = decodedAudio(kept, this.#format, model.sampleRate);
    const samples = await readSpan(audio, fromMs, toMs, model.sampleRate);
    if (samples === undefined) return null;
    const patience = AbortSignal.any([this.#signal, AbortSignal.timeout(PATIENCE_MS)]);
    const vector = await model.embed(samples, patience);
    return vector && { vector, speechMs: toMs - fromMs };
  }
}
