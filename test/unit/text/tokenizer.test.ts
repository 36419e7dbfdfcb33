import { describe, expect, it } from 'vitest';
import { bareWords, graphemesOf, tokenize, wordsOf } from '../../../src/text/tokenizer.ts';

describe('wordsOf', () => {
  it.each([
    ['English', "Don't re-use it.", ['don', 't', 're', 'use', 'it']],
    ['Korean words of two syllables', '내일 회의 자료', ['내일', '회의', '자료']],
    ['Hindi with vowel signs', 'हिन्दी में मीटिंग', ['हिन्दी', 'में', 'मीटिंग']],
    ['Tamil with vowel signs', 'கூட்டம் நாளை', ['கூட்டம்', 'நாளை']],
    ['Persian with a joiner', 'می‌خواهم بروم', ['میخواهم', 'بروم']],
    ['Greek and Cyrillic', 'Ο γιατρός и врач', ['ο', 'γιατρός', 'и', 'врач']],
    ['full-width letters and digits', 'ＡＢＣ１２３ ｍｅｅｔｉｎｇ', ['abc123', 'meeting']],
    ['half-width kana', 'ﾃｽﾄ', ['テスト']],
    ['accents that are written apart', 'cafe\u0301', ['café']],
  ])('keeps the words of %s whole', (_, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('reads Hebrew and Arabic with and without points as the same words', () => {
    expect(wordsOf('שָׁלוֹם עוֹלָם')).toEqual(wordsOf('שלום עולם'));
    expect(wordsOf('مُحَمَّد')).toEqual(wordsOf('محمد'));
  });

  it('divides Thai, Chinese and Japanese into words', () => {
    expect(wordsOf('ประชุมวันนี้')).toContain('ประชุม');
    expect(wordsOf('明天开会讨论预算')).toContain('预算');
    expect(wordsOf('会議は明日です')).toContain('会議');
    expect(wordsOf('น้ำ ทำงาน')).toEqual(['น้ำ', 'ทำงาน']);
    expect(wordsOf('ประชุม Budget 2026')).toEqual(['ประชุม', 'budget', '2026']);
  });

  it('finds no words in punctuation and emoji', () => {
    expect(wordsOf('… 👍🏽 — !?')).toEqual([]);
  });

  it.each([
    ['apostrophes', "a'".repeat(200_000)],
    ['letters', 'x'.repeat(400_000)],
    ['marks', 'a\u0301'.repeat(200_000)],
    ['Thai', 'ประชุม'.repeat(20_000)],
    ['Chinese', '会'.repeat(50_000)],
  ])('reads long runs of %s in one pass', (_, text) => {
    expect(wordsOf(text).length).toBeGreaterThan(0);
    expect(tokenize(text).length).toBeGreaterThan(0);
  });
});

describe('tokenize', () => {
  it('keeps inner apostrophes and hyphens and says where a word stands', () => {
    expect(tokenize('We’ll do a follow-up')).toEqual([
      { text: 'We’ll', lower: "we'll", index: 0 },
      { text: 'do', lower: 'do', index: 6 },
      { text: 'a', lower: 'a', index: 9 },
      { text: 'follow-up', lower: 'follow-up', index: 11 },
    ]);
  });

  it('gives the place of a word in text without spaces', () => {
    const text = 'OK ประชุมวันนี้';
    for (const { text: word, index } of tokenize(text)) {
      expect(text.slice(index, index + word.length)).toBe(word);
    }
  });

  it('keeps marks with their letters', () => {
    expect(tokenize('हिन्दी שָׁלוֹם').map(({ text }) => text)).toEqual(['हिन्दी', 'שָׁלוֹם']);
  });
});

describe('bareWords', () => {
  it('leaves case as it is and text without spaces in one piece', () => {
    expect(bareWords('Red ＣＡＲ 会议室')).toEqual(['Red', 'CAR', '会议室']);
  });
});

describe('graphemesOf', () => {
  it('keeps an emoji, a flag and a letter with its marks in one piece', () => {
    expect(graphemesOf('👩‍🚀🇩🇪e\u0301कि')).toEqual(['👩‍🚀', '🇩🇪', 'e\u0301', 'कि']);
  });

  it.each(['👩‍🚀', '👍🏽', 'ก็', 'e\u0301'])('cuts no %s in a long text', (character) => {
    const count = 20_000;
    expect(graphemesOf(character.repeat(count))).toEqual(Array(count).fill(character));
  });
});
