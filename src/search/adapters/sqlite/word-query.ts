import { createHash } from 'node:crypto';
import { isQuestion } from '../../../text/questions.ts';
import {
  isUnspaced,
  letterCount,
  takesParticles,
  UNSPACED_CHARACTER,
} from '../../../text/scripts.ts';
import { stemOf } from '../../../text/stems.ts';
import { bareWords, plainForm, tokenize } from '../../../text/tokenizer.ts';
import { isAskingWord, isStopWord } from '../../../text/word-classes.ts';

/** Longer queries are cut: an answer never hangs on the thirtieth word. */
const MAX_TERMS = 24;
/** Characters of a word that are looked for: patterns are made of them. */
const MAX_WORD = 64;
/** Words of fewer letters are not looked up as prefixes: they would match much of a language. */
const MIN_PREFIX_LETTERS = 3;

const UNSPACED = new RegExp(UNSPACED_CHARACTER, 'gu');
const QUOTED = /["“”„«»]([^"“”„«»]+)["“”„«»]/gu;

/** One thing to look for: a word, or a run of characters of a script without spaces. */
export interface QueryTerm {
  /** In lower case, composed. */
  word: string;
  /** What it is compared by outside of FTS5. */
  stem: string;
  /** True for a run of characters that no space separates from its neighbours. */
  unspaced: boolean;
  /** FTS5 expression that matches the term itself. */
  exact: string;
  /** FTS5 expression that matches words that begin with it; null if that would match too much. */
  prefix: string | null;
  /** True if the word may go on: the last one, still being typed, or a Korean one before a particle. */
  isBeginning: boolean;
}

/** A user's query, taken apart. Every expression is built of quoted words only, so none can fail. */
export interface WordQuery {
  /** The words that decide, each once. Empty: nothing to look for. */
  terms: QueryTerm[];
  /** The words in their order (FTS5 phrases, all of which must occur); null for a single word. */
  phrase: string | null;
  /** True if the phrase is what stands in quotes, so perhaps not the whole query. */
  quoted: boolean;
}

/**
 * Returns a text as the index holds it and as a query is read: in plain form, with spaces around
 * each character of a script without spaces, because FTS5's `unicode61` divides only at separators.
 */
export function toIndexText(text: string): string {
  return plainForm(text).replace(UNSPACED, ' $& ');
}

/**
 * Reads what a user typed; whatever FTS5 would take for syntax is only punctuation here. Of a
 * question the words that only ask are left out as long as others remain. With `without` (lower
 * case) these are left out as well, and nothing may remain.
 */
export function parseWordQuery(
  text: string,
  without: ReadonlySet<string> | null = null,
): WordQuery {
  const asks = isQuestion(text);
  const isIdle = (word: string) => isStopWord(word) || (asks && isAskingWord(word));
  const words = queryWords(text).slice(0, MAX_TERMS * 2);
  const telling = words.filter((word) => !isIdle(word) && !without?.has(word.toLowerCase()));
  const decisive = words.filter((word) => !isStopWord(word));
  const chosen = without
    ? telling
    : ([telling, decisive, words].find((some) => some.length > 0) ?? []);
  const last = words.at(-1);
  const terms = new Map<string, QueryTerm>();
  for (const word of chosen) {
    const key = word.toLowerCase();
    if (terms.size >= MAX_TERMS && !terms.has(key)) break;
    terms.set(key, toTerm(word, !asks && word === last && word === chosen.at(-1)));
  }
  const quotes = quotedParts(text);
  const phrase = quotes.length > 0 ? quotes.map(toPhrase).join(' AND ') : runOf(words, isIdle);
  return { terms: [...terms.values()], phrase, quoted: quotes.length > 0 };
}

function toTerm(word: string, last: boolean): QueryTerm {
  const exact = toPhrase([word]);
  const unspaced = isUnspaced(word);
  const prefix = letterCount(word) >= MIN_PREFIX_LETTERS && !unspaced ? `${exact} *` : null;
  const lower = word.toLowerCase();
  const isBeginning = prefix !== null && (last || takesParticles(word));
  return { word: lower, stem: stemOf(lower), unspaced, exact, prefix, isBeginning };
}

function quotedParts(text: string): string[][] {
  return [...text.matchAll(QUOTED)]
    .map((match) => queryWords(match[1] ?? ''))
    .filter((part) => part.length > 0)
    .slice(0, 4);
}

function runOf(words: readonly string[], isIdle: (word: string) => boolean): string | null {
  const run = trimIdle(words, isIdle);
  return run.length > 1 ? toPhrase(run) : null;
}

/** What was spoken seldom begins or ends as the question does: "what about the red car". */
function trimIdle(words: readonly string[], isIdle: (word: string) => boolean): string[] {
  const from = words.findIndex((word) => !isIdle(word));
  if (from < 0) return [...words];
  const to = words.findLastIndex((word) => !isIdle(word));
  return words.slice(from, to + 1);
}

/** The words of a query. A run of characters without spaces is divided as dictionaries do. */
function queryWords(text: string): string[] {
  return bareWords(text)
    .slice(0, MAX_TERMS * 2)
    .map((word) => word.slice(0, MAX_WORD))
    .flatMap((word) => (isUnspaced(word) ? divided(word) : [word]));
}

/** Each part is a phrase of its characters, so that it need not be a word if it was said. */
function divided(run: string): string[] {
  const parts = tokenize(run).map((token) => token.text);
  return parts.length === 0 ? [run] : parts;
}

function toPhrase(words: readonly string[]): string {
  return `"${toIndexText(words.join(' ')).trim()}"`;
}

/** Returns the word that stands for a speaker in the index: no query contains it by chance. */
export function peopleToken(speaker: string): string {
  return `p${createHash('sha256').update(speaker, 'utf8').digest('hex').slice(0, 20)}`;
}
