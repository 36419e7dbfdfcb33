import { wordsOf } from '../../../../text/tokenizer.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import type { Sentence } from '../../talk.ts';
import KINDS from './word-kinds.json' with { type: 'json' };

type PartOfSpeech = keyof typeof KINDS;

/** Words of a text that are looked at, at most. */
const MAX_WORDS = 40;
/** The same of what every word is a feature of. */
const FEW_WORDS = 20;

const kindsByWord = {
  verbs: byWord(KINDS.verbs),
  nouns: byWord(KINDS.nouns),
};

function byWord(kinds: Readonly<Record<string, string>>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [kind, words] of Object.entries(kinds)) {
    for (const word of words.split(' ')) found.set(word, [...(found.get(word) ?? []), kind]);
  }
  return found;
}

/** What a word in its plain form may be about, as WordNet divides verbs and nouns: "communication", "food". */
export function kindsOf(part: PartOfSpeech, word: string): readonly string[] {
  const kinds = kindsByWord[part];
  return kinds.get(word) ?? kinds.get(word.replace(/s$/, '')) ?? [];
}

/** Features of how a text begins: its first word, and its first two. */
export function beginningOf(name: string, text: string): string[] {
  const [first, second] = wordsOf(text.slice(0, 100));
  if (first === undefined) return [];
  return [`${name}: ${first}`, ...(second === undefined ? [] : [`${name}: ${first} ${second}`])];
}

/** Features of what a sentence comes after: how the words of another begin, or that its speaker goes on. */
export function turnOf(sentence: Sentence, previous: Sentence | null | undefined): string[] {
  if (!previous || previous.speaker === sentence.speaker) return ['goes on'];
  return beginningOf('answers', previous.text);
}

/** Sentences of a note, at most. */
const MAX_NOTE = 3;

/** True for a talk that is hardly more than one statement: a note, or a request and its answer. */
export function isNote(sentences: readonly Sentence[]): boolean {
  return sentences.length <= MAX_NOTE;
}

/** Names of the yes-or-no features of a table that a claim has. */
export function namesOf<T>(
  table: Readonly<Record<string, (claim: T) => boolean>>,
  claim: T,
): string[] {
  return Object.keys(table).filter((name) => table[name]?.(claim));
}

/** Features of the words of grammar in a text: "if", "not", "maybe", "would". */
export function grammarOf(name: string, text: string): string[] {
  const words = new Set(wordsOf(text).slice(0, MAX_WORDS));
  return [...words].filter(isFunctionWord).map((word) => `${name}: ${word}`);
}

/** Features of the first words of a text, each once. */
export function wordsSaid(name: string, text: string): string[] {
  return [...new Set(wordsOf(text).slice(0, FEW_WORDS))].map((word) => `${name}: ${word}`);
}
