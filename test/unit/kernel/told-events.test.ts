import { describe, expect, it } from 'vitest';
import { toldEvents } from '../../../src/kernel/told-events.ts';

const never = new AbortController().signal;

async function read<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('toldEvents', () => {
  it('returns what the work tells, in order, and ends with it', async () => {
    const events = toldEvents<number>(never, async (tell) => {
      tell(1);
      await Promise.resolve();
      tell(2);
      tell(3);
    });
    expect(await read(events)).toEqual([1, 2, 3]);
  });

  it('fails as the work does, after what it has told', async () => {
    const seen: number[] = [];
    const events = toldEvents<number>(never, async (tell) => {
      tell(1);
      throw new Error('broken');
    });
    const reading = (async () => {
      for await (const event of events) seen.push(event);
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(seen).toEqual([1]);
  });

  it('stops the work if the reader leaves', async () => {
    let stop = never;
    const events = toldEvents<number>(never, (tell, signal) => {
      stop = signal;
      tell(1);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    for await (const event of events) if (event === 1) break;
    expect(stop.aborted).toBe(true);
  });

  it('stops the work if the signal is aborted', async () => {
    const gone = new AbortController();
    const events = toldEvents<string>(gone.signal, async (tell, stop) => {
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()));
      tell('stopped');
    });
    const reading = read(events);
    gone.abort();
    expect(await reading).toEqual(['stopped']);
  });

  it('begins the work when it is first read', async () => {
    let isBegun = false;
    const events = toldEvents<number>(never, async () => {
      isBegun = true;
    });
    expect(isBegun).toBe(false);
    expect(await read(events)).toEqual([]);
    expect(isBegun).toBe(true);
  });
});
