import { describe, expect, it } from 'vitest';
import { asksWhen, toldDates } from '../../../src/chat/told-dates.ts';

/** A Tuesday evening in Berlin. */
const AT = Date.parse('2025-03-04T17:30:00Z');
const told = (text: string): string[] => toldDates(text, AT, 'Europe/Berlin');

describe('the days that a quotation names', () => {
  it('are told by the date on which it was said', () => {
    expect(told('I went to my first pottery class last Tuesday.')).toEqual([
      'last Tuesday: Tue 25 Feb 2025',
    ]);
    expect(told('We moved two weeks ago.')).toEqual(['two weeks ago: 17 to 23 Feb 2025']);
    expect(told('She was here yesterday, and he comes tomorrow.')).toEqual([
      'yesterday: Mon 3 Mar 2025',
      'tomorrow: Wed 5 Mar 2025',
    ]);
  });

  it('are left out if the words could mean a day before or after, or name the year', () => {
    expect(told('The class is on Friday.')).toEqual([]);
    expect(told('He was born on 3 May 2019.')).toEqual([]);
    expect(told('I called an hour ago.')).toEqual([]);
    expect(told('Pottery is calm.')).toEqual([]);
  });
});

describe('a question of which a day is the answer', () => {
  it.each(['When did Maya start pottery?', 'which day did we meet', 'In what month did he move?'])(
    '%s',
    (question) => expect(asksWhen(question)).toBe(true),
  );

  it.each(['Who gave Maya the voucher?', 'what did we do last week'])('is not: %s', (question) =>
    expect(asksWhen(question)).toBe(false),
  );
});
