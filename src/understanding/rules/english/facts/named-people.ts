import { isCommonWord } from '../../../../text/word-classes.ts';
import type { Sentence } from '../../talk.ts';
import type { Tag } from '../tagger.ts';
import { isOfClass } from './noun-classes.ts';
import { RELATIVE } from './statements.ts';

/** The name of somebody or of an animal of the user, with the sentence that said who it is. */
export interface NamedPerson {
  content: string;
  said: readonly Sentence[];
}

const NAME = '(?<x>\\p{Lu}\\p{Ll}[\\p{L}-]*)';
const END = '(?=[,.;!?]|$)';
const KIN = `(?<k>${RELATIVE})`;
/** Who and their name in one sentence; `x` is the name, `k` what they are, `sure` if no comma could address a listener. */
const TOGETHER: readonly RegExp[] = [
  new RegExp(`\\b(?:[Mm]y|[Oo]ur) ${KIN} ${NAME}(?! \\p{Lu}\\p{Ll})`, 'u'),
  new RegExp(`\\b(?:[Mm]y|[Oo]ur) ${KIN}, ${NAME}${END}`, 'u'),
  new RegExp(`(?:^|[,;] |\\b(?:and|but|so|with|to|for|by) )${NAME}, (?:my|our) ${KIN}${END}`, 'u'),
  new RegExp(`(?:^|, |\\b(?:and|but|so) )${NAME}(?:'s| is) (?:[Mm]y|[Oo]ur) ${KIN}\\b`, 'u'),
  new RegExp(`\\b(?:[Mm]y|[Oo]ur) (?<k>${RELATIVE}'?s? name)(?:'s| is) ${NAME}`, 'u'),
  new RegExp(`\\b(?:[Mm]y|[Oo]ur) ${KIN}(?:'s| is) (?:called|named) ${NAME}`, 'u'),
  new RegExp(`\\b(?:have|got|'ve) an? (?:[\\p{Ll}-]+ ){0,2}${KIN}, ${NAME}${END}`, 'u'),
];
const MARRIED = new RegExp(
  `(?:^|[,;] |\\b(?:and|but|so) )${NAME} and I (?:are |just )?(?<k>getting married|got married|got engaged|married|engaged)\\b`,
  'u',
);
/** A name alone, for somebody whom the user or the question spoke of before. */
const ALONE = new RegExp(
  `^(?:(?:[Yy]es|[Yy]eah|[Oo]h|[Nn]o)[,.]? )?(?:[Tt]hat(?:'s| is) |(?:[Hh]is|[Hh]er|[Ii]ts|[Tt]he) name(?:'s| is) |(?:[Hh]e|[Ss]he)(?:'s| is) (?:called|named) )?${NAME}(?:, (?:yes|yeah|actually))?[.!?]*$`,
  'u',
);
const SPOKEN_OF = new RegExp(
  `\\b(?:(?<own>[Mm]y|[Oo]ur|[Yy]our)|(?:have|got|'ve) an?|^(?:[Aa]|[Oo]ne)|[Tt]he) (?:[\\p{Ll}-]+ ){0,2}?${KIN}\\b(?!['’]s|,? \\p{Lu})`,
  'u',
);
const CALLED = /\b(?:called|name|names)\b/i;
const IDENTIFIED = new RegExp(`^(?:[Tt]hat|[Hh]e|[Ss]he)(?:'s| is) (?:my|our) ${KIN}[.!]?$`, 'u');
/** Sentences back in which somebody may have been spoken of, and if the name is an answer to one with it. */
const BACK = 2;
const BACK_OF_ECHO = 7;
const NO_NAME =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december|mr|mrs|ms|dr|god|jesus|christmas|easter|grandad|grandma|grandpa|mum|mom|dad|nan|english|french|german|spanish)$/i;
const MANY = /^(?:kids|children|parents|sons|daughters|brothers|sisters|twins|dogs|cats)$/i;

/** Returns the words of the names of those who speak. */
export function namesHeard(sentences: readonly Sentence[]): ReadonlySet<string> {
  return new Set(sentences.flatMap(({ name }) => name?.split(' ') ?? []));
}

/**
 * Names of relatives and animals that a sentence of the user says, alone or with those before it.
 *
 * @param heard see `namesHeard`
 */
export function namedPeople(
  sentences: readonly Sentence[],
  index: number,
  heard: ReadonlySet<string>,
  tag: Tag,
): NamedPerson[] {
  const sentence = sentences[index];
  if (!sentence?.isUser) return [];
  const isName = (word: string): boolean =>
    !heard.has(word) &&
    !NO_NAME.test(word) &&
    !isCommonWord(word.toLowerCase()) &&
    !isOfClass(word, ['trade', 'kin']);
  const found: NamedPerson[] = [];
  for (const pattern of TOGETHER) {
    const { k, x } = pattern.exec(sentence.text)?.groups ?? {};
    if (k !== undefined && x !== undefined && isName(x) && !MANY.test(k)) {
      found.push({ content: `${k} is ${x}`, said: [sentence] });
    }
  }
  const { k: how, x: whom } = MARRIED.exec(sentence.text)?.groups ?? {};
  if (how !== undefined && whom !== undefined) {
    found.push({ content: `Is ${how} to ${whom}`.replace('Is got', 'Got'), said: [sentence] });
  }
  if (found.length > 0) return found;
  const before = sentences.slice(Math.max(0, index - BACK_OF_ECHO), index).reverse();
  const who = IDENTIFIED.exec(sentence.text)?.groups?.k;
  const last = /(?<=\s)(\p{Lu}\p{Ll}+)[.!]$/u.exec(before[0]?.isUser ? before[0].text : '')?.[1];
  if (who !== undefined && last !== undefined && isName(last) && before[0]) {
    return [{ content: `${who} is ${last}`, said: [before[0], sentence] }];
  }
  const name = ALONE.exec(sentence.text)?.groups?.x;
  if (name === undefined || !isName(name) || !isNoun(name, tag)) return [];
  const isEcho = before[0]?.text.includes(name) === true;
  for (const other of before.slice(0, isEcho ? BACK_OF_ECHO : BACK)) {
    const { own, k } = SPOKEN_OF.exec(other.text)?.groups ?? {};
    const isYours = /^your$/i.test(own ?? '') || CALLED.test(other.text);
    const isOwn = other.isUser ? !/^your$/i.test(own ?? '') : isYours;
    const isTheirs = !/^the$/i.test(own ?? '') || isOfClass(k ?? '', ['pet']) || k === 'baby';
    if (k !== undefined && isOwn && isTheirs && !MANY.test(k)) {
      return [{ content: `${k} is ${name}`, said: [other, sentence] }];
    }
  }
  return [];
}

/** False for words that are a sentence by themselves: "Brilliant." */
function isNoun(word: string, tag: Tag): boolean {
  const pos = tag(`so ${word.toLowerCase()}`)[1]?.pos ?? '';
  return pos === 'NOUN' || pos === 'PROPN';
}
