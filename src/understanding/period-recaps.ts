import { DateTime } from 'luxon';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { type DailySummary, dailySummaries } from '../model/conversations/daily-summary.ts';
import type {
  RecapBusy as Busy,
  PeriodRecap,
  RecapPeriod,
} from '../model/conversations/period-recap.ts';
import { memories } from '../model/memory.ts';
import { people } from '../model/people/person.ts';
import { type ActionItem, actionItems } from '../model/tasks/action-item.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { loadTranscript } from '../transcripts/transcript.ts';
import { zoneOf } from '../users/daily-summary-schedule.ts';

const FIRST_DATE = '2000-01-01';
const HIGHLIGHTS_PER_DAY = 2;
const MAX_ITEMS = 10;
const MAX_PEOPLE = 5;
/** Conversations whose transcripts are read for the people in them. */
const MAX_TRANSCRIPTS = 200;
const MINUTE_MS = 60_000;

/** Recaps of weeks and months, made of what is stored, without a model. */
export class PeriodRecaps {
  readonly #o: { store: DocumentStore; clock: Clock; defaultTimeZone: string };

  constructor(options: { store: DocumentStore; clock: Clock; defaultTimeZone: string }) {
    this.#o = options;
  }

  /**
   * Returns the recap of the period that a day lies in, up to that day.
   *
   * @param date `YYYY-MM-DD` in the user's zone; null: today
   * @throws AppError `bad-request` for a date that is none, in the future or before 2000
   */
  async recap(uid: string, period: RecapPeriod, date: string | null): Promise<PeriodRecap> {
    const { store, clock, defaultTimeZone } = this.#o;
    const zone = zoneOf(await store.find(users, GLOBAL, uid), defaultTimeZone);
    const today = DateTime.fromMillis(clock.now(), { zone }).startOf('day');
    const day = date === null ? today : dayOf(date, zone, today);
    const start = day.startOf(period);
    const end = start.endOf(period);
    const bounds = { from: start.toMillis(), to: end.toMillis() };
    const talks = await this.#talks(uid, bounds);
    const days = byDay(talks, zone);
    const summaries = await this.#summaries(uid, start, end);
    const ids = new Map(summaries.map(({ date, id }) => [date, id]));
    const items = await this.#created(uid, bounds);
    return {
      period,
      startDate: isoDate(start),
      endDate: isoDate(end),
      daysRecorded: days.size,
      stats: {
        ...total(days),
        actionItemsCreated: items.length,
        memoriesCreated: await this.#memoriesCreated(uid, bounds),
      },
      busiestDay: busiest(days, ids),
      ...fromSummaries(summaries),
      openActionItems: items.filter(({ completed }) => !completed).slice(0, MAX_ITEMS),
      topPeople: await this.#topPeople(uid, talks),
      previous: await this.#previous(uid, period, start, day),
    };
  }

  /** The conversations of a stretch of time that are kept, newest first. */
  async #talks(uid: string, bounds: Bounds): Promise<Conversation[]> {
    const found: Conversation[] = [];
    const request = {
      query: 'recent',
      filters: { status: ['completed'], discarded: false },
      ...bounds,
    } as const;
    for await (const each of queryAll(this.#o.store, conversations, uid, request)) found.push(each);
    return found;
  }

  async #topPeople(uid: string, talks: readonly Conversation[]): Promise<PeriodRecap['topPeople']> {
    const spoken = new Map<string, { conversations: number; ms: number }>();
    for (const talk of talks.slice(0, MAX_TRANSCRIPTS)) {
      const inThis = new Map<string, number>();
      for (const segment of await loadTranscript(this.#o.store, uid, talk)) {
        if (segment.personId === null) continue;
        const ms = inThis.get(segment.personId) ?? 0;
        inThis.set(segment.personId, ms + segment.endMs - segment.startMs);
      }
      for (const [id, ms] of inThis) {
        const before = spoken.get(id) ?? { conversations: 0, ms: 0 };
        spoken.set(id, { conversations: before.conversations + 1, ms: before.ms + ms });
      }
    }
    const top = [...spoken].sort(([, a], [, b]) => b.ms - a.ms);
    const known = await this.#o.store.findMany(
      people,
      uid,
      top.slice(0, MAX_ITEMS).map(([id]) => id),
    );
    const names = new Map(known.map(({ id, name }) => [id, name]));
    return top
      .flatMap(([personId, { conversations, ms }]) => {
        const name = names.get(personId);
        const talkMinutes = Math.round(ms / MINUTE_MS);
        return name === undefined ? [] : [{ personId, name, conversations, talkMinutes }];
      })
      .slice(0, MAX_PEOPLE);
  }

  async #summaries(uid: string, start: DateTime, end: DateTime): Promise<DailySummary[]> {
    const found: DailySummary[] = [];
    const request = { query: 'byDate', from: isoDate(start), to: isoDate(end) } as const;
    for await (const each of queryAll(this.#o.store, dailySummaries, uid, request)) {
      found.unshift(each);
    }
    return found;
  }

  async #created(uid: string, bounds: Bounds): Promise<ActionItem[]> {
    const found: ActionItem[] = [];
    const request = { query: 'recent', ...bounds } as const;
    for await (const item of queryAll(this.#o.store, actionItems, uid, request)) {
      if (!item.isLocked) found.push(item);
    }
    return found;
  }

  async #memoriesCreated(uid: string, bounds: Bounds): Promise<number> {
    let count = 0;
    const request = { query: 'recent', ...bounds } as const;
    for await (const memory of queryAll(this.#o.store, memories, uid, request)) {
      if (memory.userReview !== false) count += 1;
    }
    return count;
  }

  async #previous(
    uid: string,
    period: RecapPeriod,
    start: DateTime,
    day: DateTime,
  ): Promise<PeriodRecap['previous']> {
    const before = start.minus({ [period]: 1 });
    const last = DateTime.min(
      before.plus({ days: Math.floor(day.diff(start, 'days').days) }),
      before.endOf(period),
    ).endOf('day');
    const bounds = { from: before.toMillis(), to: last.toMillis() };
    const days = byDay(await this.#talks(uid, bounds), start.zoneName ?? 'UTC');
    if (days.size === 0) return null;
    return { startDate: isoDate(before), endDate: isoDate(last), ...total(days) };
  }
}

interface Bounds {
  from: number;
  to: number;
}

function dayOf(date: string, zone: string, today: DateTime): DateTime {
  const day = DateTime.fromISO(date, { zone });
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !day.isValid) {
    throw new AppError('bad-request', 'Invalid date format. Use YYYY-MM-DD');
  }
  if (date < FIRST_DATE)
    throw new AppError('bad-request', `Date must be on or after ${FIRST_DATE}`);
  if (day > today) throw new AppError('bad-request', 'Date cannot be in the future');
  return day;
}

/** What was recorded, by local day. */
function byDay(talks: readonly Conversation[], zone: string): Map<string, Busy> {
  const days = new Map<string, Busy>();
  for (const talk of talks) {
    const date = isoDate(DateTime.fromMillis(talk.createdAt, { zone }));
    const day = days.get(date) ?? { totalConversations: 0, totalDurationMinutes: 0 };
    day.totalConversations += 1;
    day.totalDurationMinutes += minutesOf(talk);
    days.set(date, day);
  }
  return days;
}

function isoDate(time: DateTime): string {
  return time.toFormat('yyyy-MM-dd');
}

function minutesOf({ startedAt, finishedAt }: Conversation): number {
  if (startedAt === null || finishedAt === null) return 0;
  return Math.max(0, Math.round((finishedAt - startedAt) / MINUTE_MS));
}

function total(days: ReadonlyMap<string, Busy>): Busy {
  const sum = { totalConversations: 0, totalDurationMinutes: 0 };
  for (const day of days.values()) {
    sum.totalConversations += day.totalConversations;
    sum.totalDurationMinutes += day.totalDurationMinutes;
  }
  return sum;
}

function busiest(
  days: ReadonlyMap<string, Busy>,
  ids: ReadonlyMap<string, string>,
): PeriodRecap['busiestDay'] {
  const [first] = [...days].sort(
    ([a, x], [b, y]) =>
      y.totalDurationMinutes - x.totalDurationMinutes ||
      y.totalConversations - x.totalConversations ||
      (a < b ? -1 : 1),
  );
  if (!first) return null;
  const [date, day] = first;
  return { date, summaryId: ids.get(date) ?? null, ...day };
}

function fromSummaries(summaries: readonly DailySummary[]) {
  return {
    highlights: summaries
      .flatMap(({ date, highlights }) =>
        highlights.slice(0, HIGHLIGHTS_PER_DAY).map((highlight) => ({ date, ...highlight })),
      )
      .slice(0, MAX_ITEMS * HIGHLIGHTS_PER_DAY),
    decisions: summaries
      .flatMap(({ date, decisionsMade }) => decisionsMade.map((each) => ({ date, ...each })))
      .slice(0, MAX_ITEMS),
    openQuestions: summaries
      .flatMap(({ date, unresolvedQuestions }) =>
        unresolvedQuestions.map((each) => ({ date, ...each })),
      )
      .slice(0, MAX_ITEMS),
  };
}
