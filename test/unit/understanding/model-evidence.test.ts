import { describe, expect, it } from 'vitest';
import { contentWordsOf } from '../../../src/text/word-classes.ts';
import { Evidence } from '../../../src/understanding/model/evidence.ts';
import { speak } from '../../fixtures/understanding-input.ts';

const segments = [
  speak('a', 'Ben', 'Could you mail the quarterly budget over to Maria?'),
  speak('b', 'Anna', 'Sure, I will do it on Tuesday.', { isUser: true }),
  speak('c', 'Ben', 'And the parties in the garden were lovely.'),
  speak('d', null, '明日は東京で会議があります。'),
];
const evidence = new Evidence(segments, 'Anna', false);
const claim = { text: '', quote: '', cited: [] as number[], dateWords: [] as string[] };

describe('a claim', () => {
  it('stands by its content words, inflected or not', () => {
    expect(evidence.anchor({ ...claim, text: 'Mail budgets to Maria', cited: [1] })).toEqual(['a']);
    expect(evidence.anchor({ ...claim, text: 'Garden party', cited: [3] })).toEqual(['c']);
  });

  it('stands by one word and its date', () => {
    const dated = { ...claim, text: 'Forward figures towards Maria', cited: [1, 2] };
    expect(evidence.anchor(dated)).toBeNull();
    expect(evidence.anchor({ ...dated, dateWords: ['Tuesday'] })).toEqual(['a', 'b']);
    expect(evidence.anchor({ ...dated, dateWords: ['Sunday'] })).toBeNull();
  });

  it('stands by one word and a true quote, not by an invented one', () => {
    const paraphrase = { ...claim, text: 'Forward figures towards Maria', cited: [1] };
    expect(evidence.anchor({ ...paraphrase, quote: 'quarterly budget over to Maria' })).toEqual([
      'a',
    ]);
    expect(evidence.anchor({ ...paraphrase, quote: 'transfer the funds abroad' })).toBeNull();
  });

  it('that cites what does not bear it out needs all of its words in another place, or a quote', () => {
    expect(evidence.anchor({ ...claim, text: 'Budget inspection', cited: [40] })).toBeNull();
    expect(evidence.anchor({ ...claim, text: 'Quarterly budget', cited: [40] })).toEqual(['a']);
    const quote = 'parties in the garden';
    expect(evidence.anchor({ ...claim, text: 'Garden feast', quote, cited: [40] })).toEqual(['c']);
  });

  it('does not stand by a true quote alone, nor by the name of the user', () => {
    const quote = 'mail the quarterly budget';
    expect(evidence.anchor({ ...claim, text: 'Sell house', quote, cited: [1] })).toBeNull();
    expect(evidence.anchor({ ...claim, text: 'Anna skydives', cited: [2] })).toBeNull();
  });

  it('finds its line by itself where it cites none, or one that is not there', () => {
    const text = 'Mail quarterly budget to Maria';
    expect(evidence.anchor({ ...claim, text, cited: [] })).toEqual(['a']);
    expect(evidence.anchor({ ...claim, text, cited: [0, -3, 400] })).toEqual(['a']);
    expect(evidence.anchor({ ...claim, text, cited: [3] })).toEqual(['a']);
  });

  it('is checked in scripts without spaces', () => {
    expect(evidence.anchor({ ...claim, text: '東京で会議', cited: [4] })).toEqual(['d']);
    expect(evidence.anchor({ ...claim, text: '大阪に旅行', cited: [4] })).toBeNull();
  });
});

describe('a sentence of an overview', () => {
  it('is bound to the lines that say most of its words, in their order', () => {
    const [first, ...others] = evidence.ofOverview(
      'Maria gets the quarterly budget by mail on Tuesday. The garden parties were lovely.',
    );
    expect(first).toEqual({
      sentence: 'Maria gets the quarterly budget by mail on Tuesday.',
      segmentIds: ['a', 'b'],
    });
    expect(others).toEqual([{ sentence: 'The garden parties were lovely.', segmentIds: ['c'] }]);
  });

  it('has no source if less than half of it was said, or its words stand far apart', () => {
    expect(evidence.ofOverview('Maria moves to Lisbon and opens a bakery.')).toEqual([]);
    expect(evidence.ofOverview('Tuesday parties.')).toEqual([]);
    expect(evidence.ofOverview('Anna.')).toEqual([]);
    expect(evidence.ofOverview('')).toEqual([]);
  });

  it('is left out between others', () => {
    const told = evidence.ofOverview('Maria gets the budget. They laughed a lot. Garden parties.');
    expect(told.map(({ sentence }) => sentence)).toEqual([
      'Maria gets the budget.',
      'Garden parties.',
    ]);
  });

  it('is the line of its rare words, not one of those that everybody says', () => {
    const lines = [
      ...Array.from({ length: 20 }, (_, n) => speak(`n${n}`, 'Ben', 'The budget, the budget.')),
      speak('rare', 'Ben', 'The lighthouse gets a lamp out of the budget.'),
    ];
    expect(
      new Evidence(lines, null, false).ofOverview('The lighthouse gets its lamp from the budget.'),
    ).toEqual([
      { sentence: 'The lighthouse gets its lamp from the budget.', segmentIds: ['rare'] },
    ]);
  });
});

it('content words leave out function words, keep numbers', () => {
  expect(contentWordsOf('And then the 3 of them will buy Oat milk, oat milk!')).toEqual([
    '3',
    'buy',
    'oat',
    'milk',
  ]);
});
