import { describe, expect, it } from 'vitest';
import { capitalize, titleCase } from '../../../src/text/capitals.ts';
import { LANGUAGES } from '../../../src/text/languages.ts';
import { isQuestion, tellingPart } from '../../../src/text/questions.ts';
import { letterCount } from '../../../src/text/scripts.ts';
import { contentStems, stemOf } from '../../../src/text/stems.ts';
import {
  contentWordsOf,
  isCommonWord,
  isContentWord,
  isFunctionWord,
  isStopWord,
} from '../../../src/text/word-classes.ts';
import { clipWords, countWords } from '../../../src/text/word-count.ts';
import { WordSet } from '../../../src/text/word-set.ts';

describe('word classes', () => {
  it('knows function words of each language, with and without diacritics', () => {
    for (const word of ['the', 'Über', 'fur', 'était', 'más', 'não', 'della', 'niet']) {
      expect(isStopWord(word), word).toBe(true);
    }
    expect(isStopWord('budget')).toBe(false);
    expect(isStopWord('회의')).toBe(false);
  });

  it('keeps numerals and days as function words only', () => {
    expect(isFunctionWord('monday')).toBe(true);
    expect(isStopWord('monday')).toBe(false);
    expect(isCommonWord('meeting')).toBe(false);
    expect(isCommonWord("we'll")).toBe(true);
  });

  it('takes two Korean syllables or one Chinese character for a word with a meaning', () => {
    expect(contentWordsOf('내일 회의')).toEqual(['내일', '회의']);
    expect(isContentWord('会')).toBe(true);
    expect(isContentWord('ab')).toBe(false);
    expect(isContentWord('7')).toBe(true);
    expect(letterCount('회의')).toBe(4);
    expect(letterCount('हि')).toBe(1);
  });

  it('has every word of a language in lower case and once in its class', () => {
    for (const { code, words } of LANGUAGES) {
      for (const list of Object.values({ ...words })) {
        const all = list.split(/\s+/).filter((word: string) => word !== '');
        expect(all, code).toEqual([...new Set(all.map((word) => word.toLowerCase()))]);
      }
    }
  });
});

describe('stems', () => {
  it('joins the forms of a word', () => {
    for (const [a, b] of [
      ['clustering', 'clusters'],
      ['stories', 'story'],
      ['planned', 'plan'],
      ['ties', 'tie'],
      ["anna's", 'anna'],
    ] as const) {
      expect(stemOf(a), `${a} ${b}`).toBe(stemOf(b));
    }
    expect(stemOf('회의')).toBe('회의');
  });

  it('leaves function words out of the content of a text', () => {
    expect(contentStems('Please send the follow-up reports tomorrow')).toEqual([
      'send',
      'follow',
      'report',
    ]);
  });
});

describe('questions', () => {
  it('knows a question by its beginning or its mark', () => {
    expect(isQuestion('And what did Ann decide')).toBe(true);
    expect(isQuestion('会议什么时候？')).toBe(true);
    expect(isQuestion('متى الاجتماع؟')).toBe(true);
    expect(isQuestion('whatever the budget')).toBe(false);
  });

  it('keeps what a question is about', () => {
    expect(tellingPart('What did we say about the red car?')).toBe('red car');
    expect(tellingPart('red car')).toBe('red car');
    expect(tellingPart('Who was it?')).toBe('Who was it?');
  });
});

describe('countWords', () => {
  it('counts words between spaces, and characters without', () => {
    expect(countWords(' one  two\nthree — ')).toBe(4);
    expect(countWords('')).toBe(0);
    expect(countWords('会议室里有人')).toBe(3);
    expect(countWords('ok 会议。')).toBe(2);
    expect(countWords('ประชุม')).toBe(2);
  });

  it('reads a long run of punctuation in one pass', () => {
    expect(countWords(`会${'.'.repeat(300_000)}`)).toBe(1);
  });
});

describe('clipWords', () => {
  it('cuts between words and leaves no punctuation hanging', () => {
    expect(clipWords('one, two, three', 2)).toBe('one, two');
    expect(clipWords('one  two', 5)).toBe('one two');
    expect(clipWords('明天开会讨论预算', 2)).toBe('明天开会');
    expect(clipWords(`a ${'-'.repeat(300_000)} b`, 2)).toBe('a');
  });
});

describe('capitals', () => {
  it('writes titles', () => {
    expect(titleCase('the budget of the NASA team')).toBe('The Budget of the NASA Team');
    expect(capitalize('𐐨𐐨')).toBe('𐐀𐐨');
    expect(capitalize('')).toBe('');
  });
});

describe('WordSet', () => {
  it('knows a word by its other endings', () => {
    const words = new WordSet(['meetings', 'paid']);
    expect(words.has('meeting')).toBe(true);
    expect(words.has('pay')).toBe(false);
  });
});
