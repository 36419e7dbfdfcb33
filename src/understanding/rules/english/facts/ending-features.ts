import { stemOf } from '../../../../text/stems.ts';
import { tokenize } from '../../../../text/tokenizer.ts';
import { isStopWord } from '../../../../text/word-classes.ts';
import { kindsOf } from '../claims/word-features.ts';
import type { Tag, TaggedWord } from '../tagger.ts';

/** Words of a sentence that are looked at, at most. */
const MAX_WORDS = 40;
/** Verbs of facts: what a sentence may say with another verb ("I quit my job at the bank"). */
const VERBS = new Set(
  'lives live works work has have drives drive plays play is are doesn eats eat drinks drink loves love likes like enjoys enjoy hates hate stand training called named with no longer'.split(
    ' ',
  ),
);
const RELATIVE =
  /\b(?:husband|wife|partner|boyfriend|girlfriend|fianc[ée]e?|mother|mum|mom|father|dad|parents|sister|brother|son|daughter|grand\p{L}+|aunt|uncle|cousin|niece|nephew|flatmate|boss|friend|neighbour|colleague)s?\b/giu;

/** The words by which a fact is recognised again: names and nouns, not its verb. */
export function objectsOf(content: string): string[] {
  return tokenize(content)
    .map(({ lower }) => lower)
    .filter((word) => !VERBS.has(word) && !isStopWord(word))
    .map(stemOf);
}

const relativesIn = (text: string): Set<string> =>
  new Set([...text.toLowerCase().matchAll(RELATIVE)].map(([word]) => stemOf(word)));

/** A sentence that may end facts, read once for all of them. */
export interface EndingSentence {
  text: string;
  stems: ReadonlySet<string>;
  /** Its words with their parts of speech; found when they are asked for. */
  words(): readonly TaggedWord[];
}

/** Reads a sentence for the facts that it may end. */
export function readEnding(text: string, tag: Tag): EndingSentence {
  let words: readonly TaggedWord[] | null = null;
  return {
    text,
    stems: new Set(tokenize(text).map(({ lower }) => stemOf(lower))),
    words() {
      words ??= tag(text).slice(0, MAX_WORDS);
      return words;
    },
  };
}

/** What the words of a fact may be about: "animal", "food". */
function kindsIn(fact: string): string[] {
  const words = fact.toLowerCase().split(' ');
  return [...new Set(words.flatMap((word) => kindsOf('nouns', word)))];
}

/** Returns what speaks for and against a sentence's ending a fact. */
export function featuresOfEnding(fact: string, said: EndingSentence): string[] {
  const sentence = said.text;
  const words = said.words();
  const stems = words.map(({ lower }) => stemOf(lower));
  const objects = objectsOf(fact);
  const last = objects.at(-1);
  const shared = objects.filter((word) => stems.includes(word));
  const share =
    last !== undefined && shared.includes(last) ? 'last' : shared.length > 0 ? 'some' : 'none';
  const at = stems.findIndex((stem) => shared.includes(stem));
  const [verb = ''] = fact.toLowerCase().split(' ', 1);
  const relatives = relativesIn(sentence);
  const own = relativesIn(fact);
  const whose =
    relatives.size === 0 ? 'nobody' : [...relatives].some((one) => own.has(one)) ? 'same' : 'other';
  const kinds = kindsIn(fact);
  const lowers = words.map(({ lower }) => lower);
  const spoken = words.slice(0, at < 0 ? words.length : at);
  const isVerb = ({ pos }: TaggedWord): boolean => pos === 'VERB' || pos === 'AUX';
  const governing = spoken.findLast(isVerb)?.lemma ?? '-';
  const verbs = [...new Set(words.filter(isVerb).map(({ lemma }) => lemma))];
  const pairs = lowers.map((word, nth) => `${lowers[nth - 1] ?? '-'} ${word}`);
  const after = at < 0 ? '-' : (lowers[at + 1] ?? '-');
  return [
    `shares: ${share}`,
    `fact: ${verb}`,
    `about: ${whose}`,
    ...(FOR_A_WHILE.test(sentence) ? ['for a while'] : []),
    ...(SUPPOSED.test(sentence) ? ['is supposed'] : []),
    ...(FOR_GOOD.test(sentence) ? ['for good', `for good, shares ${share}`] : []),
    ...(DENIED.test(sentence) ? ['is denied', `is denied, shares ${share}`] : []),
    ...(FOR_GOOD.test(sentence) && DENIED.test(sentence)
      ? [`denied for good, shares ${share}`]
      : []),
    ...kinds.map((kind) => `kind: ${kind}`),
    ...new Set(lowers.map((word) => `said: ${word}`)),
    ...new Set(pairs.map((pair) => `said: ${pair}`)),
    ...verbs.map((lemma) => `does: ${lemma}`),
    ...verbs.map((lemma) => `shares ${share}, does: ${lemma}`),
    ...verbs.map((lemma) => `${verb}, does: ${lemma}`),
    ...verbs.flatMap((lemma) => kinds.map((kind) => `${kind}, does: ${lemma}`)),
    ...(at < 0
      ? []
      : [
          `before it: ${lowers[at - 1] ?? '-'}`,
          `after it: ${after}`,
          `governed by: ${governing}`,
          `${verb}, governed by: ${governing}`,
          ...kindsOf('verbs', governing).map((kind) => `governed by kind: ${kind}`),
        ]),
    `begins: ${lowers[0] ?? '-'}`,
    ...(/\?$/.test(sentence) ? ['is asked'] : []),
  ];
}

/** Only now, or only this time. */
const FOR_A_WHILE =
  /\b(?:today|tonight|yesterday|this (?:week|morning|afternoon|evening|time|year)|right now|at the moment|yet|early|late|for an? (?:hour|day|week|few|bit|while)|at (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)|(?:last|next) (?:week|night|month))\b/i;
/** Said as it might be, or as others say it. */
const SUPPOSED =
  /\b(?:if|imagine|suppose|nearly|almost|might|would|wish|should|could|must|film|book|dream|says?|told|asked|they say|going to)\b/i;
const FOR_GOOD =
  /\b(?:any ?more|any longer|no longer|after all|for good|at last|finally|these days|now|used to|instead|over|finished|done with)\b/i;
const DENIED = /\b(?:not|never|no|nobody|without|cannot)\b|n't\b/i;
