import { endOfLocalDay, type ResolvedDate, resolveDates } from './english/dates/resolve-date.ts';
import type { Tag } from './english/tagger.ts';
import type { Sentence } from './sentences.ts';

/** A talk as the rules read it. Times are epoch milliseconds. */
export interface TalkContext {
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
  tag: Tag;
}

/** The dates that a text of a sentence names. */
export function datesIn(text: string, context: TalkContext, sentence: Sentence): ResolvedDate[] {
  return resolveDates(text, { reference: context.startedAt, timeZone: context.timeZone }).map(
    (date) => (date.fromNow ? { ...date, start: date.start + sentence.startMs } : date),
  );
}

/** When something of that date is due: its time, or the end of its day. */
export function dueOf(date: ResolvedDate, context: TalkContext): number {
  return date.hasTime ? date.start : endOfLocalDay(date.end ?? date.start, context.timeZone);
}
