import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { findDateRange } from '../../../src/chat/date-range.ts';
import { resolveDates } from '../../../src/understanding/rules/english/dates/resolve-date.ts';

const ZONE = 'Europe/Berlin';
/** A Wednesday. */
const NOW = DateTime.fromISO('2026-03-11T10:00', { zone: ZONE }).toMillis();

function resolve(text: string, isPast = false): string[] {
  const at = (time: number, hasTime: boolean): string =>
    DateTime.fromMillis(time, { zone: ZONE }).toFormat(
      hasTime ? "yyyy-MM-dd'T'HH:mm" : 'yyyy-MM-dd',
    );
  return resolveDates(text, { reference: NOW, timeZone: ZONE, isPast }).map((date) =>
    [date.start, ...(date.end === null ? [] : [date.end])]
      .map((time) => at(time, date.hasTime))
      .join('/'),
  );
}

describe('one moment of a clause', () => {
  it.each([
    ['this afternoon we see the notary at 5 pm', '2026-03-11T17:00'],
    ['on Friday the whole class meets at half past eight', '2026-03-13T08:30'],
    ['at four we pick up the car on Friday', '2026-03-13T16:00'],
    ['lunch from 12 to 1', '2026-03-11T12:00/2026-03-11T13:00'],
    ['dinner on Saturday for 8', '2026-03-14T20:00'],
    ['tomorrow, maybe around four', '2026-03-12T16:00'],
    ['7 this evening', '2026-03-11T19:00'],
  ])('%s', (text, expected) => {
    expect(resolve(text)).toEqual([expected]);
  });

  it('keeps the times of two clauses apart', () => {
    const text = 'on Friday I work and at nine I sleep';
    expect(resolve(text)).toEqual(['2026-03-13', '2026-03-12T09:00']);
  });

  it('names all stretches of the text that say it', () => {
    const text = 'on Friday we meet at five';
    const [date] = resolveDates(text, { reference: NOW, timeZone: ZONE });
    const said = date?.parts.map(({ index, length }) => text.slice(index, index + length));
    expect(said).toEqual(['Friday', 'at five']);
  });

  it('tells a clock time from one with a day', () => {
    const hasDay = (text: string): boolean[] =>
      resolveDates(text, { reference: NOW, timeZone: ZONE }).map((date) => date.hasDay);
    expect(hasDay('at five')).toEqual([false]);
    expect(hasDay('tomorrow at five')).toEqual([true]);
  });
});

describe('a time of another zone', () => {
  it.each([
    ['on Friday at 11am EST', '2026-03-13T17:00'],
    ['on Friday at 9 am Pacific', '2026-03-13T17:00'],
    ['on Friday at 4 pm Eastern to plan the fair', '2026-03-13T21:00'],
    ['on Friday at 4 pm Tokyo time', '2026-03-13T08:00'],
    ['Friday noon, New York time', '2026-03-13T17:00'],
    ['on Friday at 9 GMT', '2026-03-13T10:00'],
    ['on Friday at 9 at the central station', '2026-03-13T09:00'],
  ])('%s', (text, expected) => {
    expect(resolve(text)).toEqual([expected]);
  });
});

describe('a time that is over', () => {
  it.each([
    ['on the 12th', '2026-02-12'],
    ['on Friday', '2026-03-06'],
    ['at the weekend', '2026-03-07/2026-03-08'],
    ['at Easter', '2025-04-20'],
    ['on Boxing Day', '2025-12-26'],
    ['in November', '2025-11-01/2025-11-30'],
    ['on the 31st', '2026-01-31'],
  ])('%s is the last one', (text, expected) => {
    expect(resolve(text, true)).toEqual([expected]);
  });

  it('is the longest that a question names', () => {
    const asked = (text: string): string | undefined =>
      findDateRange(text, { now: NOW, timeZone: ZONE })?.text;
    expect(asked("what did we eat on last week's Sunday?")).toBe("last week's Sunday");
    expect(asked('what did we do at Easter last year?')).toBe('Easter last year');
    expect(asked('who called last summer?')).toBe('last summer');
  });
});
