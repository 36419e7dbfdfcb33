import type { Category } from '../../model/conversations/category.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { isFunctionWord } from '../../text/word-classes.ts';
import type { CooperativeLoop } from './cooperative-loop.ts';
import LEXICON from './english/category-words.json' with { type: 'json' };
import type { Sentence } from './talk.ts';

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

/** How strongly a category must speak to be more than `other`, and by how much more than the next one. */
const LEAST_SCORE = 2.5;
const LEAST_LEAD = 0.5;

/**
 * The category whose words a talk uses most: many different words count more than one repeated. A talk of no category, or
 * of two as much, is `other`.
 */
export async function categorize(
  sentences: readonly Sentence[],
  each: CooperativeLoop,
): Promise<Category> {
  const counts = new Map<string, number>();
  await each(sentences, (sentence) => {
    for (const { lower } of tokenize(sentence.text)) {
      const word = lower.replace(/'s$/, '');
      if (word.length > 2 && !isFunctionWord(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  });
  const scored = MATCHERS.map(({ category, exact, prefixes }) => {
    const hits = [...counts].filter(
      ([word]) =>
        exact.has(word) ||
        exact.has(word.replace(/s$/, '')) ||
        prefixes.some((prefix) => word.startsWith(prefix)),
    );
    const score = hits.reduce((sum, [, count]) => sum + Math.log2(1 + count), 0);
    return { category, score: hits.length > 1 ? score : 0 };
  }).sort((a, b) => b.score - a.score);
  const [best, next] = scored;
  if (!best || best.score < LEAST_SCORE) return 'other';
  return best.score - (next?.score ?? 0) < LEAST_LEAD ? 'other' : best.category;
}

/** An emoji for the talk: of a telling word in its title, else of its category. */
export function chooseEmoji(title: string, category: Category): string {
  return TELLING_EMOJI.find(([pattern]) => pattern.test(title))?.[1] ?? EMOJI[category];
}
