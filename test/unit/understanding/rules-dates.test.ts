import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { resolveDates } from '../../../src/understanding/rules/english/dates/resolve-date.ts';

/** Wednesday. */
const NOW = '2026-03-11T10:00';

function resolve(text: string, zone = 'Europe/Berlin', now = NOW): (string | null)[] {
  const reference = DateTime.fromISO(now, { zone }).toMillis();
  return resolveDates(text, { reference, timeZone: zone }).map(({ start, end, hasTime }) => {
    const show = (at: number): string =>
      DateTime.fromMillis(at, { zone }).toFormat(hasTime ? "yyyy-MM-dd'T'HH:mm" : 'yyyy-MM-dd');
    return end === null ? show(start) : `${show(start)}/${show(end)}`;
  });
}

const PHRASES: [string, string][] = [
  ['send it today', '2026-03-11'],
  ['I will do it tomorrow', '2026-03-12'],
  ['that was yesterday', '2026-03-10'],
  ['the day after tomorrow', '2026-03-13'],
  ['the day before yesterday', '2026-03-09'],
  ['tomorrow morning', '2026-03-12T09:00'],
  ['tomorrow at noon', '2026-03-12T12:00'],
  ['tomorrow afternoon', '2026-03-12T14:00'],
  ['tomorrow evening', '2026-03-12T18:00'],
  ['first thing tomorrow', '2026-03-12T09:00'],
  ['tomorrow at 3', '2026-03-12T15:00'],
  ['tomorrow at 3 am', '2026-03-12T03:00'],
  ['at 9 tomorrow', '2026-03-12T09:00'],
  ['practice is on Friday this week at 6 pm', '2026-03-13T18:00'],
  ['at 6 pm on Thursday this week', '2026-03-12T18:00'],
  ['at nine thirty tomorrow', '2026-03-12T09:30'],
  ['tomorrow at half past three', '2026-03-12T15:30'],
  ['tomorrow at quarter to nine', '2026-03-12T08:45'],
  ['tomorrow at a quarter past two', '2026-03-12T14:15'],
  ['at ten past four tomorrow', '2026-03-12T16:10'],
  ['tomorrow at twenty to six', '2026-03-12T17:40'],
  ['tomorrow morning at 7', '2026-03-12T07:00'],
  ['seven in the morning tomorrow', '2026-03-12T07:00'],
  ['tomorrow evening at eight', '2026-03-12T20:00'],
  ["dinner on Saturday at eight o'clock", '2026-03-14T20:00'],
  ['by Friday', '2026-03-13'],
  ['on Monday', '2026-03-16'],
  ['on Wednesday', '2026-03-18'],
  ['this Thursday', '2026-03-12'],
  ['next Thursday at 3', '2026-03-19T15:00'],
  ['next Tuesday', '2026-03-17'],
  ['last Tuesday', '2026-03-10'],
  ['last Wednesday', '2026-03-04'],
  ['Tuesday next week', '2026-03-17'],
  ['next week on Friday', '2026-03-20'],
  ['a week from Friday', '2026-03-20'],
  ['Friday at half past two', '2026-03-13T14:30'],
  ['5pm on Friday', '2026-03-13T17:00'],
  ['on Friday at 17:15', '2026-03-13T17:15'],
  ['every Monday at 9', '2026-03-16T09:00'],
  ['Tuesday, March 17th, at ten', '2026-03-17T10:00'],
  ['Saturday the 14th', '2026-03-14'],
  ['by the 5th', '2026-04-05'],
  ['on the 15th at 11', '2026-03-15T11:00'],
  ['by the twenty-first', '2026-03-21'],
  ['the 5th of next month', '2026-04-05'],
  ['March 3rd at 10 am', '2027-03-03T10:00'],
  ['on the first of April', '2026-04-01'],
  ['on April 12', '2026-04-12'],
  ['the second of June', '2026-06-02'],
  ['12 May 2027', '2027-05-12'],
  ['2026-07-04', '2026-07-04'],
  ['next week', '2026-03-18'],
  ['next month', '2026-04-11'],
  ['in two weeks', '2026-03-25'],
  ['in a couple of days', '2026-03-13'],
  ['in 20 minutes', '2026-03-11T10:20'],
  ['in half an hour', '2026-03-11T10:30'],
  ['in an hour and a half', '2026-03-11T11:30'],
  ['three days from now', '2026-03-14'],
  ['two days ago', '2026-03-09'],
  ['by end of day', '2026-03-11T23:59'],
  ['by the end of the day tomorrow', '2026-03-12T23:59'],
  ['by the end of the week', '2026-03-13'],
  ['by the end of next week', '2026-03-20'],
  ['at the end of the month', '2026-03-31'],
  ['by the end of the quarter', '2026-03-31'],
  ['by the end of Q2', '2026-06-30'],
  ['next quarter', '2026-04-01/2026-06-30'],
  ['this weekend', '2026-03-14/2026-03-15'],
  ['last week', '2026-03-02/2026-03-08'],
  ['last month', '2026-02-01/2026-02-28'],
  ['tonight', '2026-03-11T20:00'],
  ['tonight at seven', '2026-03-11T19:00'],
  ['this afternoon', '2026-03-11T14:00'],
  ['in the afternoon', '2026-03-11T14:00'],
  ['tomorrow from 3 to 4', '2026-03-12T15:00/2026-03-12T16:00'],
  ['between 2 and 4 pm tomorrow', '2026-03-12T14:00/2026-03-12T16:00'],
  ['on Monday from eleven to one', '2026-03-16T11:00/2026-03-16T13:00'],
  ['10-11am on Friday', '2026-03-13T10:00/2026-03-13T11:00'],
  ['at 3', '2026-03-11T15:00'],
  ['at 9', '2026-03-12T09:00'],
  ['by Christmas', '2026-12-25'],
];

const NO_DATES = [
  'I may march on',
  'we sat down in the sun',
  'on the fifth floor',
  'the second time we tried',
  'at three levels',
  'at the end of the day it is a phone',
  'good morning everyone',
  'twenty five Euros each',
  'it takes two days',
  'one of those things',
];

describe('resolveDates', () => {
  it.each(PHRASES)('%s', (phrase, expected) => {
    expect(resolve(phrase)).toEqual([expected]);
  });

  it.each(NO_DATES)('finds none in: %s', (phrase) => {
    expect(resolve(phrase)).toEqual([]);
  });

  it('tells where the words stand', () => {
    const reference = DateTime.fromISO(NOW, { zone: 'Europe/Berlin' }).toMillis();
    const text = 'Call on Friday at 3, or next week.';
    const found = resolveDates(text, { reference, timeZone: 'Europe/Berlin' });
    expect(found.map((date) => date.text)).toEqual(['Friday at 3', 'next week']);
    for (const date of found) {
      expect(text.slice(date.index, date.index + date.text.length)).toBe(date.text);
    }
  });

  it('knows which day it is east and west of the date line', () => {
    const reference = Date.UTC(2026, 2, 11, 11, 30);
    const day = (timeZone: string): string | null => {
      const [date] = resolveDates('today', { reference, timeZone });
      return date ? DateTime.fromMillis(date.start, { zone: timeZone }).toISODate() : null;
    };
    expect(day('Pacific/Auckland')).toBe('2026-03-12');
    expect(day('America/Los_Angeles')).toBe('2026-03-11');
    expect(day('Asia/Kolkata')).toBe('2026-03-11');
  });

  it('keeps the wall clock over a clock change', () => {
    const reference = Date.parse('2026-03-28T12:00:00+01:00');
    const [date] = resolveDates('tomorrow at 9', { reference, timeZone: 'Europe/Berlin' });
    expect(new Date(date?.start ?? 0).toISOString()).toBe('2026-03-29T07:00:00.000Z');
    const autumn = Date.parse('2026-10-31T12:00:00-07:00');
    const [later] = resolveDates('tomorrow at 9', {
      reference: autumn,
      timeZone: 'America/Los_Angeles',
    });
    expect(new Date(later?.start ?? 0).toISOString()).toBe('2026-11-01T17:00:00.000Z');
  });
});

describe('holidays', () => {
  it.each([
    // The country is that of the time zone.
    ['at Thanksgiving', 'America/New_York', '2026-11-26'],
    ['at Thanksgiving', 'America/Toronto', '2026-10-12'],
    ["on Mother's Day", 'Europe/London', '2026-03-15'],
    ["on Mother's Day", 'America/Chicago', '2026-05-10'],
    ["on Father's Day", 'America/Sao_Paulo', '2026-08-09'],
    ['am Tag der Deutschen Einheit', 'Europe/Berlin', '2026-10-03'],
    ['on Labour Day', 'Europe/Berlin', '2026-05-01'],
    ['on Independence Day', 'Asia/Kolkata', '2026-08-15'],
    ['on Independence Day', 'Asia/Calcutta', '2026-08-15'],
    ['on Independence Day', 'America/Mexico_City', '2026-09-16'],
    ['文化の日', 'Asia/Tokyo', '2026-11-03'],
    ['on Koningsdag', 'Europe/Amsterdam', '2026-04-27'],
    // A name that tells its country needs no zone; Christmas is the same nearly everywhere.
    ['on Bastille Day', 'UTC', '2026-07-14'],
    ['on Christmas Eve', 'UTC', '2026-12-24'],
    ['the week after Thanksgiving', 'America/Denver', '2026-11-30/2026-12-06'],
  ])('reads "%s" in %s', (text, zone, expected) => {
    expect(resolve(text, zone)).toEqual([expected]);
  });

  it('claims no day for a name that only other countries have', () => {
    expect(resolve('on Labour Day', 'UTC')).toEqual([]);
    expect(resolve('am Tag der Deutschen Einheit', 'America/New_York')).toEqual([]);
  });
});
