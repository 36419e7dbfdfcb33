import { describe, expect, it } from 'vitest';
import { resolvePhrases } from '../../fixtures/resolved-phrases.ts';

describe('the table of dates', () => {
  it.each(resolvePhrases().map((phrase) => [phrase.text, phrase] as const))(
    '%s',
    (_, { expected, actual }) => {
      expect(actual).toEqual(expected);
    },
  );
});
