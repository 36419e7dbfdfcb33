import type { EnrollmentAudio } from './enrollment-audio.ts';
import { type HeardSpan, SpeakerMap, StreamSpeakers } from './stream-speakers.ts';
import type {
  ProviderEvent,
  ProviderWord,
  SpeakerLabel,
  SttEvent,
  SttWord,
  TranscriptFinal,
} from './stt-event.ts';
import type { StreamStart } from './stt-provider.ts';

/** A word this close to the cursor is compared with the words given before it, milliseconds. */
const BORDER_MS = 100;
/** Words kept beyond the overlap, because times can move a little. */
const KEPT_BEYOND_MS = 1000;
/** A word that ends this close to where the audio was cut may be only a part of the word. */
const HALF_WORD_MS = 500;
/** No word is longer. */
const LONGEST_WORD_MS = 5_000;

/** The clock of one connection, which starts at 0. */
export interface ConnectionClock {
  /** A time of the connection on the stream's clock, milliseconds. */
  toStreamMs(connectionMs: number): number;
  /** A time of the connection as a position in the enrollment, null after its end. */
  toEnrollmentMs(connectionMs: number): number | null;
  /** Position at which the audio was cut off although more follows; null if it was not. */
  readonly cutMs: number | null;
}

/**
 * What has been given out of a stream, over all its connections: the cursor, the last words and the
 * speakers. Takes the events of a connection and returns those of the stream.
 */
export class ResumedTranscript {
  readonly #earliestMs: number;
  readonly #overlapMs: number;
  readonly #streamSpeakers: StreamSpeakers;
  #cursorMs: number;
  /** The cursor when the connection began; words before it are known. */
  #resumedAtMs: number;
  #given: HeardSpan[];
  #speakers: SpeakerMap;
  #enrollment: EnrollmentAudio | null = null;
  #hasPlayedEnrollment = false;
  #partialShown = false;

  /** @param overlapMs final audio that each further connection is sent again */
  constructor(start: StreamStart, overlapMs: number) {
    const { fromMs, heard, replays } = start;
    this.#earliestMs = heard.length > 0 && replays ? Math.max(0, fromMs - overlapMs) : fromMs;
    this.#overlapMs = overlapMs;
    this.#cursorMs = fromMs;
    this.#resumedAtMs = fromMs;
    this.#given = [...heard];
    this.#streamSpeakers = new StreamSpeakers(heard);
    this.#speakers = new SpeakerMap(this.#streamSpeakers);
  }

  /** Audio before this is final. */
  get cursorMs(): number {
    return this.#cursorMs;
  }

  /** True once a provider has heard all of the enrollment: further connections need only a reminder. */
  get hasPlayedEnrollment(): boolean {
    return this.#hasPlayedEnrollment;
  }

  /**
   * Begins a new connection. Returns the position from which it is to be sent audio.
   *
   * @param enrollment what it is played first, null for nothing
   */
  beginConnection(enrollment: EnrollmentAudio | null): number {
    this.#enrollment = enrollment;
    this.#resumedAtMs = this.#cursorMs;
    this.#speakers = new SpeakerMap(this.#streamSpeakers);
    // No speech yet, so there is no speaker to recognise.
    if (this.#given.length === 0) return this.#cursorMs;
    return Math.max(this.#earliestMs, this.#cursorMs - this.#overlapMs);
  }

  take(event: ProviderEvent, clock: ConnectionClock): SttEvent[] {
    switch (event.type) {
      case 'transcript-final':
        return this.#takeFinal(event, clock);
      case 'transcript-partial': {
        const words = event.words
          .filter((word) => clock.toEnrollmentMs(middleOf(word)) === null)
          .map((word) => toStream(word, clock))
          .filter((word) => !this.#isKnown(word))
          .map((word) => ({ ...word, speaker: this.#speakers.peek(word.speaker) }));
        if (words.length === 0 && !this.#partialShown) return [];
        this.#partialShown = words.length > 0;
        return [{ ...event, words }];
      }
      case 'speech-start': {
        const atMs = clock.toStreamMs(event.atMs);
        const isKnown = clock.toEnrollmentMs(event.atMs) !== null || atMs < this.#resumedAtMs;
        return isKnown ? [] : [{ ...event, atMs }];
      }
      default:
        return [event];
    }
  }

  #takeFinal(event: TranscriptFinal<SpeakerLabel>, clock: ConnectionClock): SttEvent[] {
    if (clock.toEnrollmentMs(event.finalUntilMs) === null) this.#hasPlayedEnrollment = true;
    const { cutMs } = clock;
    const sureUntilMs = (cutMs ?? Number.POSITIVE_INFINITY) - HALF_WORD_MS;
    const fresh = this.#learn(event.words, clock).filter(({ endMs }) => endMs <= sureUntilMs);
    const identified = fresh.length === 0 ? [] : this.#streamSpeakers.identify(this.#speakers);
    const words = this.#give(fresh);
    const reachedMs = Math.max(this.#cursorMs, clock.toStreamMs(event.finalUntilMs));
    const finalUntilMs = cutMs === null ? reachedMs : this.#trustedUntil(reachedMs, cutMs);
    if (words.length === 0 && finalUntilMs === this.#cursorMs) return [];
    this.#cursorMs = finalUntilMs;
    this.#partialShown = false;
    return [...identified, { ...event, words, finalUntilMs }];
  }

  /** Takes the words that are known as evidence of who speaks. Returns the others, on the stream's clock. */
  #learn(words: readonly ProviderWord[], clock: ConnectionClock): ProviderWord[] {
    const fresh: ProviderWord[] = [];
    for (const word of words) {
      const enrollmentMs = clock.toEnrollmentMs(middleOf(word));
      if (enrollmentMs !== null) {
        const voice = this.#enrollment?.voiceAt(enrollmentMs);
        if (voice) this.#speakers.learnVoice(word, voice);
        continue;
      }
      const mapped = toStream(word, clock);
      if (this.#isKnown(mapped)) this.#speakers.learn(mapped, this.#given);
      else fresh.push(mapped);
    }
    return fresh;
  }

  #give(fresh: readonly ProviderWord[]): SttWord[] {
    const words = fresh.map((word) => ({ ...word, speaker: this.#speakers.resolve(word.speaker) }));
    const keptFromMs = this.#cursorMs - this.#overlapMs - KEPT_BEYOND_MS;
    this.#given = this.#given.filter((span) => span.endMs >= keptFromMs);
    this.#given.push(...words.map(({ startMs, endMs, speaker }) => ({ startMs, endMs, speaker })));
    return words;
  }

  /** Up to here no word of audio that was cut off is a part of a word. */
  #trustedUntil(reachedMs: number, cutMs: number): number {
    const lastGivenMs = this.#given.at(-1)?.endMs ?? 0;
    const trustedMs = Math.max(lastGivenMs, cutMs - LONGEST_WORD_MS);
    return Math.max(this.#cursorMs, Math.min(reachedMs, trustedMs));
  }

  /** True if an earlier connection has given this word: by its middle, at the border by overlap. */
  #isKnown(word: ProviderWord): boolean {
    const middle = middleOf(word);
    if (Math.abs(middle - this.#resumedAtMs) > BORDER_MS) return middle < this.#resumedAtMs;
    return this.#given.some((span) => {
      const isEarlier = span.startMs < this.#resumedAtMs;
      const shared = Math.min(word.endMs, span.endMs) - Math.max(word.startMs, span.startMs);
      const shorter = Math.min(word.endMs - word.startMs, span.endMs - span.startMs);
      return isEarlier && shared > 0 && shared * 2 >= shorter;
    });
  }
}

function middleOf({ startMs, endMs }: ProviderWord): number {
  return (startMs + endMs) / 2;
}

function toStream(word: ProviderWord, clock: ConnectionClock): ProviderWord {
  return {
    ...word,
    startMs: clock.toStreamMs(word.startMs),
    endMs: clock.toStreamMs(word.endMs),
  };
}
