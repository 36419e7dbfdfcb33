import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { enqueue as enqueueJob, type JobRequest } from '../../src/jobs/enqueue.ts';
import type { JobRun } from '../../src/jobs/job-run.ts';
import { JobWorker, type JobWorkerOptions } from '../../src/jobs/job-worker.ts';
import { PermanentJobError } from '../../src/jobs/permanent-job-error.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { defineCollection, GLOBAL } from '../../src/model/collection.ts';
import { defineJobKind, type Job, type JobKind, jobId, jobs } from '../../src/model/jobs.ts';
import type { DocumentStore, Transaction } from '../../src/store/document-store.ts';

/** Counts the effects that were committed for each subject. */
const counters = defineCollection({
  name: 'job_suite_counters',
  scope: 'user',
  schema: z.object({ id: z.string(), count: z.number().int(), runs: z.array(z.string()) }),
  queries: {},
});
const payload = z.looseObject({ n: z.number().optional() });
const work = defineJobKind({ name: 'work', payload });
const permanent = defineJobKind({ name: 'permanent', payload });
const unknown = defineJobKind({ name: 'unknown', payload });
const strange = defineJobKind({ name: 'strange', payload });

type Parts = Partial<JobRequest<typeof payload>>;

export const jobSuiteCollections = [jobs, counters];

export interface JobSuiteStores {
  store: DocumentStore;
  /** A second handle on the same documents, as another process would have one. */
  other: DocumentStore;
  dispose(): Promise<void>;
}

/** A promise to be settled from outside. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Waits until `condition` holds; the test's own limit ends it otherwise. */
async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 2));
}

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the job queue has to do on every document store. */
export function jobWorkerSuite(name: string, open: () => Promise<JobSuiteStores>): void {
  describe(`jobs: ${name}`, () => {
    let opened: JobSuiteStores;
    let store: DocumentStore;
    let workers: JobWorker[];
    /** A clock that the test moves; real time does not. */
    let now: number;
    const clock = { now: () => now };

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      workers = [];
      now = 1_000_000;
    });
    afterEach(async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await opened.dispose();
    });

    const makeWorker = (options: Partial<JobWorkerOptions> = {}): JobWorker => {
      const worker = new JobWorker({
        store,
        logger: silentLogger,
        clock,
        pollMs: 10,
        graceMs: 100,
        ...options,
      });
      workers.push(worker);
      return worker;
    };
    const request = (parts: Parts = {}): JobRequest<typeof payload> => ({
      uid: 'ann',
      subject: 's',
      dueAt: now,
      ...parts,
    });
    const enqueue = (parts: Parts = {}, kind = work): Promise<void> =>
      store.transact((tx) => enqueueJob(tx, kind, request(parts), now));
    const findJob = (subject = 's', kind: JobKind = work): Promise<Job | undefined> =>
      store.find(jobs, GLOBAL, jobId(kind, 'ann', subject));
    const count = async (subject = 's'): Promise<number> =>
      (await store.find(counters, 'ann', subject))?.count ?? 0;
    /** The handler's effect: one more for the subject, in the commit that ends the job. */
    const effect = async (run: JobRun, tx: Transaction): Promise<void> => {
      const { uid, subject } = run.job;
      const counter = await tx.find(counters, uid, subject);
      await run.assertHeld(tx);
      const runs = [...(counter?.runs ?? []), run.job.lease ?? ''];
      tx.put(counters, uid, { id: subject, count: (counter?.count ?? 0) + 1, runs });
      await run.finish(tx);
    };

    it('are kept as asked for, one for the same work', async () => {
      await enqueue({ payload: { a: 1 }, maxAttempts: 2 });
      const first = await findJob();
      expect(first).toMatchObject({
        id: 'work:ann:s',
        kind: 'work',
        uid: 'ann',
        subject: 's',
        payload: { a: 1 },
        state: 'waiting',
        dueAt: now,
        lease: null,
        attempts: 0,
        maxAttempts: 2,
        lastError: null,
        createdAt: now,
      });
      await enqueue({ dueAt: now + 5 });
      const second = await findJob();
      expect(second).toMatchObject({ dueAt: now + 5, payload: {}, maxAttempts: 0 });
      expect(second?.requestId).not.toBe(first?.requestId);
      const page = await store.query(jobs, GLOBAL, { query: 'due', limit: 10 });
      expect(page.items).toHaveLength(1);
    });

    it('run once due, with what they were asked with, and are gone when done', async () => {
      const worker = makeWorker();
      const seen: unknown[] = [];
      worker.register(work, async (run) => {
        seen.push([run.job.subject, run.job.payload, run.attempt, run.job.state]);
      });
      await enqueue({ subject: 'now', payload: { n: 1 } });
      await enqueue({ subject: 'later', dueAt: now + 1000 });
      worker.start();
      await until(async () => (await findJob('now')) === undefined);
      expect(seen).toEqual([['now', { n: 1 }, 1, 'running']]);
      expect(await findJob('later')).toMatchObject({ state: 'waiting', attempts: 0 });
      now += 1000;
      await until(async () => (await findJob('later')) === undefined);
      expect(seen).toHaveLength(2);
      expect(await worker.stats()).toEqual({
        waiting: 0,
        running: 0,
        succeeded: 2,
        retried: 0,
        failed: 0,
      });
    });

    it('wake the worker of their process when they are committed', async () => {
      const worker = makeWorker({ pollMs: 3_600_000 });
      worker.register(work, async () => undefined);
      worker.start();
      await rest(20);
      await store.transact((tx) => {
        enqueueJob(tx, work, request({ subject: 'a' }), now);
        enqueueJob(tx, work, request({ subject: 'b' }), now);
      });
      await until(async () => !(await findJob('a')) && !(await findJob('b')));
      expect((await worker.stats()).succeeded).toBe(2);
    });

    it('that become due while others are looked for do not wait for the next poll', async () => {
      await enqueue({ dueAt: now + 50 });
      const times = [now, now + 100];
      const worker = makeWorker({
        clock: { now: () => times.shift() ?? now + 100 },
        pollMs: 3_600_000,
      });
      worker.register(work, (run) => store.transact((tx) => effect(run, tx)));
      worker.start();
      await until(async () => (await count()) === 1);
    });

    it('commit the end of the job and its effects together', async () => {
      const worker = makeWorker();
      worker.register(work, async (run) => {
        await store.transact((tx) => effect(run, tx));
        expect(await findJob()).toBeUndefined();
        throw new Error('too late to matter');
      });
      await enqueue();
      worker.start();
      await until(async () => (await worker.stats()).succeeded === 1);
      expect(await count()).toBe(1);
      expect(await findJob()).toBeUndefined();
    });

    it('of a dead worker are taken over when their lease has ended, not before', async () => {
      const dead = makeWorker({ graceMs: 1 });
      const never = gate();
      let deadRun: JobRun | undefined;
      dead.register(
        work,
        async (run) => {
          deadRun = run;
          await never.opened;
        },
        { leaseMs: 3_600_000 },
      );
      await enqueue();
      dead.start();
      await until(() => deadRun !== undefined);
      const taken = await findJob();
      expect(taken).toMatchObject({ state: 'running', attempts: 1, dueAt: now + 3_600_000 });

      const heir = makeWorker({ store: opened.other });
      heir.register(work, (run) => opened.other.transact((tx) => effect(run, tx)));
      heir.start();
      now += 3_599_999;
      await rest(50);
      expect(await count()).toBe(0);
      now += 1;
      await until(async () => (await count()) === 1);
      expect(await findJob()).toBeUndefined();

      // The dead one comes back to life: nothing that it writes counts.
      const late = store.transact((tx) => effect(deadRun as JobRun, tx));
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      expect(await count()).toBe(1);
      never.open();
    });

    it('tell a run that has lost its lease, and void it', async () => {
      const worker = makeWorker();
      let outcome: unknown;
      worker.register(
        work,
        async (run) => {
          const thief = { lease: 'thief', dueAt: now + 1_000_000 };
          await opened.other.transact((tx) => tx.patch(jobs, GLOBAL, run.job.id, thief));
          await until(() => run.signal.aborted);
          outcome = run.signal.reason;
          await store.transact((tx) => effect(run, tx));
        },
        { leaseMs: 30 },
      );
      await enqueue();
      worker.start();
      await until(() => outcome !== undefined);
      await until(async () => (await worker.stats()).running === 0);
      expect(outcome).toMatchObject({ code: 'conflict' });
      expect(await count()).toBe(0);
      expect(await findJob()).toMatchObject({ lease: 'thief', state: 'running' });
    });

    it('keep their lease while they run long', async () => {
      const worker = makeWorker();
      const done = gate();
      let runs = 0;
      worker.register(
        work,
        async () => {
          runs += 1;
          await done.opened;
        },
        { leaseMs: 60 },
      );
      await enqueue();
      worker.start();
      await until(() => runs === 1);
      for (let i = 0; i < 5; i += 1) {
        const before = (await findJob())?.dueAt ?? 0;
        now += 50;
        await until(async () => ((await findJob())?.dueAt ?? 0) > before);
      }
      done.open();
      await until(async () => (await findJob()) === undefined);
      expect(runs).toBe(1);
    });

    it('run once with two workers, and have their effects once', async () => {
      const handled: string[] = [];
      for (const of of [store, opened.other]) {
        const worker = makeWorker({ store: of, concurrency: 8 });
        worker.register(work, async (run) => {
          handled.push(run.job.subject);
          await of.transact((tx) => effect(run, tx));
        });
      }
      const subjects = Array.from({ length: 300 }, (_, i) => `s${i}`);
      await store.transact((tx) => {
        for (const subject of subjects) enqueueJob(tx, work, request({ subject }), now);
      });
      for (const worker of workers) worker.start();
      await until(async () => {
        const page = await store.query(jobs, GLOBAL, { query: 'due', limit: 1 });
        return page.items.length === 0;
      });
      const found = await store.findMany(counters, 'ann', subjects);
      expect(found).toHaveLength(300);
      expect(found.filter((counter) => counter.count !== 1)).toEqual([]);
      // No lease ended, so nobody took what somebody else had.
      expect(handled).toHaveLength(300);
      expect(new Set(handled).size).toBe(300);
    });

    it('asked for again while running, commit this run and run once more after it', async () => {
      const worker = makeWorker();
      const entered = gate();
      const leave = gate();
      let active = 0;
      let most = 0;
      worker.register(work, async (run) => {
        active += 1;
        most = Math.max(most, active);
        entered.open();
        await leave.opened;
        await store.transact((tx) => effect(run, tx));
        active -= 1;
      });
      await enqueue();
      worker.start();
      await entered.opened;
      await enqueue({ payload: { again: true } });
      await rest(40);
      expect(await findJob()).toMatchObject({ state: 'waiting', payload: { again: true } });
      leave.open();
      await until(async () => (await count()) === 2);
      await until(async () => (await findJob()) === undefined);
      expect(most).toBe(1);
      const counter = await store.find(counters, 'ann', 's');
      expect(new Set(counter?.runs).size).toBe(2);
    });

    it('asked for again while a run outlives its lease, still commit that run', async () => {
      const worker = makeWorker();
      const entered = gate();
      const leave = gate();
      worker.register(
        work,
        async (run) => {
          entered.open();
          if (run.job.payload.again !== true) await leave.opened;
          await store.transact((tx) => effect(run, tx));
        },
        { leaseMs: 30 },
      );
      await enqueue();
      worker.start();
      await entered.opened;
      await enqueue({ payload: { again: true } });
      // The next renewal sees it.
      await rest(60);
      now += 1_000_000;
      leave.open();
      await until(async () => (await count()) === 2);
      await until(async () => (await findJob()) === undefined);
    });

    it('re-arm themselves with no attempt used', async () => {
      const worker = makeWorker();
      let runs = 0;
      worker.register(work, async (run) => {
        runs += 1;
        const again = runs < 4;
        await store.transact(async (tx) => {
          if (again) await run.reschedule(tx, now + 1000);
          else await run.finish(tx);
        });
      });
      await enqueue({ maxAttempts: 2 });
      worker.start();
      for (let i = 1; i < 4; i += 1) {
        await until(async () => runs === i && (await findJob())?.state === 'waiting');
        expect(await findJob()).toMatchObject({ dueAt: now + 1000, attempts: 0, lease: null });
        now += 1000;
      }
      await until(async () => (await findJob()) === undefined);
      expect(runs).toBe(4);
    });

    it('are tried again with growing waits, then fail with a reason and tell their service', async () => {
      const worker = makeWorker();
      const attempts: number[] = [];
      worker.register(
        work,
        async (run) => {
          attempts.push(run.attempt);
          throw new AppError('provider-unavailable', 'The provider is down.');
        },
        {
          maxAttempts: 3,
          backoff: { initialMs: 1000, maxMs: 60_000, jitter: 0 },
          onFailed: async (tx, job, error) => {
            const counter = await tx.find(counters, job.uid, job.subject);
            const runs = [error.code, job.lastError ?? ''];
            tx.put(counters, job.uid, { id: job.subject, count: (counter?.count ?? 0) + 1, runs });
          },
        },
      );
      await enqueue();
      worker.start();
      const reason = 'provider-unavailable: The provider is down.';
      await until(async () => (await findJob())?.lastError === reason);
      expect(await findJob()).toMatchObject({ state: 'waiting', attempts: 1, dueAt: now + 1000 });
      now += 1000;
      await until(async () => (await findJob())?.dueAt === now + 2000);
      now += 2000;
      await until(async () => (await findJob())?.state === 'failed');
      expect(await findJob()).toMatchObject({ attempts: 3, lease: null, lastError: reason });
      const told = await store.find(counters, 'ann', 's');
      expect(told).toMatchObject({ count: 1, runs: ['provider-unavailable', reason] });
      now += 10_000_000;
      await rest(50);
      expect(attempts).toEqual([1, 2, 3]);
      expect(await worker.stats()).toMatchObject({ waiting: 0, retried: 2, failed: 1 });
    });

    it('revive when they are asked for again after they have failed', async () => {
      const worker = makeWorker();
      let broken = true;
      worker.register(
        work,
        async () => {
          if (broken) throw new Error('broken');
        },
        { maxAttempts: 1 },
      );
      await enqueue();
      worker.start();
      await until(async () => (await findJob())?.state === 'failed');
      broken = false;
      await enqueue();
      await until(async () => (await findJob()) === undefined);
    });

    it('fail at once for a permanent error; of an unknown one nothing is kept but its code', async () => {
      const worker = makeWorker();
      worker.register(permanent, async () => {
        throw new PermanentJobError(new AppError('provider-rejected', 'Not accepted.'));
      });
      worker.register(
        unknown,
        async () => {
          throw new SyntaxError('Unexpected token in "my secret words"');
        },
        { maxAttempts: 1 },
      );
      await enqueue({}, permanent);
      await enqueue({}, unknown);
      worker.start();
      await until(async () => (await findJob('s', permanent))?.state === 'failed');
      await until(async () => (await findJob('s', unknown))?.state === 'failed');
      expect(await findJob('s', permanent)).toMatchObject({
        attempts: 1,
        lastError: 'provider-rejected: Not accepted.',
      });
      const found = await findJob('s', unknown);
      expect(found?.lastError).toMatch(/^internal: /);
      expect(found?.lastError).not.toMatch(/secret/);
    });

    it('that kill the process each time fail instead of running for ever', async () => {
      await enqueue({ maxAttempts: 2 });
      const crashed = { state: 'running', lease: 'dead', attempts: 2, dueAt: now - 1 } as const;
      await store.transact((tx) => tx.patch(jobs, GLOBAL, jobId(work, 'ann', 's'), crashed));
      const worker = makeWorker();
      let runs = 0;
      const told: string[] = [];
      worker.register(
        work,
        async () => {
          runs += 1;
        },
        {
          onFailed: (tx, job, error) => {
            tx.onCommit(() => told.push(`${job.subject} ${error.code}`));
          },
        },
      );
      worker.start();
      await until(async () => (await findJob())?.state === 'failed');
      expect(runs).toBe(0);
      expect(told).toEqual(['s aborted']);
    });

    it('fail at once, without a run, if their payload does not fit their kind', async () => {
      await enqueue();
      const changes = { payload: { n: 'not a number' } };
      await store.transact((tx) => tx.patch(jobs, GLOBAL, jobId(work, 'ann', 's'), changes));
      const worker = makeWorker();
      let calls = 0;
      const call = () => {
        calls += 1;
      };
      worker.register(work, async () => call(), { onFailed: call });
      worker.start();
      await until(async () => (await findJob())?.state === 'failed');
      expect((await findJob())?.lastError).toMatch(/^internal: .*payload/);
      expect(calls).toBe(0);
      expect(await worker.stats()).toMatchObject({ failed: 1 });
    });

    it('of a kind that nobody does wait, and hold nobody up', async () => {
      const worker = makeWorker();
      worker.register(work, async () => undefined);
      await store.transact((tx) => {
        for (let i = 0; i < 120; i += 1) {
          enqueueJob(tx, strange, request({ subject: `s${i}`, dueAt: now - 1000 }), now);
        }
        enqueueJob(tx, work, request(), now);
      });
      worker.start();
      await until(async () => (await findJob()) === undefined);
      expect(await findJob('s7', strange)).toMatchObject({ state: 'waiting', attempts: 0 });
    });

    it('run side by side up to the limit, in order of their time', async () => {
      const worker = makeWorker({ concurrency: 3 });
      const leave = gate();
      const started: string[] = [];
      let active = 0;
      let most = 0;
      worker.register(work, async (run) => {
        started.push(run.job.subject);
        active += 1;
        most = Math.max(most, active);
        await leave.opened;
        active -= 1;
      });
      await store.transact((tx) => {
        for (let i = 9; i >= 0; i -= 1) {
          enqueueJob(tx, work, request({ subject: `s${i}`, dueAt: now - 100 + i }), now);
        }
      });
      worker.start();
      await until(() => started.length === 3);
      await rest(30);
      expect([...started].sort()).toEqual(['s0', 's1', 's2']);
      expect(await worker.stats()).toMatchObject({ running: 3, waiting: 7 });
      leave.open();
      await until(async () => (await worker.stats()).succeeded === 10);
      expect(most).toBe(3);
    });

    it('end in peace when the worker is closed within the grace period', async () => {
      const worker = makeWorker({ graceMs: 60_000 });
      const entered = gate();
      const leave = gate();
      let aborted = false;
      worker.register(work, async (run) => {
        entered.open();
        await leave.opened;
        aborted = run.signal.aborted;
        await store.transact((tx) => effect(run, tx));
      });
      await enqueue();
      worker.start();
      await entered.opened;
      await enqueue({ subject: 'next', dueAt: now + 1 });
      const closing = worker.close();
      now += 10;
      leave.open();
      await closing;
      expect(aborted).toBe(false);
      expect(await count()).toBe(1);
      expect(await findJob()).toBeUndefined();
      expect(await findJob('next')).toMatchObject({ state: 'waiting', attempts: 0 });
    });

    it('are told to stop after the grace period, and wait for the next start uncounted', async () => {
      const worker = makeWorker({ graceMs: 20 });
      const entered = gate();
      worker.register(work, async (run) => {
        entered.open();
        await new Promise((_, reject) => {
          run.signal.addEventListener('abort', () => reject(run.signal.reason as Error));
        });
      });
      await enqueue({ maxAttempts: 1 });
      worker.start();
      await entered.opened;
      await worker.close();
      expect(await findJob()).toMatchObject({ state: 'waiting', attempts: 0, lease: null });

      const next = makeWorker();
      next.register(work, async () => undefined);
      next.start();
      await until(async () => (await findJob()) === undefined);
    });

    it('by the thousand are all done', async () => {
      const worker = makeWorker({ concurrency: 16 });
      worker.register(work, async () => undefined);
      for (let from = 0; from < 2000; from += 500) {
        await store.transact((tx) => {
          for (let i = from; i < from + 500; i += 1) {
            enqueueJob(tx, work, request({ subject: `s${i}` }), now);
          }
        });
      }
      worker.start();
      await until(async () => {
        const page = await store.query(jobs, GLOBAL, { query: 'due', limit: 1 });
        return page.items.length === 0;
      });
      await until(async () => (await worker.stats()).succeeded === 2000);
    });
  });
}
