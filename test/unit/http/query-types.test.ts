import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyTime,
  parseIsoTime,
  queryInt,
  queryNumber,
  queryTime,
} from '../../../src/http/query-types.ts';

describe('parseIsoTime', () => {
  const noon = Date.UTC(2026, 2, 10, 12);

  it.each([
    ['2026-03-10T12:00:00Z', noon],
    ['2026-03-10T12:00:00', noon],
    ['2026-03-10 12:00:00', noon],
    ['2026-03-10T12:00', noon],
    ['2026-03-10', Date.UTC(2026, 2, 10)],
    ['2026-03-10T12:00:00.123456', noon + 123],
    ['2026-03-10T12:00:00.5Z', noon + 500],
    ['2026-03-10T14:00:00+02:00', noon],
    ['2026-03-10T14:00:00 02:00', noon],
    ['2026-03-10T14:00:00.000 02:00', noon],
    ['2026-03-10T06:30:00-0530', noon],
  ])('reads %s', (text, time) => {
    expect(parseIsoTime(text)).toBe(time);
  });

  it.each(['', 'today', '2026-13-01', '2026-02-30', '2026-03-10T25:00:00', '10/03/2026', '1'])(
    'refuses %j',
    (text) => {
      expect(parseIsoTime(text)).toBeUndefined();
    },
  );

  it('reads back what toISOString writes', () => {
    const inYear9999 = Date.UTC(9999, 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: inYear9999 }), (time) => {
        expect(parseIsoTime(new Date(time).toISOString())).toBe(time);
      }),
    );
  });
});

describe('query types', () => {
  it('read numbers within bounds and nothing else', () => {
    expect(queryInt({ min: 1, max: 3 }).parse(' 2 ')).toBe(2);
    expect(queryInt().parse('-7')).toBe(-7);
    expect(queryNumber({ max: 1 }).parse('0.5')).toBe(0.5);
    for (const text of ['', '4', '1.5', '1e3', 'x']) {
      expect(queryInt({ min: 1, max: 3 }).safeParse(text).success).toBe(false);
    }
    for (const text of ['', 'NaN', 'Infinity', '2', 'x']) {
      expect(queryNumber({ max: 1 }).safeParse(text).success).toBe(false);
    }
  });

  it('read times in queries and bodies', () => {
    expect(queryTime().parse('1970-01-01T00:00:01')).toBe(1000);
    expect(bodyTime().parse('1970-01-01T00:00:01Z')).toBe(1000);
    expect(bodyTime().parse(1.5)).toBe(1500);
    expect(bodyTime().parse(1_700_000_000_000)).toBe(1_700_000_000_000);
    expect(bodyTime().safeParse('soon').success).toBe(false);
  });
});
