import { splitSentences } from '../../../src/text/sentences.ts';
import { graphemesOf, tokenize } from '../../../src/text/tokenizer.ts';
import { contentWordsOf } from '../../../src/text/word-classes.ts';
import { clipWords, countWords } from '../../../src/text/word-count.ts';
import { WordSet } from '../../../src/text/word-set.ts';
import { type EntryPoint, USUAL_WORST } from './entry-point.ts';

/** What everything else reads text with. */
export const TEXT_ENTRY_POINTS: readonly EntryPoint[] = [
  {
    name: 'words',
    read: (text) => [tokenize(text), contentWordsOf(text)],
    worst: [...USUAL_WORST, "a'", 'ประชุม', 'हिन्दी ', 'שָׁ'],
  },
  {
    name: 'characters',
    read: (text) => graphemesOf(text),
    worst: [...USUAL_WORST, '👩‍🚀', '🇩🇪', 'ก็'],
  },
  {
    name: 'sentences',
    read: (text) => splitSentences(text),
    worst: [...USUAL_WORST, '. ', '…', 'Dr. ', '。', ' |."', ' |.)'],
  },
  {
    name: 'counted and clipped words',
    read: (text) => [countWords(text), clipWords(text, 10), clipWords(text, 1_000_000)],
    worst: [...USUAL_WORST, '会.', 'a -', '漢 '],
  },
  {
    name: 'words that begin alike',
    read: (text) => {
      const words = text
        .split(' ')
        .map((word, index) => `${word.slice(0, 8)}${index.toString(36)}x`);
      const set = new WordSet(words);
      return words.filter((word) => set.has(`${word}es`)).length;
    },
    worst: ['abcdefgh ', 'abcdefghijklmnop '],
  },
];
