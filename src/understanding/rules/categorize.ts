import type { Category } from '../../model/conversations/category.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { isFunctionWord } from '../../text/word-classes.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import LEXICON from './english/category-words.json' with { type: 'json' };
import type { KeyPhrase, Sentence } from './talk.ts';

const WORDS: Partial<Record<Category, string>> = LEXICON.words;
const EMOJI: Readonly<Record<Category, string>> = LEXICON.emoji;
const TELLING_EMOJI = Object.entries(LEXICON.tellingEmoji).map(
  ([pattern, emoji]) => [new RegExp(pattern, 'i'), emoji] as const,
);

interface Matcher {
  category: Category;
  exact: Set<string>;
  prefixes: string[];
}

const MATCHERS: Matcher[] = Object.entries(WORDS).map(([category, words]) => {
  const list = words.split(/\s+/);
  return {
    category: category as Category,
    exact: new Set(list.filter((word) => !word.endsWith('*'))),
    prefixes: list.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
  };
});

/** How strongly a category must speak to be more than `other`. */
const LEAST_SCORE = 2.5;

/** The category whose words a talk uses most: many different words count more than one repeated. */
export async function categorize(
  sentences: readonly Sentence[],
  phrases: readonly KeyPhrase[],
  each: CooperativeLoop,
): Promise<Category> {
  const counts = new Map<string, number>();
  await each(sentences, (sentence) => {
    for (const { lower } of tokenize(sentence.text)) {
      const word = lower.replace(/'s$/, '');
      if (word.length > 2 && !isFunctionWord(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  });
  for (const phrase of phrases.slice(0, 12)) {
    for (const { lower } of tokenize(phrase.text)) counts.set(lower, (counts.get(lower) ?? 0) + 1);
  }
  let best: Category = 'other';
  let bestScore = LEAST_SCORE;
  for (const { category, exact, prefixes } of MATCHERS) {
    let score = 0;
    for (const [word, count] of counts) {
      const hit = exact.has(word) || prefixes.some((prefix) => word.startsWith(prefix));
      if (hit) score += Math.log2(1 + count);
    }
    if (score > bestScore) [best, bestScore] = [category, score];
  }
  return best;
}

/** An emoji for the talk: of a telling word in its title, else of its category. */
export function chooseEmoji(title: string, category: Category): string {
  return TELLING_EMOJI.find(([pattern]) => pattern.test(title))?.[1] ?? EMOJI[category];
}
