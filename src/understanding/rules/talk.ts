import type { Sentence } from './sentences.ts';

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
