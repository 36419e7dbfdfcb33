import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SentenceRanking } from '../../../src/search/adapters/sqlite/sentence-ranking.ts';
import { parseWordQuery } from '../../../src/search/adapters/sqlite/word-query.ts';

const line = (segmentId: string, speaker: string | null = null) => ({ segmentId, speaker });

/** The words of a query, each of one weight. */
function rankingOf(query: string, asked: readonly string[] = []): SentenceRanking {
  const terms = parseWordQuery(query).terms.map((term) => ({ ...term, weight: 1 }));
  return new SentenceRanking(terms, new Set(asked));
}

/** Score of one line. */
function scoreOf(query: string, text: string): number {
  return rankingOf(query).score('', text, [line('s')]).best;
}

describe('the score of a line', () => {
  it('counts a word and its forms, and no word that only holds it', () => {
    expect(scoreOf('harbour', 'We met at the harbour.')).toBe(1);
    expect(scoreOf('harbour', 'The harbours were full.')).toBe(1);
    expect(scoreOf('sky?', 'Two skies.')).toBe(1);
    expect(scoreOf('harbour?', 'The unharboured ship.')).toBe(0);
    expect(scoreOf('boat?', 'A boatswain came.')).toBe(0);
  });

  it('takes a word that is still being typed for the beginning of another', () => {
    expect(scoreOf('harb', 'We met at the harbour.')).toBe(1);
  });

  it('counts words that follow each other as in the query more', () => {
    expect(scoreOf('red car', 'The red car.')).toBe(2.5);
    expect(scoreOf('red car', 'The car was quite certainly not red.')).toBe(2);
    expect(scoreOf('red car', 'It was red. The car came.')).toBe(1.3);
  });

  it('finds words of a script without spaces inside a run of characters', () => {
    expect(scoreOf('東京', '昨日東京に行った。')).toBeGreaterThan(0);
  });

  it('finds words behind characters of two code units', () => {
    expect(scoreOf('boat?', '😀boat 𝒳boat 😀 boat')).toBe(1);
    expect(scoreOf('boat?', '𝒳𝒳')).toBe(0);
  });

  it('names the segments that match, the best first', () => {
    const { segmentIds } = rankingOf('red car').score('', 'nothing\nthe car\nthe red car', [
      line('a'),
      line('b'),
      line('c'),
    ]);
    expect(segmentIds).toEqual(['c']);
    const equal = rankingOf('red car').score('', 'red thing\nblue\nred', [
      line('a'),
      line('b'),
      line('c'),
    ]);
    expect(equal.segmentIds).toEqual(['a', 'c']);
  });

  it('is 0 without a word to look for', () => {
    expect(new SentenceRanking([], new Set()).score('', 'anything', [line('s')]).best).toBe(0);
  });

  it('is that of whole words, whatever stands beside them', () => {
    const piece = fc.constantFrom(
      'ship',
      'ships',
      'xship',
      'boat',
      'boats',
      'oat',
      'q',
      ' ',
      ', ',
      '-',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        const words = text.split(/[^\p{L}\p{N}\p{M}]+/u);
        const held = ['ship', 'boat'].filter((word) =>
          words.some((said) => said === word || said === `${word}s`),
        );
        const score = scoreOf('Which boat or ship was it?', text);
        expect(Math.floor(score)).toBe(held.length);
      }),
    );
  });
});
