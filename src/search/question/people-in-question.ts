import type { Person } from '../../model/people/person.ts';
import { letterCount } from '../../text/scripts.ts';
import { bareWords, tokenize } from '../../text/tokenizer.ts';
import { isAskingWord } from '../../text/word-classes.ts';
import { type AskedPerson, USER_SPEAKER } from '../search-index.ts';

/** "What did I say", "did I promise": the user asks for the user's own words. */
const OWN_WORDS =
  /\b(?:did|have|had|do)\s+I\s+(?:ever\s+|just\s+)?(?:say|said|tell|told|mention|promise|suggest|ask|agree|think|propose|explain|answer|decide|offer|commit)/i;
/** A name of more words is matched by its first ones. */
const MAX_NAME_WORDS = 6;
/** Shorter parts of a name are no name by themselves. */
const MIN_PART_LENGTH = 3;

interface QuestionWord {
  word: string;
  isCapitalised: boolean;
}

/**
 * Whom a question names: people by their whole name, or by a part of it that is nobody else's. A
 * part that is also a plain word ("will", "may") has to be capitalised inside the sentence.
 */
export function findPeopleInQuestion(
  question: string,
  people: readonly Pick<Person, 'id' | 'name'>[],
  userName: string | null,
): AskedPerson[] {
  const words = bareWords(question).map((word, i) => ({
    word: word.toLowerCase(),
    isCapitalised: i > 0 && word !== word.toLowerCase(),
  }));
  const known = people.map(({ id, name }) => ({ speaker: id, name, parts: partsOf(name) }));
  if (userName !== null) {
    known.push({ speaker: USER_SPEAKER, name: userName, parts: partsOf(userName) });
  }
  const owners = countOwners(known.map(({ parts }) => parts));
  const asked: AskedPerson[] = known.flatMap(({ speaker, name, parts }) => {
    const named = namedBy(words, parts, owners);
    return named.length === 0 ? [] : [{ speaker, name, words: named }];
  });
  if (OWN_WORDS.test(question) && !asked.some(({ speaker }) => speaker === USER_SPEAKER)) {
    asked.push({ speaker: USER_SPEAKER, name: userName, words: [] });
  }
  return asked;
}

/** A person as the search of names needs one. */
export type NamedPerson = Pick<Person, 'id' | 'name' | 'createdAt'>;

/** Longer queries are no names. */
const MAX_NAME_QUERY = 3;

/**
 * Returns the people whose name a short query types, the last word perhaps only begun, with what of
 * the name it is: UTF-16 offsets, begin and end.
 */
export function findPeopleByWords(
  query: string,
  people: readonly NamedPerson[],
): { person: NamedPerson; marks: [number, number][] }[] {
  const typed = bareWords(query).map((word) => word.toLowerCase());
  if (typed.length === 0 || typed.length > MAX_NAME_QUERY) return [];
  if (letterCount(typed.join('')) < 2) return [];
  return people.flatMap((person) => {
    const parts = tokenize(person.name);
    const marks = typed.flatMap((word, at): [number, number][] => {
      const isLast = at === typed.length - 1;
      const part = parts.find(({ lower }) => (isLast ? lower.startsWith(word) : lower === word));
      return part ? [[part.index, part.index + (isLast ? word.length : part.text.length)]] : [];
    });
    return marks.length === typed.length
      ? [{ person, marks: marks.sort(([a], [b]) => a - b) }]
      : [];
  });
}

/** The words of the question that mean the name; none if it is not named. */
function namedBy(
  words: readonly QuestionWord[],
  parts: readonly string[],
  owners: ReadonlyMap<string, number>,
): string[] {
  if (parts.length === 0) return [];
  const whole =
    parts.length > 1 && words.some((_, i) => parts.every((p, j) => words[i + j]?.word === p));
  if (whole) return [...parts];
  return words.flatMap(({ word, isCapitalised }) => {
    if (!parts.includes(word) || (owners.get(word) ?? 0) > 1) return [];
    if (letterCount(word) < MIN_PART_LENGTH) return [];
    return isCapitalised || !isPlainWord(word) ? [word] : [];
  });
}

function partsOf(name: string): string[] {
  return bareWords(name)
    .slice(0, MAX_NAME_WORDS)
    .map((word) => word.toLowerCase());
}

function countOwners(names: readonly string[][]): Map<string, number> {
  const owners = new Map<string, number>();
  for (const parts of names) {
    for (const part of new Set(parts)) owners.set(part, (owners.get(part) ?? 0) + 1);
  }
  return owners;
}

/** English words that are names as well; those of `isAskingWord` ("will") are known there. */
const PLAIN_NAMES = new Set(
  'amber april art august autumn bill bob case chase chip dean dawn drew faith frank gene grace grant grey guy hope hunter ivy jack jade jasmine joy june lane lance lily mark mason max may miles nick olive page pat pearl penny pierce ray rich rob robin rose ruby sage sandy skip sky star stone sue summer sunny ward wade wren'.split(
    ' ',
  ),
);

function isPlainWord(word: string): boolean {
  return isAskingWord(word) || PLAIN_NAMES.has(word);
}
