import type { Sentence, Talk } from '../talk.ts';
import { endOfLocalDay, type ResolvedDate, resolveDates } from './dates/resolve-date.ts';
import type { Tag } from './tagger.ts';

/** An English talk, with what tells the parts of speech. */
export interface TalkContext extends Talk {
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
