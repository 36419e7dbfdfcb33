import { expect, it } from 'vitest';
import { makeSegment, type Word } from '../../../src/model/conversations/transcript-segment.ts';
import { keepCorrections } from '../../../src/recordings/recording-corrections.ts';

/** A word a second, from `at` on. */
function words(text: string, at: number): Word[] {
  return text.split(' ').map((word, i) => ({
    text: word,
    startMs: at + i * 1000,
    endMs: at + i * 1000 + 900,
    confidence: null,
    language: null,
  }));
}

const made = makeSegment({
  id: 'new',
  text: 'we meet the can tree on Friday',
  startMs: 0,
  endMs: 6900,
  words: words('we meet the can tree on Friday', 0),
});
const correction = makeSegment({
  id: 'old',
  text: 'the country',
  startMs: 2000,
  endMs: 4900,
  originalText: 'the count re',
});

it('puts a correction in the place of what is heard there anew', () => {
  const result = keepCorrections([correction], [made]);
  expect(result.map(({ id, text, startMs, endMs }) => [id, text, startMs, endMs])).toEqual([
    ['new', 'we meet', 0, 1900],
    ['new:after', 'on Friday', 5000, 6900],
    ['old', 'the country', 2000, 4900],
  ]);
  expect(result[2]?.originalText).toBe('the can tree');
});

it('leaves everything else alone, and keeps a correction where nothing is heard any more', () => {
  const later = { ...correction, startMs: 60_000, endMs: 62_000 };
  expect(keepCorrections([later], [made])).toEqual([made, later]);
});

it('replaces segments without word times as a whole', () => {
  const whole = { ...made, words: [], startMs: 2100, endMs: 4800 };
  expect(keepCorrections([correction], [whole]).map(({ id }) => id)).toEqual(['old']);
});
