import { describe, expect, it } from 'vitest';
import { CloudEngines } from '../fixtures/cloud-engines.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { rollingRun } from './processes/rolling-run.ts';
import { allClouds, oneFile, type SharedEngines } from './processes/shared-engines.ts';

/** One of them is killed and one is sent away, under live sessions. */
async function roll(engines: SharedEngines, sessions: number): Promise<void> {
  try {
    const outcome = await rollingRun({ sessions, speed: 6, engines });
    expect(outcome.problems).toEqual([]);
    expect(outcome).toMatchObject({ sessions, conversations: sessions, completed: sessions });
    expect(outcome.connections).toBeGreaterThan(sessions);
  } finally {
    await engines.close();
  }
}

describe('three servers that share their engines lose nothing that was shown', () => {
  it('on one file, with Redis where it is there', async () => {
    const redis = await RedisServer.start();
    try {
      await roll(await oneFile(redis), 4);
    } finally {
      await redis?.kill();
    }
  });

  it('on Firestore, Redis and Google Cloud Storage', async ({ skip }) => {
    const clouds = await CloudEngines.start();
    if (!clouds) return skip('needs the Firestore emulator and Redis');
    try {
      await roll(await allClouds(clouds), 3);
    } finally {
      await clouds.stop();
    }
  });
});
