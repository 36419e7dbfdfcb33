import type { Clock } from '../kernel/clock.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentReader } from '../store/document-store.ts';

/** How many of some tasks are done. */
export interface TaskScore {
  /** Percent of them, 0 if there are none. */
  percent: number;
  completed: number;
  total: number;
}

export interface TaskScoresOptions {
  store: DocumentReader;
  clock: Clock;
}

const DAY_MS = 24 * 3_600_000;

/** Counts how many tasks of a user are done. */
export class TaskScores {
  readonly #o: TaskScoresOptions;

  constructor(options: TaskScoresOptions) {
    this.#o = options;
  }

  /** The start of the current day in UTC, epoch milliseconds. */
  today(): number {
    const now = this.#o.clock.now();
    return now - (now % DAY_MS);
  }

  /** The tasks that are due on a day in UTC. @param day its start, epoch milliseconds */
  async daily(uid: string, day: number): Promise<TaskScore> {
    return await this.#score(uid, { query: 'byDueDate', from: day, to: day + DAY_MS - 1 });
  }

  /** The tasks that were created in the seven days before a day and on it. */
  async weekly(uid: string, day: number): Promise<TaskScore> {
    const from = day - 7 * DAY_MS;
    return await this.#score(uid, { query: 'recent', from, to: day + DAY_MS - 1 });
  }

  /** All tasks. */
  async overall(uid: string): Promise<TaskScore> {
    return await this.#score(uid, { query: 'recent' });
  }

  async #score(
    uid: string,
    request: { query: 'byDueDate' | 'recent'; from?: number; to?: number },
  ): Promise<TaskScore> {
    let completed = 0;
    let total = 0;
    for await (const item of queryAll(this.#o.store, actionItems, uid, request)) {
      total += 1;
      if (item.completed) completed += 1;
    }
    return { percent: total === 0 ? 0 : (completed * 100) / total, completed, total };
  }
}
