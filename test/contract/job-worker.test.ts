import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import { type JobSuiteStores, jobSuiteCollections, jobWorkerSuite } from './job-worker-suite.ts';

async function openSqlite(
  beforeCommit: (run: number) => 'conflict' | undefined,
): Promise<JobSuiteStores> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  const options = {
    path: join(folder, 'data.db'),
    collections: jobSuiteCollections,
    durability: 'process',
    logger: silentLogger,
    beforeCommit,
  } as const;
  const store = await openSqliteStore(options);
  const other = await openSqliteStore(options);
  return {
    store,
    other,
    dispose: async () => {
      await store.close();
      await other.close();
      await rm(folder, { recursive: true });
    },
  };
}

jobWorkerSuite('sqlite', () => openSqlite(() => undefined));
jobWorkerSuite('sqlite, every transaction run twice', () =>
  openSqlite((run) => (run === 1 ? 'conflict' : undefined)),
);
