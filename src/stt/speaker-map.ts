import type { SttWord } from './stt-event.ts';

/** A word that was given out, with the stream's own number of its speaker. */
export interface HeardSpan {
  startMs: number;
  endMs: number;
  speaker: number | null;
}

/**
 * Speaker numbers of one connection → those of the stream. A provider counts its speakers anew on
 * each connection; words of the overlap, which both connections have heard, tell who is who.
 */
export class SpeakerMap {
  readonly #mapped = new Map<number, number>();
  /** Milliseconds that the connection's speaker (first key) shares with the stream's (second). */
  readonly #shared = new Map<number, Map<number, number>>();
  readonly #nextFree: () => number;

  /** @param nextFree the stream's next unused number; asked once for each new speaker */
  constructor(nextFree: () => number) {
    this.#nextFree = nextFree;
  }

  /** Takes a word of the overlap as evidence, beside the words that were given out before. */
  learn(word: SttWord, given: readonly HeardSpan[]): void {
    if (word.speaker === null) return;
    for (const old of given) {
      const shared = Math.min(word.endMs, old.endMs) - Math.max(word.startMs, old.startMs);
      if (old.speaker === null || shared <= 0) continue;
      const votes = this.#shared.get(word.speaker) ?? new Map<number, number>();
      votes.set(old.speaker, (votes.get(old.speaker) ?? 0) + shared);
      this.#shared.set(word.speaker, votes);
    }
  }

  /** The stream's number of a speaker, decided now if it was not yet. */
  resolve(speaker: number | null): number | null {
    if (speaker === null) return null;
    this.#decide();
    const known = this.#mapped.get(speaker);
    if (known !== undefined) return known;
    const number = this.#nextFree();
    this.#mapped.set(speaker, number);
    return number;
  }

  /** As `resolve`, but null for a speaker that is not known yet: partial results are unsure. */
  peek(speaker: number | null): number | null {
    return speaker === null ? null : (this.#mapped.get(speaker) ?? null);
  }

  /** One to one, the longest shared time first. */
  #decide(): void {
    const pairs = [...this.#shared].flatMap(([from, votes]) =>
      [...votes].map(([to, shared]) => ({ from, to, shared })),
    );
    pairs.sort((a, b) => b.shared - a.shared);
    const taken = new Set(this.#mapped.values());
    for (const { from, to } of pairs) {
      if (this.#mapped.has(from) || taken.has(to)) continue;
      this.#mapped.set(from, to);
      taken.add(to);
    }
  }
}
