import { describe, expect, it } from 'vitest';
import { subjectProblem } from '../../../scripts/check/commit-subjects.ts';

describe('subjectProblem', () => {
  it.each(['Fix lost words when Deepgram closes', 'Add src/text', 'Bound the size of imports'])(
    'accepts %j',
    (subject) => {
      expect(subjectProblem(subject)).toBeNull();
    },
  );

  it.each([
    ['An expression is made once', /imperative verb/],
    ['fix: lost words', /imperative verb/],
    ['Fixed lost words', /imperative verb/],
    ['Take bodies of desktop apps', /imperative verb/],
    ['Improve code', /imperative verb/],
    ['Fix', /nothing after its verb/],
    ['Fix lost words.', /full stop/],
    [`Fix ${'x'.repeat(100)}`, /100 characters/],
  ])('refuses %j', (subject, problem) => {
    expect(subjectProblem(subject)).toMatch(problem);
  });
});
