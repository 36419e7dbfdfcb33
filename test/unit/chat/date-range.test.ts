import { describe, expect, it } from 'vitest';
import { findDateRange } from '../../../src/chat/date-range.ts';
import { describeRange, parseZonedIso } from '../../../src/chat/local-time.ts';

/** A Sunday evening in New York, Monday already in UTC. */
const NEW_YORK = { now: Date.parse('2026-11-23T02:40:00Z'), timeZone: 'America/New_York' };

const range = (text: string, local = NEW_YORK): string | null => {
  const found = findDateRange(text, local);
  return found && describeRange(found, local.timeZone);
};

describe('the time that a question asks about', () => {
  it.each([
    ['what did we discuss last week?', '2026-11-09T00:00:00-05:00 to 2026-11-15T23:59:59-05:00'],
    ['what did we discuss this week', '2026-11-16T00:00:00-05:00 to 2026-11-22T23:59:59-05:00'],
    ['what happened on Friday', '2026-11-20T00:00:00-05:00 to 2026-11-20T23:59:59-05:00'],
    ['what happened on Friday morning', '2026-11-20T00:00:00-05:00 to 2026-11-20T11:59:59-05:00'],
    ['who called yesterday', '2026-11-21T00:00:00-05:00 to 2026-11-21T23:59:59-05:00'],
    ['what was said in the last 3 days', '2026-11-19T00:00:00-05:00 to 2026-11-22T21:40:00-05:00'],
    ['what did Ana say in May?', '2026-05-01T00:00:00-04:00 to 2026-05-31T23:59:59-04:00'],
    ['two weeks ago', '2026-11-02T00:00:00-05:00 to 2026-11-08T23:59:59-05:00'],
    ['since last Tuesday', '2026-11-17T00:00:00-05:00 to 2026-11-22T21:40:00-05:00'],
    ['from Monday to Wednesday', '2026-11-16T00:00:00-05:00 to 2026-11-18T23:59:59-05:00'],
    ['on 2026-03-12', '2026-03-12T00:00:00-04:00 to 2026-03-12T23:59:59-04:00'],
    // The clocks go back on the first of November: the day has 25 hours.
    ['on November 1st', '2026-11-01T00:00:00-04:00 to 2026-11-01T23:59:59-05:00'],
    ['anything tomorrow?', '2026-11-23T00:00:00-05:00 to 2026-11-23T23:59:59-05:00'],
  ])('%s', (text, expected) => {
    expect(range(text)).toBe(expected);
  });

  it.each([
    ['what did we decide in Q2?', '2026-04-01T00:00:00-04:00 to 2026-06-30T23:59:59-04:00'],
    ['what did I eat on 12/14?', '2025-12-14T00:00:00-05:00 to 2025-12-14T23:59:59-05:00'],
    [
      'what was said between Monday and Wednesday last week?',
      '2026-11-09T00:00:00-05:00 to 2026-11-11T23:59:59-05:00',
    ],
    ['what did I buy a fortnight ago?', '2026-11-02T00:00:00-05:00 to 2026-11-08T23:59:59-05:00'],
    ['who called in the last hour?', '2026-11-22T20:40:00-05:00 to 2026-11-22T21:40:00-05:00'],
    [
      'what did we discuss on the morning of October 6th?',
      '2026-10-06T00:00:00-04:00 to 2026-10-06T11:59:59-04:00',
    ],
    [
      'what did Tom say at the beginning of October?',
      '2026-10-01T00:00:00-04:00 to 2026-10-10T23:59:59-04:00',
    ],
    ['what changed after October 5th?', '2026-10-06T00:00:00-04:00 to 2026-11-22T21:40:00-05:00'],
    ['what was said on 7 May 2023?', '2023-05-07T00:00:00-04:00 to 2023-05-07T23:59:59-04:00'],
    ['where did we hike this summer?', '2026-06-01T00:00:00-04:00 to 2026-08-31T23:59:59-04:00'],
    ['what did I do in 2024?', '2024-01-01T00:00:00-05:00 to 2024-12-31T23:59:59-05:00'],
    [
      'what did we say on Monday and Tuesday?',
      '2026-11-16T00:00:00-05:00 to 2026-11-17T23:59:59-05:00',
    ],
    ["recap of last Thursday's call", '2026-11-19T00:00:00-05:00 to 2026-11-19T23:59:59-05:00'],
    ['what should I bring on Saturday?', '2026-11-28T00:00:00-05:00 to 2026-11-28T23:59:59-05:00'],
  ])('%s', (text, expected) => {
    expect(range(text)).toBe(expected);
  });

  it('is none for a time that is unclear, and for a day that only bounds what is asked about', () => {
    expect(range('what did we talk about the other day?')).toBeNull();
    expect(range('what did I promise to do by Friday?')).toBeNull();
    expect(range('what did I say before Christmas?')).toBeNull();
  });

  it('is none where none is named', () => {
    expect(range('what did we say about the budget?')).toBeNull();
    expect(range('hello')).toBeNull();
  });

  it("begins with the user's day, not with that of UTC", () => {
    const text = 'what was said today';
    expect(range(text)).toBe('2026-11-22T00:00:00-05:00 to 2026-11-22T23:59:59-05:00');
    expect(range(text, { ...NEW_YORK, timeZone: 'Asia/Tokyo' })).toBe(
      '2026-11-23T00:00:00+09:00 to 2026-11-23T23:59:59+09:00',
    );
  });
});

describe('a time argument', () => {
  it('needs a zone', () => {
    expect(parseZonedIso('2026-03-02T00:00:00+01:00')).toBe(Date.parse('2026-03-01T23:00:00Z'));
    expect(parseZonedIso('2026-03-02T00:00:00Z')).toBe(Date.parse('2026-03-02T00:00:00Z'));
    for (const text of ['2026-03-02', '2026-03-02T00:00:00', 'last week', '2026-13-02T00:00Z']) {
      expect(parseZonedIso(text)).toBeUndefined();
    }
  });
});
