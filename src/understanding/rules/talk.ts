/** One spoken sentence, cleaned, with the segments it came from. */
export interface Sentence {
  index: number;
  text: string;
  words: number;
  segmentIds: string[];
  speaker: string;
  name: string | null;
  isUser: boolean;
  startMs: number;
  question: boolean;
  /** True if the speaker broke off and began anew: hard to read. */
  broken: boolean;
}

/** What a talk keeps coming back to. */
export interface KeyPhrase {
  /** As most often spoken, lower case unless a name or an acronym. */
  text: string;
  stems: string[];
  score: number;
  /** Sentences that say it. */
  sentences: number;
}

/** A talk as the rules of any language read it. Times are epoch milliseconds. */
export interface Talk {
  sentences: readonly Sentence[];
  startedAt: number;
  timeZone: string;
  /** Names of the people who speak, without the user's. */
  names: readonly string[];
  userName: string | null;
  speakers: number;
  /** The first sentence of each speaker. */
  firstBySpeaker: ReadonlyMap<string, Sentence>;
  hasUser: boolean;
}
