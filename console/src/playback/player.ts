import { afterSilence, type Span } from './silence.ts';

/** A file of a conversation's audio; times are seconds on the clock of the conversation. */
export interface AudioPart {
  id: string;
  url: string;
  start: number;
  end: number;
}

export interface PlayerState {
  isPlaying: boolean;
  /** Seconds on the clock of the conversation. */
  time: number;
  rate: number;
  skipsSilence: boolean;
  /** True if the audio could not be loaded. */
  hasFailed: boolean;
}

export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;

/**
 * Plays the audio of one conversation, which may be several files, on the conversation's own clock.
 * The state is told at each frame while it plays, so that words can be marked as they are heard.
 */
export class Player {
  readonly #audio = new Audio();
  readonly #listeners = new Set<() => void>();
  #parts: readonly AudioPart[];
  #spans: readonly Span[] = [];
  #part: AudioPart | undefined;
  #state: PlayerState;
  #frame = 0;

  constructor(parts: readonly AudioPart[]) {
    this.#parts = parts;
    this.#state = {
      isPlaying: false,
      time: parts[0]?.start ?? 0,
      rate: 1,
      skipsSilence: false,
      hasFailed: false,
    };
    this.#audio.preload = 'none';
    this.#audio.addEventListener('ended', () => this.#onEnded());
    this.#audio.addEventListener('error', () => {
      if (this.#audio.hasAttribute('src')) this.#stop({ hasFailed: true });
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): PlayerState => this.#state;

  get start(): number {
    return this.#parts[0]?.start ?? 0;
  }

  get end(): number {
    return this.#parts.at(-1)?.end ?? 0;
  }

  /** Takes fresh links to the same files, and when somebody speaks. */
  update(parts: readonly AudioPart[], spans: readonly Span[]): void {
    this.#parts = parts;
    this.#spans = spans;
    if (this.#state.hasFailed) {
      this.#part = undefined;
      this.#set({ hasFailed: false });
    }
  }

  /** Plays from a time on, or from where it stands. */
  play(from = this.#state.time): void {
    const part = this.#parts.find(({ end }) => from < end - 0.05) ?? this.#parts[0];
    if (!part) return;
    const time = from < part.end ? Math.max(from, part.start) : part.start;
    this.#open(part, time);
    this.#audio.playbackRate = this.#state.rate;
    this.#set({ isPlaying: true, time });
    this.#audio.play().catch((error: unknown) => {
      // A pause, or another file, before it has begun is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#stop({ hasFailed: true });
    });
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#tick);
  }

  pause(): void {
    this.#stop({});
  }

  toggle(): void {
    if (this.#state.isPlaying) this.pause();
    else this.play();
  }

  /** Goes to a time without changing whether it plays. */
  seek(time: number): void {
    const wanted = Math.min(Math.max(time, this.start), this.end);
    if (this.#state.isPlaying) this.play(wanted);
    else this.#set({ time: wanted });
  }

  setRate(rate: number): void {
    this.#audio.playbackRate = rate;
    this.#set({ rate });
  }

  setSkipsSilence(skipsSilence: boolean): void {
    this.#set({ skipsSilence });
  }

  close(): void {
    this.#stop({});
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  #open(part: AudioPart, time: number): void {
    if (part.id !== this.#part?.id) {
      this.#part = part;
      this.#audio.src = part.url;
    }
    this.#audio.currentTime = time - part.start;
  }

  readonly #tick = (): void => {
    if (!this.#state.isPlaying || !this.#part) return;
    const time = this.#part.start + this.#audio.currentTime;
    const next = this.#state.skipsSilence ? afterSilence(time, this.#spans) : time;
    if (next > time) this.play(next);
    else {
      this.#set({ time });
      this.#frame = requestAnimationFrame(this.#tick);
    }
  };

  #onEnded(): void {
    const index = this.#parts.findIndex(({ id }) => id === this.#part?.id);
    const next = this.#parts[index + 1];
    if (next) this.play(next.start);
    else this.#stop({ time: this.end });
  }

  #stop(change: Partial<PlayerState>): void {
    cancelAnimationFrame(this.#frame);
    this.#audio.pause();
    this.#set({ isPlaying: false, ...change });
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
