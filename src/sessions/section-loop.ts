import type { AudioSection, SessionAudio } from '../audio/session-audio.ts';
import { wait } from '../kernel/backoff.ts';
import { deferred } from '../kernel/deferred.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { HeardSpan } from '../stt/stream-speakers.ts';
import type { SttEvent } from '../stt/stt-event.ts';

/** Longest word that a split of the audio may go through. */
const SPLIT_WORD_MS = 2_000;

export interface SectionLoopOptions {
  audio: SessionAudio;
  stt: SessionStt;
  /** Position that the first stream starts at; audio before is transcribed. */
  fromMs: number;
  /** Pause before a stream that failed is followed by another one, milliseconds. */
  retryMs: number;
  /** Ends the loop; what is not heard by then is left to the backlog job. */
  signal: AbortSignal;
  /** True once the session takes no more audio. */
  isInputEnded(): boolean;
  /**
   * A stream is about to start. Returns the last words that were heard.
   *
   * @param followsSplit true if the audio was split where the stream starts
   */
  prepare(followsSplit: boolean): Promise<readonly HeardSpan[]>;
  /** Called with each event of the stream; `cursorMs` has moved already. */
  onEvent(event: SttEvent): void;
  /** Called if a stream failed. Another one follows, unless the input has ended. */
  onFailed(error: unknown): void;
  /** Resolves when the words of all events so far are stored. */
  stored(): Promise<void>;
}

/**
 * Transcribes the audio of a session, section by section. A section is the audio up to the next split: only
 * the end of its audio makes a provider give its last words, so the audio is split where words are needed
 * now (see `ListenSession.flush`). Each section passes through these phases:
 *
 * 1. Wait for audio after a split. No provider is asked before: a client may only wait for the end.
 * 2. Transcribe from the cursor to the end of the section. A stream that fails is followed, after a pause, by
 *    another one from the same cursor.
 * 3. Move the cursor to the end: the provider has answered to all that it was given. A word that the split
 *    went through is the exception; the audio after the last whole word is heard again.
 * 4. Wait until the words are stored, then release those that wait in `heardUntil`.
 *
 * The loop ends when the audio has ended and is heard, or when it is aborted.
 */
export class SectionLoop {
  readonly #o: SectionLoopOptions;
  /** Audio before this position needs no transcription any more, milliseconds. */
  #cursorMs: number;
  #lastWordEndMs = 0;
  /** The section that is being heard, while one is. */
  #section: AudioSection | undefined;
  #sectionDone = deferred();
  #followsSplit = false;
  /** Position of a split that everything is heard up to; undefined if something before may be unheard. */
  #heardSplitMs: number | undefined;

  constructor(options: SectionLoopOptions) {
    this.#o = options;
    this.#cursorMs = options.fromMs;
  }

  get cursorMs(): number {
    return this.#cursorMs;
  }

  async run(): Promise<void> {
    const { audio, signal, isInputEnded, stored } = this.#o;
    try {
      while (!signal.aborted) {
        const section = audio.section();
        this.#section = section;
        if (await this.#isEmpty(section)) {
          if (section.endMs === undefined) return;
          this.#endSection();
          continue;
        }
        await this.#transcribe(section);
        await stored();
        // A section that was split is not the last one, though the client may have gone meanwhile.
        this.#followsSplit = section.endMs !== undefined;
        this.#endSection();
        const isHeard = this.#cursorMs >= audio.endMs - 1;
        if (isInputEnded() && (!this.#followsSplit || isHeard)) return;
      }
    } finally {
      this.#endSection();
    }
  }

  /** Resolves when all sections that were split at `splitMs` or before are heard and stored. */
  async heardUntil(splitMs: number): Promise<void> {
    while (this.#section && (this.#section.endMs ?? Number.POSITIVE_INFINITY) <= splitMs) {
      await this.#sectionDone.promise;
    }
  }

  /** Phase 1. True if the section ends without audio after the last split. */
  async #isEmpty(section: AudioSection): Promise<boolean> {
    const { audio, signal } = this.#o;
    const fromMs = this.#heardSplitMs;
    if (fromMs === undefined || (await section.hasAudioAfter(fromMs, signal))) return false;
    if (audio.endMs <= fromMs) this.#cursorMs = audio.endMs;
    return true;
  }

  /** Phases 2 and 3. */
  async #transcribe(section: AudioSection): Promise<void> {
    const { audio, stt, signal, isInputEnded } = this.#o;
    this.#heardSplitMs = undefined;
    try {
      const heard = await this.#o.prepare(this.#followsSplit);
      const start = { fromMs: this.#cursorMs, heard, replays: !this.#followsSplit };
      for await (const event of stt.stream.transcribe(section, stt.options, start, signal)) {
        this.#take(event);
      }
      if (signal.aborted) return;
      this.#heardSplitMs = section.endMs;
      // Trailing silence included.
      this.#advance(section.endMs ?? (isInputEnded() ? audio.endMs : this.#cursorMs));
    } catch (error) {
      this.#o.onFailed(error);
      if (isInputEnded() || signal.aborted) return;
      await wait(this.#o.retryMs, signal).catch(() => undefined);
    }
  }

  #take(event: SttEvent): void {
    if (event.type === 'transcript-final') {
      this.#lastWordEndMs = event.words.at(-1)?.endMs ?? this.#lastWordEndMs;
      this.#advance(event.finalUntilMs);
    }
    this.#o.onEvent(event);
  }

  #advance(positionMs: number): void {
    const splitMs = this.#section?.endMs;
    const heardMs =
      splitMs === undefined
        ? positionMs
        : Math.min(positionMs, Math.max(this.#lastWordEndMs, splitMs - SPLIT_WORD_MS));
    this.#cursorMs = Math.max(this.#cursorMs, heardMs);
  }

  #endSection(): void {
    const done = this.#sectionDone;
    this.#section = undefined;
    this.#sectionDone = deferred();
    done.resolve();
  }
}
