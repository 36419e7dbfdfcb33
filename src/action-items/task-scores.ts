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

const DAY_MS = 24 * 3_600_000;

/** The tasks that are due on a day in UTC. @param day its start, epoch milliseconds */
export async function dailyScore(
  reader: DocumentReader,
  uid: string,
  day: number,
): Promise<TaskScore> {
  return await scoreOf(reader, uid, { query: 'byDueDate', from: day, to: day + DAY_MS - 1 });
}

/** The tasks that were created in the seven days before a day and on it. */
export async function weeklyScore(
  reader: DocumentReader,
  uid: string,
  day: number,
): Promise<TaskScore> {
  const from = day - 7 * DAY_MS;
  return await scoreOf(reader, uid, { query: 'recent', from, to: day + DAY_MS - 1 });
}

/** All tasks. */
export async function overallScore(reader: DocumentReader, uid: string): Promise<TaskScore> {
  return await scoreOf(reader, uid, { query: 'recent' });
}

async function scoreOf(
  reader: DocumentReader,
  uid: string,
  request: { query: 'byDueDate' | 'recent'; from?: number; to?: number },
): Promise<TaskScore> {
  let completed = 0;
  let total = 0;
  for await (const item of queryAll(reader, actionItems, uid, request)) {
    total += 1;
    if (item.completed) completed += 1;
  }
  return { percent: total === 0 ? 0 : (completed * 100) / total, completed, total };
}
