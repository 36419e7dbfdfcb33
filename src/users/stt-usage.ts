import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { type SttUsage, sttUsages, usageDay, usageDayEnd } from '../model/usage/stt-usage.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { SttAudioCounts, SttMeter } from '../stt/stt-meter.ts';

/** The used part of a budget today. */
export interface SttBudget {
  /** Null if there is no limit. */
  budgetMs: number | null;
  usedTodayMs: number;
}

/** A user's days, latest first, and the used part of today's budgets. */
export interface SttUsageReport extends SttBudget {
  days: SttUsage[];
  renewsAt: number;
  /** For each provider that has a budget of its own. */
  providers: (SttBudget & { provider: string })[];
}

export interface SttUsageOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** Audio that may be sent for one user a day, milliseconds; null: no limit. */
  dailyBudgetMs: number | null;
  /** By provider: audio that may be sent to it for one user a day; others have no limit. */
  providerBudgetsMs: ReadonlyMap<string, number>;
}

/** How long counts stay in memory; a crash loses them. */
const FLUSH_INTERVAL_MS = 10_000;
const MAX_PROVIDERS = 20;
/** Users whose counts are stored at once. */
const FLUSHED_TOGETHER = 25;

/** The counts of one user. */
interface Account {
  /** By id of the document: counts that are not stored yet. */
  pending: Map<string, SttAudioCounts>;
  day: string;
  /** Audio sent on `day` by provider, as last read from the store. */
  stored: Map<string, number>;
}

/** Counts the audio that is sent to speech-to-text providers, by user, provider and day. */
export class SttUsageService {
  readonly #o: SttUsageOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #timer: NodeJS.Timeout;
  readonly #totals: SttAudioCounts = { sentMs: 0, savedMs: 0, savableMs: 0 };
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: SttUsageOptions) {
    this.#o = options;
    this.#timer = setInterval(() => void this.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** The sum over all users since the process began. */
  get totals(): Readonly<SttAudioCounts> {
    return this.#totals;
  }

  meter(uid: string): SttMeter {
    const { clock, dailyBudgetMs, providerBudgetsMs } = this.#o;
    return {
      count: (provider, counts) => this.#count(uid, provider, counts),
      exhaustedFor: (providers) => {
        if (!this.#isLimited) return false;
        const used = this.#usedToday(this.#account(uid));
        if (dailyBudgetMs !== null && sumOf(used.values()) >= dailyBudgetMs) return true;
        return providers.every((provider) => {
          const budgetMs = providerBudgetsMs.get(provider);
          return budgetMs !== undefined && (used.get(provider) ?? 0) >= budgetMs;
        });
      },
      get renewsAt() {
        return usageDayEnd(clock.now());
      },
      refresh: () => this.#refresh(uid),
    };
  }

  /** Returns the last `days` days including today, without days that had no speech-to-text. */
  async report(uid: string, days: number): Promise<SttUsageReport> {
    await this.flush();
    const { store, clock, dailyBudgetMs, providerBudgetsMs } = this.#o;
    const now = clock.now();
    const from = usageDay(now - (days - 1) * 86_400_000);
    const found: SttUsage[] = [];
    for await (const usage of queryAll(store, sttUsages, uid, { query: 'byDay', from })) {
      found.push(usage);
    }
    const today = usageDay(now);
    return {
      days: found,
      budgetMs: dailyBudgetMs,
      usedTodayMs: sentOn(found, today),
      renewsAt: usageDayEnd(now),
      providers: [...providerBudgetsMs].map(([provider, budgetMs]) => ({
        provider,
        budgetMs,
        usedTodayMs: sentOn(
          found.filter((usage) => usage.provider === provider),
          today,
        ),
      })),
    };
  }

  /** Stores the counts; never rejects. Counts whose write fails are stored with the next. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushAll());
    return this.#flushing;
  }

  /** Drops the counts of a user who is being deleted. */
  async forget(uid: string): Promise<void> {
    this.#accounts.delete(uid);
    await this.#flushing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #count(uid: string, provider: string, counts: Partial<SttAudioCounts>): void {
    const { pending, day } = this.#account(uid);
    const id = `${day}:${provider}`;
    let sum = pending.get(id);
    if (!sum) {
      sum = { sentMs: 0, savedMs: 0, savableMs: 0 };
      pending.set(id, sum);
    }
    add(sum, counts);
    add(this.#totals, counts);
  }

  get #isLimited(): boolean {
    return this.#o.dailyBudgetMs !== null || this.#o.providerBudgetsMs.size > 0;
  }

  #account(uid: string): Account {
    const day = usageDay(this.#o.clock.now());
    const known = this.#accounts.get(uid);
    if (known?.day === day) return known;
    if (known) return Object.assign(known, { day, stored: new Map() });
    const account: Account = { pending: new Map(), day, stored: new Map() };
    this.#accounts.set(uid, account);
    return account;
  }

  /** By provider. */
  #usedToday({ day, stored, pending }: Account): Map<string, number> {
    const used = new Map(stored);
    addCounted(used, day, pending);
    return used;
  }

  async #refresh(uid: string): Promise<void> {
    if (!this.#isLimited) return;
    await this.flush();
    await this.#readStored(uid, this.#account(uid));
  }

  async #readStored(uid: string, account: Account): Promise<void> {
    const { day } = account;
    const request = { query: 'byDay', from: day, to: day, limit: MAX_PROVIDERS } as const;
    const { items } = await this.#o.store.query(sttUsages, uid, request);
    if (account.day !== day) return;
    account.stored = new Map(items.map(({ provider, sentMs }) => [provider, sentMs]));
  }

  /** Some at once: a store commits what is asked for together in one write. */
  async #flushAll(): Promise<void> {
    const accounts = [...this.#accounts];
    for (let at = 0; at < accounts.length; at += FLUSHED_TOGETHER) {
      const some = accounts.slice(at, at + FLUSHED_TOGETHER);
      await Promise.all(some.map(([uid, account]) => this.#flushAccount(uid, account)));
    }
  }

  async #flushAccount(uid: string, account: Account): Promise<void> {
    // It may have been forgotten meanwhile.
    if (this.#accounts.get(uid) !== account) return;
    const counted = [...account.pending];
    if (counted.length === 0) {
      // Today's sums are kept only if there is a budget.
      const isOld = account.day !== usageDay(this.#o.clock.now());
      if (isOld || !this.#isLimited) this.#accounts.delete(uid);
      return;
    }
    account.pending = new Map();
    try {
      await this.#store(uid, counted);
      addCounted(account.stored, account.day, counted);
      // Other processes count the same user.
      if (this.#isLimited) await this.#readStored(uid, account);
    } catch (error) {
      this.#o.logger.error({ error: describeError(error) }, 'storing speech-to-text usage failed');
      for (const [id, counts] of counted) restore(account.pending, id, counts);
    }
  }

  async #store(uid: string, counted: readonly [string, SttAudioCounts][]): Promise<void> {
    const { store, clock } = this.#o;
    await store.transact(async (tx) => {
      const ids = counted.map(([id]) => id);
      const known = new Map((await tx.findMany(sttUsages, uid, ids)).map((u) => [u.id, u]));
      for (const [id, counts] of counted) {
        const old = known.get(id);
        const [day = '', provider = ''] = id.split(/:(.*)/s);
        tx.put(sttUsages, uid, {
          id,
          day,
          provider,
          sentMs: Math.max(0, (old?.sentMs ?? 0) + counts.sentMs),
          savedMs: (old?.savedMs ?? 0) + counts.savedMs,
          savableMs: (old?.savableMs ?? 0) + counts.savableMs,
          updatedAt: clock.now(),
        });
      }
    });
  }
}

function add(sum: SttAudioCounts, counts: Partial<SttAudioCounts>): void {
  sum.sentMs += counts.sentMs ?? 0;
  sum.savedMs += counts.savedMs ?? 0;
  sum.savableMs += counts.savableMs ?? 0;
}

function sentOn(usages: readonly SttUsage[], day: string): number {
  return usages.reduce((sum, usage) => sum + (usage.day === day ? usage.sentMs : 0), 0);
}

/** Adds the audio that was sent on `day` to the sums by provider. */
function addCounted(
  sums: Map<string, number>,
  day: string,
  counted: Iterable<[id: string, SttAudioCounts]>,
): void {
  for (const [id, { sentMs }] of counted) {
    const [of, provider = ''] = id.split(/:(.*)/s);
    if (of === day) sums.set(provider, (sums.get(provider) ?? 0) + sentMs);
  }
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function restore(pending: Map<string, SttAudioCounts>, id: string, counts: SttAudioCounts): void {
  const sum = { ...counts };
  add(sum, pending.get(id) ?? {});
  pending.set(id, sum);
}
