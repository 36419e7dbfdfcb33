import { describe, expect, it } from 'vitest';
import { WritePace } from '../../../../src/store/adapters/firestore/write-pace.ts';

describe('the pace of writes to one document', () => {
  it('is free for a burst, and one a second from then on', () => {
    const pace = new WritePace();
    const burst = Array.from({ length: 20 }, () => pace.note(['a'], 0));
    expect(Math.max(...burst)).toBe(0);
    let now = 0;
    for (let i = 1; i <= 60; i += 1) now += pace.note(['a'], now);
    expect(now).toBe(60_000);
    // After a rest there is a burst again.
    now += 20_000;
    for (let i = 0; i < 20; i += 1) expect(pace.note(['a'], now)).toBe(0);
    expect(pace.note(['a'], now)).toBe(1000);
  });

  it('counts each document alone, and a commit once', () => {
    const pace = new WritePace();
    for (let i = 0; i < 20; i += 1) {
      expect(pace.note([`${i}`, 'a', 'a'], 0)).toBe(0);
    }
    expect(pace.note(['b'], 0)).toBe(0);
    expect(pace.note(['b', 'a'], 0)).toBe(1000);
  });

  it('holds nobody up for long, however many write', () => {
    const pace = new WritePace();
    const pauses = Array.from({ length: 500 }, () => pace.note(['a'], 0));
    expect(Math.max(...pauses)).toBe(2000);
    expect(pace.note(['a'], 23_000)).toBe(0);
  });

  it('forgets documents that have rested', () => {
    const pace = new WritePace();
    for (let i = 0; i < 20; i += 1) pace.note(['a'], 0);
    for (let i = 0; i < 6000; i += 1) pace.note([`${i}`], 5_000);
    expect(pace.note(['a'], 5_000)).toBe(0);
    for (let i = 0; i < 4; i += 1) pace.note(['a'], 5_000);
    expect(pace.note(['a'], 5_000)).toBe(1000);
  });
});
