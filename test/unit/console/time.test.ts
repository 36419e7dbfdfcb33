import { describe, expect, it } from 'vitest';
import { nearDay, nearTime } from '../../../console/src/ui/time.ts';

describe('a time as people say it', () => {
  const now = new Date(2026, 10, 30, 20, 0);
  const at = (...parts: [number, number, number, number?]) => new Date(...parts);

  it.each([
    [at(2026, 10, 30, 0), 'Today'],
    [at(2026, 10, 29, 23), 'Yesterday'],
    [at(2026, 11, 1, 1), 'Tomorrow'],
    [at(2026, 11, 8), 'Tue 8 Dec'],
    [at(2027, 0, 5), 'Tue 5 Jan 2027'],
  ])('is %s', (date, words) => {
    expect(nearDay(date, 'en-GB', now).replaceAll(',', '')).toBe(words);
  });

  it('has the time of day, in the words of the language', () => {
    expect(nearTime(at(2026, 11, 1, 15), 'de', now)).toBe('Morgen, 15:00');
    expect(nearTime(at(2026, 10, 28, 9), 'en-GB', now)).toMatch(/^Sat,? 28 Nov, 0?9:00$/);
  });
});
