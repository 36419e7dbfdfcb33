import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../../../src/changes/change-log.ts';

const change = (id: string) => ({ kind: 'memory' as const, id });

describe('change log', () => {
  it('holds each document once, at its last change', () => {
    const log = new ChangeLog(0);
    log.add([change('a'), change('b')]);
    log.add([change('a')]);
    expect(log.since(0)?.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(log.since(2)?.map(({ id }) => id)).toEqual(['a']);
    expect(log.since(3)).toEqual([]);
  });

  it('knows that it has forgotten what was too much', () => {
    const log = new ChangeLog(0);
    log.add(Array.from({ length: 1_500 }, (_, index) => change(String(index))));
    expect(log.since(0)).toBeNull();
    expect(log.since(499)).toBeNull();
    expect(log.since(500)).toHaveLength(1_000);
  });

  it('does not know a position of another log', () => {
    expect(new ChangeLog(100).since(99)).toBeNull();
    expect(new ChangeLog(100).since(101)).toBeNull();
  });

  it('wakes who waits at a change, and at an abort', async () => {
    const log = new ChangeLog(0);
    const abort = new AbortController();
    const woken = log.changed(new AbortController().signal);
    const aborted = new ChangeLog(0).changed(abort.signal);
    log.add([change('a')]);
    abort.abort();
    await Promise.all([woken, aborted]);
    await log.changed(abort.signal);
  });
});
