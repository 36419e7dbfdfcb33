import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadRetrievalFigures } from '../fixtures/meeting-questions.ts';

it('quotes real meetings to real questions far better than chance', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'chat-meetings-'));
  try {
    const figures = await loadRetrievalFigures(directory);
    if (!figures) return;
    expect(figures.questions.length).toBeGreaterThan(0);
    expect(figures.hitAt1).toBeGreaterThan(2 * figures.chanceAt1);
    expect(figures.hitAt5).toBeGreaterThan(2 * figures.chanceAt5);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
