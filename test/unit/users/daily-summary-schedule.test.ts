import { describe, expect, it } from 'vitest';
import {
  lastSummaryAt,
  nextSummaryAt,
  summarisedDay,
} from '../../../src/users/daily-summary-schedule.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();

describe('the hour of the daily summary', () => {
  it.each([
    ['UTC', 22, '2027-03-01T21:59:59Z', '2027-03-01T22:00:00.000Z'],
    ['UTC', 22, '2027-03-01T22:00:00Z', '2027-03-02T22:00:00.000Z'],
    ['Pacific/Auckland', 22, '2027-03-01T08:00:00Z', '2027-03-01T09:00:00.000Z'],
    ['America/Los_Angeles', 22, '2027-03-02T07:00:00Z', '2027-03-03T06:00:00.000Z'],
    // The clocks of Berlin go forward on 28 March: the day has 23 hours.
    ['Europe/Berlin', 22, '2027-03-27T21:30:00Z', '2027-03-28T20:00:00.000Z'],
    // There is no 02:00 on that day; it is 03:00 then.
    ['Europe/Berlin', 2, '2027-03-27T12:00:00Z', '2027-03-28T01:00:00.000Z'],
    // On 31 October 02:00 comes twice; the first counts, and the second is no new day.
    ['Europe/Berlin', 2, '2027-10-30T12:00:00Z', '2027-10-31T00:00:00.000Z'],
    ['Europe/Berlin', 2, '2027-10-31T00:00:00Z', '2027-11-01T01:00:00.000Z'],
    ['Asia/Kolkata', 0, '2027-03-01T12:00:00Z', '2027-03-01T18:30:00.000Z'],
  ])('in %s at %i comes after %s at %s', (zone, hour, now, next) => {
    expect(iso(nextSummaryAt(hour, zone, at(now)))).toBe(next);
    expect(lastSummaryAt(hour, zone, at(now))).toBeLessThanOrEqual(at(now));
    expect(nextSummaryAt(hour, zone, lastSummaryAt(hour, zone, at(now)))).toBe(at(next));
  });

  it('summarises the day before until noon, the day itself from then on', () => {
    expect(summarisedDay(at('2027-03-01T21:00:00Z'), 'Europe/Berlin')).toBe('2027-03-01');
    expect(summarisedDay(at('2027-03-01T11:00:00Z'), 'Europe/Berlin')).toBe('2027-03-01');
    expect(summarisedDay(at('2027-03-01T10:59:00Z'), 'Europe/Berlin')).toBe('2027-02-28');
    expect(summarisedDay(at('2027-02-28T23:00:00Z'), 'Europe/Berlin')).toBe('2027-02-28');
  });
});
