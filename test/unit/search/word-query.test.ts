import { describe, expect, it } from 'vitest';
import { parseWordQuery, toIndexText } from '../../../src/search/adapters/sqlite/word-query.ts';

describe('parseWordQuery', () => {
  it('keeps the deciding words and the run between them', () => {
    const query = parseWordQuery('What did we say about the red car?');
    expect(query.terms.map((term) => term.exact)).toEqual(['"red"', '"car"']);
    expect(query.phrase).toBe('"red car"');
    expect(query.quoted).toBe(false);
  });

  it('takes only the last word as a beginning, and only from three letters', () => {
    expect(parseWordQuery('old thermo').terms.map((term) => term.isBeginning)).toEqual([
      false,
      true,
    ]);
    expect(parseWordQuery('old thermo').terms[1]?.prefix).toBe('"thermo" *');
    expect(parseWordQuery('ox').terms[0]?.prefix).toBeNull();
  });

  it('leaves out of a question what only asks, and of anything else nothing but stop words', () => {
    const wordsOf = (text: string) => parseWordQuery(text).terms.map((term) => term.word);
    expect(wordsOf('What did the team think about the meeting room?')).toEqual(['room']);
    expect(wordsOf('team meeting room')).toEqual(['team', 'meeting', 'room']);
    expect(wordsOf('What was discussed in the meeting?')).toEqual(['discussed', 'meeting']);
    expect(parseWordQuery('What did Ann say?', new Set(['ann'])).terms).toEqual([]);
  });

  it('uses stop words when there is nothing else', () => {
    expect(parseWordQuery('the who').terms.map((term) => term.exact)).toEqual(['"the"', '"who"']);
  });

  it('reads quotes of any kind as phrases', () => {
    const query = parseWordQuery('about “red car” and "the blue one"');
    expect(query.phrase).toBe('"red car" AND "the blue one"');
    expect(query.quoted).toBe(true);
  });

  it('turns syntax into nothing and cuts long queries', () => {
    expect(parseWordQuery('*:^()"" -').terms).toEqual([]);
    expect(parseWordQuery('').phrase).toBeNull();
    const many = Array.from({ length: 500 }, (_, n) => `word${n}`).join(' ');
    expect(parseWordQuery(many).terms).toHaveLength(24);
  });

  it('sets characters without spaces apart', () => {
    expect(toIndexText('会议ok').trim()).toBe('会  议 ok');
    expect(parseWordQuery('会议').terms).toMatchObject([
      { exact: '"会  议"', prefix: null, unspaced: true },
    ]);
  });

  it('divides a question without spaces into the words that decide', () => {
    const words = parseWordQuery('予算はいくらですか').terms.map((term) => term.word);
    expect(words).toEqual(['予算']);
    expect(parseWordQuery('什么时候去北京？').terms.map((term) => term.word)).toEqual(['北京']);
    // If it has no other words, the small ones are looked for.
    expect(parseWordQuery('何ですか').terms.length).toBeGreaterThan(0);
  });
});
