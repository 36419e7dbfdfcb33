import { type HeardSpan, SpeakerMap } from './speaker-map.ts';
import type { SpeakerIdentified, SttEvent, SttWord } from './stt-event.ts';

/** A word this close to the cursor is compared with the words given before it, milliseconds. */
const BORDER_MS = 100;
/** Words that are kept beyond the overlap, for those whose times moved a little. */
const KEPT_BEYOND_MS = 1000;

/**
 * Words of the stream's beginning are kept for good: where known voices are played first, every
 * further connection hears them again, and by their words the speakers are recognised.
 */
const KEPT_FROM_START_MS = 90_000;

/**
 * What has been given out of a stream, over all its connections: the cursor, the last words and
 * the speakers. Takes the events of a connection and answers those of the stream.
 */
export class ResumedTranscript {
  readonly #fromMs: number;
  readonly #overlapMs: number;
  #cursorMs: number;
  /** The cursor when the connection began; words before it are known. */
  #resumedAtMs: number;
  #given: HeardSpan[];
  #nextSpeaker: number;
  #speakers: SpeakerMap;
  #partialShown = false;
  /** Who was identified, until words tell which of the stream's speakers that is. */
  #identified: SpeakerIdentified[] = [];

  /**
   * @param fromMs audio before this is final
   * @param heard words that are known to have been said before, with the stream's numbers of their
   *   speakers; with them, audio from before `fromMs` is wanted too
   */
  constructor(fromMs: number, overlapMs: number, heard: readonly HeardSpan[] = []) {
    this.#fromMs = heard.length === 0 ? fromMs : Math.max(0, fromMs - overlapMs);
    this.#overlapMs = overlapMs;
    this.#cursorMs = fromMs;
    this.#resumedAtMs = fromMs;
    this.#given = [...heard];
    this.#nextSpeaker = 1 + Math.max(-1, ...heard.map(({ speaker }) => speaker ?? -1));
    this.#speakers = this.#newSpeakers();
  }

  /** Audio before this is final. */
  get cursorMs(): number {
    return this.#cursorMs;
  }

  /** A new connection: answers from where it is to be sent audio. */
  beginConnection(): number {
    this.#resumedAtMs = this.#cursorMs;
    this.#speakers = this.#newSpeakers();
    // Nothing was given yet: there is nobody to recognise.
    if (this.#given.length === 0) return this.#cursorMs;
    return Math.max(this.#fromMs, this.#cursorMs - this.#overlapMs);
  }

  /** @param toStreamMs the connection's clock → the stream's */
  take(event: SttEvent, toStreamMs: (ms: number) => number): SttEvent[] {
    switch (event.type) {
      case 'transcript-final': {
        const words = this.#takeFinalWords(event.words.map((word) => shift(word, toStreamMs)));
        const finalUntilMs = Math.max(this.#cursorMs, toStreamMs(event.finalUntilMs));
        if (words.length === 0 && finalUntilMs === this.#cursorMs) return [];
        this.#cursorMs = finalUntilMs;
        this.#partialShown = false;
        return [...this.#takeIdentified(words), { ...event, words, finalUntilMs }];
      }
      case 'transcript-partial': {
        const words = event.words
          .map((word) => shift(word, toStreamMs))
          .filter((word) => !this.#isKnown(word))
          .map((word) => ({ ...word, speaker: this.#speakers.peek(word.speaker) }));
        if (words.length === 0 && !this.#partialShown) return [];
        this.#partialShown = words.length > 0;
        return [{ ...event, words }];
      }
      case 'speech-start': {
        const atMs = toStreamMs(event.atMs);
        return atMs < this.#resumedAtMs ? [] : [{ ...event, atMs }];
      }
      case 'speaker-identified':
        this.#identified.push(event);
        return [];
      default:
        return [event];
    }
  }

  #takeFinalWords(words: readonly SttWord[]): SttWord[] {
    const fresh: SttWord[] = [];
    for (const word of words) {
      if (this.#isKnown(word)) this.#speakers.learn(word, this.#given);
      else fresh.push(word);
    }
    const mapped = fresh.map((word) => ({
      ...word,
      speaker: this.#speakers.resolve(word.speaker),
    }));
    const keptFromMs = this.#cursorMs - this.#overlapMs - KEPT_BEYOND_MS;
    const keptUntilMs = this.#fromMs + KEPT_FROM_START_MS;
    this.#given = this.#given.filter((s) => s.endMs >= keptFromMs || s.endMs <= keptUntilMs);
    this.#given.push(...mapped.map(({ startMs, endMs, speaker }) => ({ startMs, endMs, speaker })));
    return mapped;
  }

  #takeIdentified(words: readonly SttWord[]): SpeakerIdentified[] {
    if (words.length === 0) return [];
    const identified = this.#identified.map((event) => ({
      ...event,
      speaker: this.#speakers.resolve(event.speaker) ?? event.speaker,
    }));
    this.#identified = [];
    return identified;
  }

  /** Whether an earlier connection has given this word: by its middle, at the border by overlap. */
  #isKnown(word: SttWord): boolean {
    const middle = (word.startMs + word.endMs) / 2;
    if (Math.abs(middle - this.#resumedAtMs) > BORDER_MS) return middle < this.#resumedAtMs;
    return this.#given.some((span) => {
      const isEarlier = span.startMs < this.#resumedAtMs;
      const shared = Math.min(word.endMs, span.endMs) - Math.max(word.startMs, span.startMs);
      const shorter = Math.min(word.endMs - word.startMs, span.endMs - span.startMs);
      return isEarlier && shared > 0 && shared * 2 >= shorter;
    });
  }

  #newSpeakers(): SpeakerMap {
    return new SpeakerMap(() => {
      const number = this.#nextSpeaker;
      this.#nextSpeaker += 1;
      return number;
    });
  }
}

function shift(word: SttWord, toStreamMs: (ms: number) => number): SttWord {
  return { ...word, startMs: toStreamMs(word.startMs), endMs: toStreamMs(word.endMs) };
}
