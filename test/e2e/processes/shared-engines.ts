import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudEngines } from '../../fixtures/cloud-engines.ts';
import { RedisServer } from '../../fixtures/redis-server.ts';
import { GcsSimulator } from '../../simulators/gcs-simulator.ts';
import { SharedStore } from './shared-store.ts';

/** What several servers have in common. */
export interface SharedEngines {
  /** What each server is to be told. */
  env: Record<string, string>;
  /** The store that they share, looked at from beside them. */
  store: SharedStore;
  /** Their cache, null if they have none in common. */
  redis: RedisServer | null;
  /** Ends all of them but for Redis and the clouds that were given. */
  close(): Promise<void>;
}

/** One SQLite file, a simulator of Google Cloud Storage, and Redis if it is given. */
export async function oneFile(redis: RedisServer | null): Promise<SharedEngines> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-shared-'));
  const file = path.join(directory, 'store.sqlite');
  const gcs = await GcsSimulator.start();
  const store = await SharedStore.open({ path: file });
  return {
    store,
    redis,
    env: {
      SQLITE_PATH: file,
      BLOBS: 'gcs',
      GCS_BASE_URL: gcs.url,
      BUCKET_SPEECH_PROFILES: 'speech',
      BUCKET_MEMORIES_RECORDINGS: 'recordings',
      BUCKET_PRIVATE_CLOUD_SYNC: 'sync',
      LINK_SECRET: 'a-secret-that-all-of-the-servers-have-in-common',
      ...redis?.env,
    },
    close: async () => {
      await store.close();
      await gcs.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Firestore, Redis and Google Cloud Storage; words are searched on each server. */
export async function allClouds(clouds: CloudEngines): Promise<SharedEngines> {
  const store = await SharedStore.open({ projectId: clouds.projectId });
  const { SEARCH, ...env } = clouds.env;
  return { store, redis: clouds.redis, env, close: () => store.close() };
}

/** Engines by the name that a script takes; `close` ends all of them. @throws if they are not there */
export async function openEngines(name: string): Promise<SharedEngines> {
  if (name === 'clouds') {
    const clouds = await CloudEngines.start();
    if (!clouds) throw new Error('The clouds are not there.');
    const engines = await allClouds(clouds);
    return { ...engines, close: () => engines.close().then(() => clouds.stop()) };
  }
  if (name !== 'file' && name !== 'no-redis') throw new Error(`No engines "${name}".`);
  const redis = name === 'file' ? await RedisServer.start() : null;
  const engines = await oneFile(redis);
  return { ...engines, close: () => engines.close().then(() => redis?.kill()) };
}
