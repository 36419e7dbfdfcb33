import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerPattern } from '../../../src/search/adapters/sqlite/answer-pattern.ts';
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

describe('a question that says what its answer holds', () => {
  const TALK = [
    'When did you take up pottery?',
    'I went to my first class last Tuesday.',
    'Pottery is so calm.',
  ];
  const LINES = [line('asked', 'tom'), line('told', 'maya'), line('later', 'tom')];

  /** Best segment of the talk for a query. */
  function bestFor(query: string, talk: readonly string[] = TALK): string | undefined {
    const terms = parseWordQuery(query).terms.map((term) => ({ ...term, weight: 1 }));
    const ranking = new SentenceRanking(terms, new Set(), answerPattern(query));
    return ranking.score('', talk.join('\n'), LINES).segmentIds[0];
  }

  it('names the line beside the words that has a time if the question begins with "when"', () => {
    expect(bestFor('When did Maya start pottery?')).toBe('told');
    expect(bestFor('pottery')).not.toBe('told');
  });

  it('names the line with a number for "how many" and with a person for "who"', () => {
    const jobs = ['They cut jobs in our team.', 'Six people have to go.', 'Such jobs are rare.'];
    expect(bestFor('How many people lost their jobs?', jobs)).toBe('told');
    const band = ['Who told the team?', 'It was Beatrix, in the canteen.', 'The team was upset.'];
    expect(bestFor('Who told the team?', band)).toBe('told');
  });

  it('adds nothing to lines that no word of the question stands near', () => {
    const talk = ['Pottery is so calm.', 'Yes.', 'On Monday it rained.'];
    expect(bestFor('When did Maya start pottery?', talk)).toBe('asked');
  });

  it('leaves questions alone that do not say what they ask for', () => {
    expect(answerPattern('what about pottery?')).toBeNull();
    expect(answerPattern('')).toBeNull();
  });
});
