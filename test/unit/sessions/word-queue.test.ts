import { describe, expect, it } from 'vitest';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { type PendingWords, WordQueue } from '../../../src/sessions/word-queue.ts';

function words(count: number, transcribedMs: number | null = null): PendingWords {
  const segments = Array.from({ length: count }, (_, i) =>
    makeSegment({ id: String(i), text: 'x', startMs: i, endMs: i + 1 }),
  );
  return { segments, transcribedMs, receivedAt: 1 };
}

describe('WordQueue', () => {
  it('commits in bounded parts, in order, and moves the position with the last one', async () => {
    const batches: PendingWords[][] = [];
    const queue = new WordQueue(
      (batch) => {
        batches.push([...batch]);
        return Promise.resolve();
      },
      () => undefined,
    );
    queue.add(words(1_200, 9_000));
    queue.add(words(300));
    queue.add(words(300));
    await queue.running;
    const sizes = batches.map((batch) => batch.map(({ segments }) => segments.length));
    expect(sizes).toEqual([[500], [500], [200, 300], [300]]);
    expect(batches.flat().map(({ transcribedMs }) => transcribedMs)).toEqual([
      null,
      null,
      9_000,
      null,
      null,
    ]);
    const ids = batches.flat().flatMap(({ segments }) => segments.map(({ id }) => Number(id)));
    expect(ids.slice(0, 1_200)).toEqual(Array.from({ length: 1_200 }, (_, i) => i));
  });

  it('commits nothing more after a failure', async () => {
    const errors: unknown[] = [];
    let commits = 0;
    const queue = new WordQueue(
      () => {
        commits += 1;
        return Promise.reject(new Error('disk'));
      },
      (error) => errors.push(error),
    );
    queue.add(words(1_200));
    await queue.running;
    expect([commits, errors.length]).toEqual([1, 1]);
  });
});
