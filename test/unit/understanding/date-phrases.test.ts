import { describe, expect, it } from 'vitest';
import { DATE_PHRASES, WIDER_DATE_PHRASES } from '../../fixtures/date-phrases.ts';
import { resolvePhrases } from '../../fixtures/resolved-phrases.ts';

describe('the table of dates', () => {
  it.each(
    resolvePhrases([...DATE_PHRASES, ...WIDER_DATE_PHRASES]).map(
      (phrase) => [phrase.text, phrase] as const,
    ),
  )('%s', (_, { expected, actual }) => {
    expect(actual).toEqual(expected);
  });
});
