import type { KnownVoice } from './enrollment-audio.ts';
import type { ProviderWord, SpeakerIdentified, SpeakerLabel } from './stt-event.ts';

/** A word that was given out, with the stream's number of its speaker. */
export interface HeardSpan {
  startMs: number;
  endMs: number;
  speaker: number | null;
}

/** Part of the words in a voice's recording that one speaker must have said to be that voice. */
const MAJORITY = 0.7;
/** Words of a recording that are needed to recognise its voice, milliseconds. */
const MIN_SPOKEN_MS = 1_000;

/** The numbers of a stream's speakers, over all its connections, and the known voices among them. */
export class StreamSpeakers {
  #nextNumber: number;
  readonly #voices = new Map<KnownVoice, number>();
  #isIdentified = false;

  /** @param heard words of an earlier stream, whose numbers stay taken */
  constructor(heard: readonly HeardSpan[]) {
    this.#nextNumber = 1 + Math.max(-1, ...heard.map(({ speaker }) => speaker ?? -1));
  }

  /** A number that no speaker of the stream has yet. */
  newNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return number;
  }

  /** The number of a voice that was recognised on an earlier connection. */
  numberOf(voice: KnownVoice): number | undefined {
    return this.#voices.get(voice);
  }

  /**
   * Takes the labels that a connection gave to the known voices, and returns who was identified: once for
   * the stream. A label with two voices identifies no person.
   */
  identify(connection: SpeakerMap): SpeakerIdentified[] {
    if (this.#isIdentified) return [];
    this.#isIdentified = true;
    const found = connection.recognisedVoices();
    for (const { voice, speaker } of found) this.#voices.set(voice, speaker);
    return found
      .filter(({ speaker }) => found.filter((other) => other.speaker === speaker).length === 1)
      .map(({ voice: { personId, name }, speaker }) => {
        return { type: 'speaker-identified', speaker, personId, name };
      });
  }
}

/**
 * Labels of one connection → numbers of the stream. A provider labels its speakers anew on each
 * connection. Two things identify a speaker: words of the overlap, which an earlier connection has heard
 * too, and the recordings of known voices that each connection is played first.
 */
export class SpeakerMap {
  readonly #stream: StreamSpeakers;
  readonly #mapped = new Map<SpeakerLabel, number>();
  /** Milliseconds that a label (first key) shares with a speaker of the stream (second key). */
  readonly #shared = new Map<SpeakerLabel, Map<number, number>>();
  /** Milliseconds of each voice's recording by label. */
  readonly #voices = new Map<KnownVoice, Map<SpeakerLabel, number>>();

  constructor(stream: StreamSpeakers) {
    this.#stream = stream;
  }

  /** Takes a word of the overlap as evidence, beside the words that were given out before. */
  learn(word: ProviderWord, given: readonly HeardSpan[]): void {
    if (word.speaker === null) return;
    for (const old of given) {
      const sharedMs = Math.min(word.endMs, old.endMs) - Math.max(word.startMs, old.startMs);
      if (old.speaker !== null && sharedMs > 0) this.#share(word.speaker, old.speaker, sharedMs);
    }
  }

  /** Takes a word of a known voice's recording as evidence. */
  learnVoice({ speaker, startMs, endMs }: ProviderWord, voice: KnownVoice): void {
    if (speaker === null) return;
    const number = this.#stream.numberOf(voice);
    if (number !== undefined) this.#share(speaker, number, endMs - startMs);
    const spoken = this.#voices.get(voice) ?? new Map<SpeakerLabel, number>();
    spoken.set(speaker, (spoken.get(speaker) ?? 0) + endMs - startMs);
    this.#voices.set(voice, spoken);
  }

  /** Each voice that one speaker of this connection has, with the stream's number of that speaker. */
  recognisedVoices(): { voice: KnownVoice; speaker: number }[] {
    return [...this.#voices].flatMap(([voice, spoken]) => {
      const speaker = this.resolve(majorityOf(spoken));
      return speaker === null ? [] : [{ voice, speaker }];
    });
  }

  /** The stream's number of a speaker, decided now if it was not yet. */
  resolve(speaker: SpeakerLabel | null): number | null {
    if (speaker === null) return null;
    this.#decide();
    const known = this.#mapped.get(speaker);
    if (known !== undefined) return known;
    const number = this.#stream.newNumber();
    this.#mapped.set(speaker, number);
    return number;
  }

  /** As `resolve`, but null for a speaker that is not decided yet: partial results are unsure. */
  peek(speaker: SpeakerLabel | null): number | null {
    return speaker === null ? null : (this.#mapped.get(speaker) ?? null);
  }

  #share(speaker: SpeakerLabel, number: number, ms: number): void {
    const votes = this.#shared.get(speaker) ?? new Map<number, number>();
    votes.set(number, (votes.get(number) ?? 0) + ms);
    this.#shared.set(speaker, votes);
  }

  /** One to one, the longest shared time first. */
  #decide(): void {
    const pairs = [...this.#shared].flatMap(([from, votes]) =>
      [...votes].map(([to, sharedMs]) => ({ from, to, sharedMs })),
    );
    pairs.sort((a, b) => b.sharedMs - a.sharedMs);
    const taken = new Set(this.#mapped.values());
    for (const { from, to } of pairs) {
      if (this.#mapped.has(from) || taken.has(to)) continue;
      this.#mapped.set(from, to);
      taken.add(to);
    }
  }
}

function majorityOf(spoken: ReadonlyMap<SpeakerLabel, number>): SpeakerLabel | null {
  const total = [...spoken.values()].reduce((sum, ms) => sum + ms, 0);
  if (total < MIN_SPOKEN_MS) return null;
  for (const [speaker, ms] of spoken) if (ms >= MAJORITY * total) return speaker;
  return null;
}
