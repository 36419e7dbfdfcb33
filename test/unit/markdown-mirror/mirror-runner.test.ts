import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { MirrorRunner } from '../../../src/markdown-mirror/mirror-runner.ts';
import { eventually } from '../../fixtures/eventually.ts';

it('runs again after a failure, mirrors the owner alone, and stops when it is closed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'omi-mirror-'));
  let runs = 0;
  const runner = new MirrorRunner({
    folder,
    findOwner: async () => {
      runs += 1;
      if (runs === 1) throw new Error('The store is away.');
      return runs === 2 ? undefined : 'owner';
    },
    sourceOf: (uid) => ({
      async *conversations() {
        yield {
          id: uid,
          startedAt: '2026-05-04T09:30:00Z',
          title: 'Tiles',
          notes: '',
          category: 'home',
          people: [],
          tasks: [],
          events: [],
          transcript: [],
        };
      },
      setTitle: () => expect.fail('Nothing was edited.'),
      setNotes: () => expect.fail('Nothing was edited.'),
      editTask: () => expect.fail('Nothing was edited.'),
      addTask: () => expect.fail('Nothing was edited.'),
    }),
    logger: silentLogger,
    pauseMs: 1,
  });
  try {
    runner.start();
    await eventually(async () => {
      expect(await readdir(folder)).toContain('2026-05-04 Tiles.md');
    });
    await runner.close();
    const after = runs;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toBe(after);
  } finally {
    await rm(folder, { recursive: true });
  }
});
