import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/kernel/sqlite/open-sqlite.ts';
import type { SqliteDatabase } from '../../../src/kernel/sqlite/sqlite-database.ts';
import { CommitQueue } from '../../../src/store/adapters/sqlite/commit-queue.ts';

describe('the commit queue', () => {
  let db: SqliteDatabase;
  let queue: CommitQueue;
  beforeEach(() => {
    db = openSqlite(':memory:');
    db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)');
    queue = new CommitQueue(db);
  });
  afterEach(() => {
    db.close();
  });
  const insert = (n: number) => (): void => {
    db.prepare('INSERT INTO t VALUES (?)').run(n);
  };
  const numbers = (): unknown[] =>
    db
      .prepare<[], { n: number }>('SELECT n FROM t ORDER BY n')
      .all()
      .map(({ n }) => n);

  it('commits together what was submitted together', async () => {
    await Promise.all([1, 2, 3, 4].map((n) => queue.submit(insert(n))));
    expect(numbers()).toEqual([1, 2, 3, 4]);
    expect(queue.commits).toBe(1);
    await queue.submit(insert(5));
    expect(queue.commits).toBe(2);
  });

  it('rolls back alone what throws, and everything it had written', async () => {
    const half = (): void => {
      insert(10)();
      throw new Error('half');
    };
    const outcomes = await Promise.allSettled([
      queue.submit(insert(1)),
      queue.submit(half),
      queue.submit(insert(2)),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(numbers()).toEqual([1, 2]);
  });

  it('rejects the whole batch where the transaction is lost, and goes on with the next', async () => {
    const lose = (): void => {
      db.exec('ROLLBACK');
      throw new Error('lost');
    };
    const outcomes = await Promise.allSettled([queue.submit(insert(1)), queue.submit(lose)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    expect(numbers()).toEqual([]);
    await queue.submit(insert(2));
    expect(numbers()).toEqual([2]);
  });

  it('bounds a batch, and drains what is left', async () => {
    const all = Array.from({ length: 600 }, (_, n) => queue.submit(insert(n)));
    await queue.drain();
    expect(numbers()).toHaveLength(600);
    expect(queue.commits).toBe(3);
    await Promise.all(all);
  });
});
