import { describe, expect, it } from 'vitest';
import { parseSpokenTime, wordsForTime } from '../../../src/understanding/model/spoken-time.ts';

const evening = { hour: 23, minute: 59 };
const berlin = (text: string) => {
  const time = parseSpokenTime(text, 'Europe/Berlin', evening);
  return time === null ? null : new Date(time).toISOString();
};

describe('a time as a model writes it', () => {
  it.each([
    ['2027-03-02T14:00:00+01:00', '2027-03-02T13:00:00.000Z'],
    ['2027-03-02T14:00', '2027-03-02T13:00:00.000Z'],
    ['2027-03-02 14:00', '2027-03-02T13:00:00.000Z'],
    ['2027-07-02T14:00:00.000', '2027-07-02T12:00:00.000Z'],
    ['2027-03-02', '2027-03-02T22:59:00.000Z'],
    ['2027-03-02T14:00:00Z', '2027-03-02T14:00:00.000Z'],
    ['2027-03-02T14:00:00-05:00', '2027-03-02T19:00:00.000Z'],
    ['2027-03-02T14:00:00+0530', '2027-03-02T08:30:00.000Z'],
  ])('%s is %s in Berlin', (text, iso) => {
    expect(berlin(text)).toBe(iso);
  });

  it('keeps the time on the clock where the offset is of the other half of the year', () => {
    expect(berlin('2027-07-02T14:00:00+01:00')).toBe('2027-07-02T12:00:00.000Z');
    expect(berlin('2027-01-02T14:00:00+02:00')).toBe('2027-01-02T13:00:00.000Z');
  });

  it.each(['', 'tomorrow', '2027-13-02', '2027-02-30T10:00', '27-02-03', '2027-02-03T25:00'])(
    '"%s" is none',
    (text) => {
      expect(berlin(text)).toBeNull();
    },
  );

  it('falls back to UTC for a zone that is none', () => {
    expect(parseSpokenTime('2027-03-02T14:00', 'Nowhere/Else', evening)).toBe(
      Date.parse('2027-03-02T14:00:00Z'),
    );
  });
});

describe('the words for a time', () => {
  it('are those of the language and of English', () => {
    const from = Date.parse('2027-03-01T10:00:00+01:00');
    const at = Date.parse('2027-03-02T15:00:00+01:00');
    const words = wordsForTime(at, from, 'Europe/Berlin', 'de');
    expect(words).toEqual(
      expect.arrayContaining(['Dienstag', 'März', 'morgen', 'Tuesday', 'tomorrow', '2', '15', '3']),
    );
    expect(wordsForTime(at, from, 'Europe/Berlin', 'not a tag')).toContain('Tuesday');
  });
});
