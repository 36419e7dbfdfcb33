import { describe, expect, it } from 'vitest';
import type { SuggestedPart } from '../../../src/model/suggested-part.ts';
import { addedWords, likenessOf } from '../../../src/transcripts/suggested-parts.ts';

const part = (fields: Partial<SuggestedPart> = {}): SuggestedPart => ({
  id: 'a',
  text: 'We meet at the old harbour.',
  startAt: 1_000,
  endAt: 3_000,
  offsetMs: 1_000,
  ...fields,
});

describe('likenessOf', () => {
  it.each<[string, Partial<SuggestedPart>, string]>([
    ['the same again', {}, 'repeated'],
    ['the same in a later session', { startAt: 90_000, endAt: 92_000 }, 'repeated'],
    ['the same with a longer end', { endAt: 3_500 }, 'repeated'],
    ['more of it', { text: 'We meet at the old harbour. At seven.' }, 'revised'],
    ['another punctuation', { text: 'we meet at the old harbour' }, 'revised'],
    ['some words heard better', { text: 'We met at the cold harbour' }, 'revised'],
    ['less of it', { text: 'We meet' }, 'revised'],
    ['other words at its place', { text: 'Nothing like that.' }, 'other'],
    ['the same words elsewhere', { startAt: 9_000, endAt: 11_000, offsetMs: 9_000 }, 'other'],
    ['another id', { id: 'b' }, 'other'],
    ['no id', { id: null }, 'other'],
  ])('of %s', (_name, next, likeness) => {
    expect(likenessOf(part(), part(next))).toBe(likeness);
  });

  it('of a word that is cut off, and of a script without spaces', () => {
    const cut = part({ text: 'We meet at the harb' });
    expect(likenessOf(part({ text: 'harb' }), part({ text: 'harbour' }))).toBe('revised');
    expect(likenessOf(cut, part({ text: 'We meet at the harbour' }))).toBe('revised');
    expect(likenessOf(part({ text: '今日は' }), part({ text: '今日はいい天気' }))).toBe('revised');
  });

  it('of what has no id, by times and words alone', () => {
    const known = part({ id: null });
    expect(likenessOf(known, part({ id: null }))).toBe('repeated');
    expect(likenessOf(known, part({ id: null, endAt: 3_001 }))).toBe('other');
    expect(likenessOf(known, part({ id: null, text: 'We meet.' }))).toBe('other');
  });
});

describe('addedWords', () => {
  it.each([
    ['We meet', 'We meet at seven.', 'at seven.'],
    ['We meet.', 'We meet, then sail.', 'then sail.'],
    ['We meet', 'We meet', ''],
    ['We meet at seven', 'We meet', ''],
    ['', 'We meet', 'We meet'],
    ['They sail', 'We meet', 'We meet'],
  ])('of %j and %j is %j', (known, next, added) => {
    expect(addedWords(known, next)).toBe(added);
  });
});
