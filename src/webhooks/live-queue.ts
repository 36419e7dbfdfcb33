import type { ResolvedEndpoint } from './webhook-endpoints.ts';

/** What a live queue has counted since it was last asked. */
export interface LiveCounts {
  sent: number;
  failed: number;
  dropped: number;
  lastStatus: number | null;
}

/** How one live request ended; null status: no response, or held back. */
export interface LiveOutcome {
  isDelivered: boolean;
  status: number | null;
}

/**
 * What waits for one live endpoint, in memory and bounded: one request is under way at a time, and what
 * comes meanwhile is joined for the next one. If it is too much, the oldest gives way and is counted.
 */
export class LiveQueue<T> {
  readonly endpoint: ResolvedEndpoint;
  readonly #max: number;
  readonly #send: (items: T[]) => Promise<LiveOutcome>;
  readonly #items = new Map<string, T>();
  #running: Promise<void> | undefined;
  #counts: LiveCounts = { sent: 0, failed: 0, dropped: 0, lastStatus: null };

  /**
   * @param options.max items that may wait
   * @param options.send makes one request; must not reject
   */
  constructor(options: {
    endpoint: ResolvedEndpoint;
    max: number;
    send: (items: T[]) => Promise<LiveOutcome>;
  }) {
    this.endpoint = options.endpoint;
    this.#max = options.max;
    this.#send = options.send;
  }

  /** Adds an item; one that waits under the same key is replaced by it. */
  add(key: string, item: T): void {
    this.#items.delete(key);
    this.#items.set(key, item);
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= this.#max) return;
      this.#items.delete(oldest);
      this.#counts.dropped += 1;
    }
  }

  /** Begins to send what waits, unless a request is under way. */
  flush(): void {
    if (this.#items.size === 0) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Returns what was counted since the last call; null if nothing. */
  takeCounts(): LiveCounts | null {
    const counts = this.#counts;
    if (counts.sent + counts.failed + counts.dropped === 0) return null;
    this.#counts = { sent: 0, failed: 0, dropped: 0, lastStatus: null };
    return counts;
  }

  async #run(): Promise<void> {
    const items = [...this.#items.values()];
    this.#items.clear();
    const { isDelivered, status } = await this.#send(items);
    this.#counts[isDelivered ? 'sent' : 'failed'] += 1;
    this.#counts.lastStatus = status;
  }
}
