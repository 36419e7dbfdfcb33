import { describe, expect, it } from 'vitest';
import { afterSilence } from '../../../console/src/playback/silence.ts';
import { timedWords, wordAt } from '../../../console/src/playback/timed-words.ts';

const text = (words: ReturnType<typeof timedWords>) =>
  words.map((word) => word.before + word.text).join('');

describe('the words of a segment in time', () => {
  const segment = { text: 'Call Omar, call him at noon.', start: 10, end: 14 };
  const heard = ['call', 'Omar', 'call', 'him', 'at', 'noon'].map((word, index) => ({
    text: word,
    start: 10 + index / 2,
    end: 10.4 + index / 2,
  }));

  it('are those that were recognised, with the punctuation of the text', () => {
    const words = timedWords(segment, heard);
    expect(words.map(({ start }) => start)).toEqual(heard.map(({ start }) => start));
    expect(text(words)).toBe(segment.text);
    expect(words.at(-1)?.text).toBe('noon.');
  });

  it('are estimated after an edit, and the text stays whole', () => {
    const words = timedWords({ ...segment, text: '  Ring  Omar at one. ' }, heard);
    expect(words.map((word) => word.text)).toEqual(['Ring', 'Omar', 'at', 'one.']);
    expect(words[0]?.start).toBeGreaterThanOrEqual(10);
    expect(words.at(-1)?.end).toBeLessThanOrEqual(14);
  });

  it('are found in text without spaces, and in capitals of another length', () => {
    const japanese = { text: '明日電話します。', start: 0, end: 2 };
    const pieces = ['明日', '電話', 'します'].map((word, i) => ({
      text: word,
      start: i,
      end: i + 1,
    }));
    expect(timedWords(japanese, pieces)).toHaveLength(3);
    const turkish = { text: 'İzmir is far', start: 0, end: 3 };
    expect(text(timedWords(turkish, [{ text: 'is', start: 1, end: 2 }]))).toBe('İzmir is far');
  });

  it('have none that is heard before the first', () => {
    const words = timedWords(segment, heard);
    expect(wordAt(words, 9.9)).toBe(-1);
    expect(wordAt(words, 10.6)).toBe(1);
    expect(wordAt(words, 99)).toBe(5);
    expect(wordAt([], 1)).toBe(-1);
  });
});

describe('skipping silence', () => {
  const spans = [
    { start: 5, end: 8 },
    { start: 20, end: 25 },
    { start: 9, end: 10 },
  ];

  it('goes to shortly before the next words', () => {
    expect(afterSilence(0, spans)).toBeCloseTo(4.7);
    expect(afterSilence(12, spans)).toBeCloseTo(19.7);
  });

  it('leaves speech, short pauses and the end alone', () => {
    for (const time of [5, 8.2, 8.5, 18.9, 30]) expect(afterSilence(time, spans)).toBe(time);
  });
});
