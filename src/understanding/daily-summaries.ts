import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, describeError, isAppError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { LanguageModel } from '../llm/language-model.ts';
import { makeUser, type User, users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  type DailySummary,
  dailySummaries,
  dailySummaryId,
} from '../model/conversations/daily-summary.ts';
import { dailySummaryJob } from '../model/jobs.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { tokenize } from '../text/tokenizer.ts';
import {
  lastSummaryAt,
  nextSummaryAt,
  summarisedDay,
  zoneOf,
} from '../users/daily-summary-schedule.ts';
import { planNotification } from '../users/plan-notification.ts';
import { announceDaySummary } from '../webhooks/announce.ts';
import { summariseDayByModel } from './daily-summary-model.ts';
import { summariseDayByRules, type WrittenSummary } from './daily-summary-rules.ts';
import { countedParts, dayBounds, loadDay, type SummarisedDay } from './summarised-day.ts';

/** Runs before a day is given up and the next one waited for. */
const MAX_ATTEMPTS = 4;

const MAX_SEARCHED_DAYS = 1_000;

export interface DailySummariesOptions {
  store: DocumentStore;
  clock: Clock;
  jobWorker: JobWorker;
  /** Null: rules write the summaries. */
  modelFor: (uid: string) => LanguageModel | null;
  defaultTimeZone: string;
  logger: Logger;
}

/** Summaries of users' days, made at the hour that each has chosen. */
export class DailySummaries {
  readonly #o: DailySummariesOptions;

  constructor(options: DailySummariesOptions) {
    this.#o = options;
    options.jobWorker.register(dailySummaryJob, (run) => this.#run(run));
  }

  /**
   * Newest day first.
   *
   * @param range days `YYYY-MM-DD`, inclusive; null does not restrict
   */
  async list(
    uid: string,
    range: { from: string | null; to: string | null; offset?: number; limit: number },
  ): Promise<DailySummary[]> {
    const found: DailySummary[] = [];
    const skipped = range.offset ?? 0;
    let seen = 0;
    const request = {
      query: 'byDate',
      ...(range.from === null ? {} : { from: range.from }),
      ...(range.to === null ? {} : { to: range.to }),
    } as const;
    for await (const summary of queryAll(this.#o.store, dailySummaries, uid, request, 100)) {
      if (found.length >= range.limit) break;
      seen += 1;
      if (seen > skipped) found.push(summary);
    }
    return found;
  }

  /**
   * Returns the summaries of which every word of the query is a part of the text, newest day first.
   * The newest 1,000 days are looked at.
   */
  async search(uid: string, query: string, limit: number): Promise<DailySummary[]> {
    const wanted = tokenize(query).map(({ text }) => text.toLowerCase());
    const found: DailySummary[] = [];
    let seen = 0;
    const request = { query: 'byDate' } as const;
    for await (const summary of queryAll(this.#o.store, dailySummaries, uid, request, 100)) {
      if (found.length >= limit || seen >= MAX_SEARCHED_DAYS) break;
      seen += 1;
      const { headline, overview, highlights, decisionsMade, knowledgeNuggets } = summary;
      const text = JSON.stringify([headline, overview, highlights, decisionsMade, knowledgeNuggets])
        .normalize('NFKC')
        .toLowerCase();
      if (wanted.length > 0 && wanted.every((word) => text.includes(word))) found.push(summary);
    }
    return found;
  }

  /** `not-found`. */
  get(uid: string, id: string): Promise<DailySummary> {
    return getDocument(this.#o.store, dailySummaries, uid, id, 'Daily summary not found');
  }

  /** `not-found`. */
  async delete(uid: string, id: string): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      await getDocument(tx, dailySummaries, uid, id, 'Daily summary not found');
      tx.delete(dailySummaries, uid, id);
    });
  }

  /**
   * Summarises a day now; `bad-request` if it is no date, or nothing was said on it.
   *
   * @param date `YYYY-MM-DD`; null for the day that the next summary would be of
   */
  async summariseNow(uid: string, date: string | null, signal: AbortSignal): Promise<DailySummary> {
    const { store, clock, defaultTimeZone } = this.#o;
    const user = await store.find(users, GLOBAL, uid);
    const zone = zoneOf(user, defaultTimeZone);
    const wanted = date ?? summarisedDay(clock.now(), zone);
    if (!dayBounds(wanted, zone)) {
      throw new AppError('bad-request', 'Invalid date format. Use YYYY-MM-DD');
    }
    const day = await loadDay(store, uid, wanted, zone);
    if (day.talks.length === 0) {
      throw new AppError('bad-request', `No conversations found for ${wanted}`);
    }
    const summary = await this.#summarise(uid, day, languageOf(user), signal);
    await store.transact((tx) => {
      tx.put(dailySummaries, uid, summary);
      announceDaySummary(tx, uid, summary.id, clock.now());
    });
    return summary;
  }

  /** The job: summarises the day whose hour has come, and waits for the next one in the same commit. */
  async #run(run: JobRun): Promise<void> {
    const { store, clock, defaultTimeZone, logger } = this.#o;
    const { uid } = run.job;
    const now = clock.now();
    const user = (await store.find(users, GLOBAL, uid)) ?? makeUser({ id: uid, createdAt: now });
    if (!user.dailySummary.enabled) return;
    const zone = zoneOf(user, defaultTimeZone);
    const { hourLocal } = user.dailySummary;
    // After a downtime only the last hour that was missed is made up for.
    const at = lastSummaryAt(hourLocal, zone, now);
    const date = summarisedDay(at, zone);
    let summary: DailySummary | null = null;
    try {
      const made = await store.find(dailySummaries, uid, dailySummaryId(uid, date));
      const day = made && made.createdAt >= at ? null : await loadDay(store, uid, date, zone);
      if (day && day.talks.length > 0) {
        summary = await this.#summarise(uid, day, languageOf(user), run.signal);
      }
    } catch (error) {
      if (run.signal.aborted || run.attempt < MAX_ATTEMPTS) throw error;
      // One day that cannot be summarised must not end all later ones.
      logger.error({ uid, date, error: describeError(error) }, 'daily summary failed');
    }
    const next = nextSummaryAt(hourLocal, zone, now);
    await store.transact(async (tx) => {
      await run.assertHeld(tx);
      const notify = await planNotification(tx, uid);
      await run.reschedule(tx, next);
      if (!summary) return;
      tx.put(dailySummaries, uid, summary);
      notify(tx, 'daily_summary', summary.id, now);
      announceDaySummary(tx, uid, summary.id, clock.now());
    });
  }

  async #summarise(
    uid: string,
    day: SummarisedDay,
    language: string,
    signal: AbortSignal,
  ): Promise<DailySummary> {
    const written = await this.#write(uid, day, language, signal);
    return {
      id: dailySummaryId(uid, day.date),
      date: day.date,
      timeZone: day.zone,
      createdAt: this.#o.clock.now(),
      ...written,
      ...countedParts(day),
    };
  }

  async #write(
    uid: string,
    day: SummarisedDay,
    language: string,
    signal: AbortSignal,
  ): Promise<WrittenSummary & Pick<DailySummary, 'engine' | 'modelError'>> {
    const { logger } = this.#o;
    const model = this.#o.modelFor(uid);
    let modelError: string | null = null;
    if (model) {
      try {
        const written = await summariseDayByModel(model, day, language, signal);
        return { ...written, engine: 'model', modelError };
      } catch (error) {
        if (signal.aborted || isAppError(error, 'aborted')) throw error;
        modelError = describeError(toAppError(error));
        logger.warn(
          { model: model.model, modelError },
          'model failed, daily summary made by rules',
        );
      }
    }
    return { ...summariseDayByRules(day), engine: 'rules', modelError };
  }
}

function languageOf(user: User | undefined): string {
  return user?.language || 'en';
}
