import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { idFromText } from '../kernel/ids.ts';
import { type Goal, type GoalProgress, goalProgress, goals } from '../model/tasks/goal.ts';
import { getDocument, queryAll } from '../store/collection.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';

/** Most active goals; one more ends the oldest. */
const MAX_ACTIVE = 4;
/** The same goal twice within this time is one goal: the app repeats a request after a 5xx. */
const REPEAT_MS = 60_000;
/** Days of progress deleted in one commit. */
const DELETED_PER_COMMIT = 200;

export type NewGoal = Pick<
  Goal,
  'title' | 'goalType' | 'targetValue' | 'currentValue' | 'minValue' | 'maxValue' | 'unit'
>;

/** Absent fields stay. An end that is given makes a goal inactive unless `isActive` says otherwise. */
export type GoalChanges = Partial<Omit<NewGoal, 'goalType'> & Pick<Goal, 'isActive' | 'endedAt'>>;

export interface GoalServiceOptions {
  store: DocumentStore;
  clock: Clock;
}

/** Goals of users, with their progress by day. */
export class GoalService {
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(options: GoalServiceOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
  }

  /** Returns the active goals, oldest first, at most four. */
  list(uid: string): Promise<Goal[]> {
    return activeGoals(this.#store, uid);
  }

  /** Returns all goals, ended ones too, newest first. */
  async listAll(uid: string): Promise<Goal[]> {
    const found: Goal[] = [];
    for await (const goal of queryAll(this.#store, goals, uid, { query: 'byAge' }))
      found.push(goal);
    return found.reverse();
  }

  /** Returns one goal. @throws AppError `not-found` */
  async get(uid: string, id: string): Promise<Goal> {
    return await getGoal(this.#store, uid, id);
  }

  /** Adds a goal. If there are four active ones, the oldest ends. */
  create(uid: string, request: NewGoal): Promise<Goal> {
    return this.#store.transact(async (tx) => {
      const now = this.#clock.now();
      const active = await activeGoals(tx, uid);
      const repeated = active.find(
        (goal) => goal.title === request.title && now - goal.createdAt < REPEAT_MS,
      );
      if (repeated) return repeated;
      const hex = idFromText(`goal:${uid}:${request.title}:${now}`).replaceAll('-', '');
      const goal: Goal = {
        id: `goal_${hex.slice(0, 12)}`,
        ...request,
        isActive: true,
        createdAt: now,
        updatedAt: now,
        endedAt: null,
      };
      await this.#endOldest(tx, uid, now);
      tx.create(goals, uid, goal);
      return goal;
    });
  }

  /** Changes the given fields. @throws AppError `bad-request` if none is given, `not-found` */
  update(uid: string, id: string, changes: GoalChanges): Promise<Goal> {
    return this.#store.transact(async (tx) => {
      const goal = await getGoal(tx, uid, id);
      if (Object.keys(changes).length === 0) {
        throw new AppError('bad-request', 'No updates provided');
      }
      const now = this.#clock.now();
      const changed = { ...goal, ...changes, ...activityOf(goal, changes, now), updatedAt: now };
      if (changed.isActive && !goal.isActive) await this.#endOldest(tx, uid, now);
      tx.put(goals, uid, changed);
      if (changes.currentValue !== undefined) this.#record(tx, uid, changed);
      return changed;
    });
  }

  /** Sets the current value of a goal; one value is kept for each day in UTC. */
  setProgress(uid: string, id: string, currentValue: number): Promise<Goal> {
    return this.update(uid, id, { currentValue });
  }

  /** Returns the values of the last `days` days, newest first. @throws AppError `not-found` */
  async history(uid: string, id: string, days: number): Promise<GoalProgress[]> {
    await getGoal(this.#store, uid, id);
    const from = dayOf(this.#clock.now() - (days - 1) * 24 * 60 * 60 * 1000);
    const found: GoalProgress[] = [];
    const request = { query: 'ofGoal', filters: { goalId: id }, from } as const;
    for await (const point of queryAll(this.#store, goalProgress, uid, request)) found.push(point);
    return found;
  }

  /** Deletes a goal with its history. @throws AppError `not-found` */
  async delete(uid: string, id: string): Promise<void> {
    const isGone = () =>
      this.#store.transact(async (tx) => {
        await getGoal(tx, uid, id);
        const { items } = await tx.query(goalProgress, uid, {
          query: 'ofGoal',
          filters: { goalId: id },
          limit: DELETED_PER_COMMIT,
        });
        for (const point of items) tx.delete(goalProgress, uid, point.id);
        if (items.length === DELETED_PER_COMMIT) return false;
        tx.delete(goals, uid, id);
        return true;
      });
    let done = false;
    while (!done) done = await isGone();
  }

  /** Ends the oldest active goals, so that there is room for one more. */
  async #endOldest(tx: Transaction, uid: string, now: number): Promise<void> {
    const active = await activeGoals(tx, uid);
    for (const old of active.slice(0, Math.max(0, active.length - MAX_ACTIVE + 1))) {
      tx.patch(goals, uid, old.id, { isActive: false, endedAt: now, updatedAt: now });
    }
  }

  #record(tx: Transaction, uid: string, goal: Goal): void {
    const recordedAt = this.#clock.now();
    const date = dayOf(recordedAt);
    const id = `${goal.id}:${date}`;
    tx.put(goalProgress, uid, { id, goalId: goal.id, date, value: goal.currentValue, recordedAt });
  }
}

/** Returns whether a goal is active after a change, and since when it is not. */
function activityOf(
  goal: Goal,
  changes: GoalChanges,
  now: number,
): Pick<Goal, 'isActive' | 'endedAt'> {
  const hasEnd = changes.endedAt !== undefined && changes.endedAt !== null;
  const isActive = changes.isActive ?? (hasEnd ? false : goal.isActive);
  return { isActive, endedAt: isActive ? null : (changes.endedAt ?? goal.endedAt ?? now) };
}

async function activeGoals(reader: DocumentReader, uid: string): Promise<Goal[]> {
  const active: Goal[] = [];
  const request = { query: 'byAge', filters: { isActive: true } } as const;
  for await (const goal of queryAll(reader, goals, uid, request)) active.push(goal);
  return active;
}

function getGoal(reader: DocumentReader, uid: string, id: string): Promise<Goal> {
  return getDocument(reader, goals, uid, id, 'Goal not found');
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
