import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { reload } from '../../../console/src/api/reload.ts';

const queries = new QueryClient();
afterEach(() => queries.clear());

/** A query whose loads end one by one, each with what was true when it began. */
function observed(key: string) {
  let truth = 'old';
  const ends: (() => void)[] = [];
  const observer = new QueryObserver(queries, {
    queryKey: [key],
    queryFn: () => {
      const read = truth;
      return new Promise<string>((resolve) => ends.push(() => resolve(read)));
    },
  });
  observer.subscribe(() => undefined);
  return {
    ends,
    change: () => {
      truth = 'new';
    },
    shown: () => observer.getCurrentResult().data,
  };
}

describe('loading again after a change', () => {
  it('begins a first load anew that may have read what was before', async () => {
    const { ends, change, shown } = observed('first');
    await expect.poll(() => ends.length).toBe(1);
    change();
    const reloaded = reload(queries, ['first']);
    ends[0]?.();
    await expect.poll(() => ends.length).toBe(2);
    ends[1]?.();
    await reloaded;
    expect(shown()).toBe('new');
  });

  it('loads again what is shown, and leaves what the predicate refuses', async () => {
    const { ends, change, shown } = observed('later');
    await expect.poll(() => ends.length).toBe(1);
    ends[0]?.();
    await expect.poll(shown).toBe('old');
    change();
    await reload(queries, ['later'], () => false);
    expect(ends).toHaveLength(1);
    const reloaded = reload(queries, ['later']);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await reloaded;
    expect(shown()).toBe('new');
  });
});
