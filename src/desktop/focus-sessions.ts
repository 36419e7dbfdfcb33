import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { type FocusSession, focusSessions } from '../model/desktop/focus-session.ts';
import { queryAll, queryByOffset } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

const DAY_MS = 24 * 60 * 60_000;
/** What a distraction without a length counts, seconds; as at Omi. */
const UNKNOWN_DISTRACTION_S = 60;
/** Most sessions that are added up. */
const MAX_COUNTED = 20_000;
const TOP_DISTRACTIONS = 5;

export type NewFocusSession = Omit<FocusSession, 'id' | 'createdAt'>;

/** How a time was spent. */
export interface FocusStats {
  focusedSeconds: number;
  distractedSeconds: number;
  focusedCount: number;
  distractedCount: number;
  /** The apps and sites that took most time, the worst first. */
  topDistractions: { appOrSite: string; totalSeconds: number; count: number }[];
}

export interface FocusSessionsOptions {
  store: DocumentStore;
  clock: Clock;
}

/** Sessions of focus and distraction that a desktop app reports. Every id is looked up under its user. */
export class FocusSessions {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: FocusSessionsOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  async add(uid: string, session: NewFocusSession): Promise<FocusSession> {
    const added = { ...session, id: newId(), createdAt: this.#clock.now() };
    await this.#store.transact((tx) => tx.create(focusSessions, uid, added));
    return added;
  }

  /** Returns one page, newest first. `day`: its first millisecond in UTC; null: all days. */
  async list(
    uid: string,
    day: number | null,
    page: { offset: number; limit: number },
  ): Promise<FocusSession[]> {
    const request = { query: 'recent', ...spanOf(day) } as const;
    const { offset, limit } = page;
    return (await queryByOffset(this.#store, focusSessions, uid, request, offset, limit)).items;
  }

  /** Deletes a session; an absent one is no error. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#store.transact((tx) => tx.delete(focusSessions, uid, id));
  }

  /** Returns the start of the present day in UTC, epoch milliseconds. */
  today(): number {
    return Math.floor(this.#clock.now() / DAY_MS) * DAY_MS;
  }

  /** Adds up the sessions of a day in UTC, given by its first millisecond. */
  async statsOf(uid: string, day: number): Promise<FocusStats> {
    const stats = { focusedSeconds: 0, distractedSeconds: 0, focusedCount: 0, distractedCount: 0 };
    const distractions = new Map<string, { totalSeconds: number; count: number }>();
    let counted = 0;
    const request = { query: 'recent', ...spanOf(day) } as const;
    for await (const session of queryAll(this.#store, focusSessions, uid, request)) {
      counted += 1;
      if (counted > MAX_COUNTED) break;
      if (session.status === 'focused') {
        stats.focusedCount += 1;
        stats.focusedSeconds += session.durationSeconds ?? 0;
        continue;
      }
      const seconds = session.durationSeconds ?? UNKNOWN_DISTRACTION_S;
      stats.distractedCount += 1;
      stats.distractedSeconds += seconds;
      const of = distractions.get(session.appOrSite) ?? { totalSeconds: 0, count: 0 };
      distractions.set(session.appOrSite, {
        totalSeconds: of.totalSeconds + seconds,
        count: of.count + 1,
      });
    }
    const topDistractions = [...distractions]
      .map(([appOrSite, sum]) => ({ appOrSite, ...sum }))
      .sort((a, b) => b.totalSeconds - a.totalSeconds)
      .slice(0, TOP_DISTRACTIONS);
    return { ...stats, topDistractions };
  }
}

function spanOf(day: number | null): { from?: number; to?: number } {
  return day === null ? {} : { from: day, to: day + DAY_MS - 1 };
}
