import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { UsageEntry, UsageLedger } from '../llm/model-usage.ts';
import { type LlmUsage, llmUsages } from '../model/usage/llm-usage.ts';
import { usageDay } from '../model/usage/stt-usage.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** US dollars for a million tokens. */
export interface ModelPrice {
  input: number;
  /** Price of cached input; the same as `input` if the vendor gives no discount. */
  cachedInput: number;
  output: number;
}

export type LlmUsageCounts = Pick<
  LlmUsage,
  | 'calls'
  | 'failedCalls'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'outputTokens'
  | 'costUsd'
  | 'ownKeyCalls'
>;

/** Use of a model by a client itself. */
export interface ReportedUsage {
  /** Who pays, as the client reports it. */
  account: string;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  /** Null if the client does not know. */
  costUsd: number | null;
}

export interface LlmUsageOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  /** By name of the model; the cost of a model without a price is unknown. */
  prices: ReadonlyMap<string, ModelPrice>;
}

const DAY_MS = 86_400_000;
/** Feature of use that clients report. */
const REPORTED_FEATURE = 'desktop';
/** The account that is not the user's own. */
const SERVER_ACCOUNT = 'omi';

interface Account {
  uid: string;
  counts: LlmUsage;
}

/**
 * Records the use of language models by user, day, feature and model. An entry is written at once;
 * entries that arrive during a write are written together. A failed write is repeated with the next.
 */
export class LlmUsageService implements UsageLedger {
  readonly #o: LlmUsageOptions;
  #pending = new Map<string, Account>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: LlmUsageOptions) {
    this.#o = options;
  }

  record(entry: UsageEntry): void {
    const { uid, feature, model } = entry;
    this.#add(uid, feature, model, countsOf(entry, costOf(entry, this.#o.prices.get(model))));
  }

  /** Adds one call that a client has made itself and reports. */
  recordReported(uid: string, usage: ReportedUsage): void {
    const { account, ...counts } = usage;
    const isOwn = account !== SERVER_ACCOUNT;
    const calls = { calls: 1, failedCalls: 0, ownKeyCalls: isOwn ? 1 : 0 };
    this.#add(uid, REPORTED_FEATURE, account, { ...counts, ...calls });
  }

  #add(uid: string, feature: string, model: string, counts: LlmUsageCounts): void {
    const now = this.#o.clock.now();
    const day = usageDay(now);
    const id = `${day}:${feature}:${encodeURIComponent(model)}`;
    const key = `${uid}\u0000${id}`;
    const before = this.#pending.get(key)?.counts;
    const fresh = { id, day, feature, model, ...counts, updatedAt: now };
    this.#pending.set(key, { uid, counts: before ? added(before, fresh) : fresh });
    void this.flush();
  }

  /** Returns the last `days` days including today, latest first. */
  async report(uid: string, days: number): Promise<LlmUsage[]> {
    await this.flush();
    const from = usageDay(this.#o.clock.now() - (days - 1) * DAY_MS);
    const found: LlmUsage[] = [];
    for await (const usage of queryAll(this.#o.store, llmUsages, uid, { query: 'byDay', from })) {
      found.push(usage);
    }
    return found;
  }

  /** Stores the recorded entries; never rejects. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flushAll());
    return this.#flushing;
  }

  /** Drops entries that are not stored yet, of a user who is being deleted. */
  async forget(uid: string): Promise<void> {
    for (const [key, account] of this.#pending) if (account.uid === uid) this.#pending.delete(key);
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    if (this.#pending.size === 0) return;
    const taken = this.#pending;
    this.#pending = new Map();
    for (const [key, { uid, counts }] of taken) {
      try {
        await this.#o.store.transact(async (tx) => {
          const before = await tx.find(llmUsages, uid, counts.id);
          tx.put(llmUsages, uid, before ? added(before, counts) : counts);
        });
      } catch (error) {
        const later = this.#pending.get(key)?.counts;
        this.#pending.set(key, { uid, counts: later ? added(counts, later) : counts });
        this.#o.logger.error({ error: describeError(error) }, 'storing model usage failed');
      }
    }
  }
}

/** Returns the sum of several entries; the cost is null if that of any entry is unknown. */
export function sumUsage(entries: readonly LlmUsageCounts[]): LlmUsageCounts {
  const zero: LlmUsageCounts = {
    calls: 0,
    failedCalls: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    ownKeyCalls: 0,
  };
  return entries.reduce((sum, entry) => added(sum, entry), zero);
}

function added<T extends LlmUsageCounts>(a: T, b: LlmUsageCounts & { updatedAt?: number }): T {
  return {
    ...a,
    ...(b.updatedAt === undefined ? {} : { updatedAt: b.updatedAt }),
    calls: a.calls + b.calls,
    failedCalls: a.failedCalls + b.failedCalls,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
    ownKeyCalls: a.ownKeyCalls + b.ownKeyCalls,
  };
}

function countsOf(entry: UsageEntry, costUsd: number | null): LlmUsageCounts {
  const { calls, failedCalls, inputTokens, cachedInputTokens, outputTokens, ownKey } = entry;
  const ownKeyCalls = ownKey ? calls : 0;
  return {
    calls,
    failedCalls,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    costUsd,
    ownKeyCalls,
  };
}

/** Returns US dollars; null if the model has no price, 0 if there was no response. */
function costOf(entry: UsageEntry, price: ModelPrice | undefined): number | null {
  if (entry.calls === 0) return 0;
  if (!price) return null;
  const fresh = entry.inputTokens - entry.cachedInputTokens;
  const dollars =
    fresh * price.input +
    entry.cachedInputTokens * price.cachedInput +
    entry.outputTokens * price.output;
  return dollars / 1_000_000;
}
