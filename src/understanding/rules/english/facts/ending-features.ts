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
  /\b(?:husband|wife|partner|boyfriend|girlfriend|fianc[ée]e?|mother|mum|mom|father|dad|parents|sister|brother|son|daughter|gran|nan|granny|grand\p{L}+|aunt|uncle|cousin|niece|nephew|flatmate|boss|friend|neighbour|colleague)s?\b/giu;
/** What relatives are called beside that. */
const SAME: Readonly<Record<string, string>> = {
  mum: 'mother',
  mom: 'mother',
  dad: 'father',
  gran: 'grandmother',
  granny: 'grandmother',
  nan: 'grandmother',
  grandma: 'grandmother',
  grandad: 'grandfather',
  grandpa: 'grandfather',
};

/** Signs in a sentence, by their names as features. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  // "I gave it up", "the flat was sold": something ends.
  'is an end':
    /\b(?:no longer|used to|can't stand|(?:gave|given|giving|gone|went|packed|jacked|chucked) (?:\p{L}+ ){0,4}?(?:up|away|in)|stopped|quit|quitting|rid of|sold|lost|cancelled|dropped|finished|resigned|left|fired|sacked|retired|laid off|let me go|redundant|notice|gr[eo]wn? out of|swapped|switched|dropped out|moved|(?:come|came) out of|stepped down|done with|over|have(?: got)? no|closed)\b/iu,
  dies: /\b(?:died|passed away|is dead|put (?:him|her|it) (?:down|to sleep)|ran away|buried)\b/i,
  'is back': /\b(?:again|now|these days|after all|back|started|took up)\b/i,
  // Only now, or only this time.
  'for a while':
    /\b(?:today|tonight|this (?:week|morning|afternoon|evening|time|year)|right now|at the moment|yet|early|late|for an? (?:hour|day|week|few|bit|while)|at (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)|next (?:week|month))\b/i,
  // Said as it might be, or as others say it.
  'is supposed':
    /\b(?:if|imagine|suppose|nearly|almost|might|would|wish|should|could|must|film|book|dream|dreamt|says?|told|asked|they say|going to)\b/i,
  'for good':
    /\b(?:any ?more|any longer|no longer|after all|for good|at last|finally|these days|now|used to|instead|over|finished|done with)\b/i,
  'is denied': /\b(?:not|never|no|nobody|without|cannot)\b|n't\b/i,
  'is asked': /\?$/,
  'goes elsewhere': /\b(?:moved|moving|switched|changed) .*\bto\b/i,
};

const PARTED =
  /\b(?:divorced|broke up|split up|separated|single again|called off|widowed|left me)\b/i;
const BONDS =
  /^(?:Husband|Wife|Partner|Boyfriend|Girlfriend|Fiancée?) is\b|^Is (?:married|engaged)\b|^Has an? (?:girlfriend|boyfriend|partner|wife|husband)/i;
/** What ends a state by what comes after it: the sentence, and the facts that are over then. */
const OUTGROWN: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\b(?:graduated|finished (?:university|school|college|uni|my (?:degree|studies)))\b/i,
    /\bstudent\b|^Stud|^Is studying\b/,
  ],
  [/\bpassed (?:my|the) (?:driving )?test\b/i, /\b(?:learning to drive|driving lessons)\b/],
  [
    /\b(?:had (?:the|our|my|a) (?:little )?(?:baby|twins|girl|boy)|gave birth|baby (?:came|arrived))\b/i,
    /^Is (?:pregnant|expecting)\b/,
  ],
  [
    /\b(?:found|got|started|start) (?:a|an|the|my) (?:new )?job\b/i,
    /^Is (?:unemployed|between jobs|looking for an? (?:new )?job)\b/,
  ],
  [
    /\bI(?:'ve| have|'m| am)? (?:just |finally )*(?:retired|handed in my notice|quit my job|resigned|been laid off)(?! (?:at|from|as|to)\b)/,
    /^(?:Works|Teaches)\b/,
  ],
];
/** What has a new value rather than an end: "I have three cats now". */
const IS_NUMBERED = /^(?:Has (?:two|three|four|five|six|\d+)|Favourite|(?:\S+ )?[Nn]umber is)\b/;

/** The words by which a fact is recognised again: names and nouns, not its verb. */
export function objectsOf(content: string): string[] {
  return tokenize(content)
    .map(({ lower }) => lower)
    .filter((word) => !VERBS.has(word) && !isStopWord(word))
    .map(stemOf);
}

const relativesIn = (text: string): Set<string> =>
  new Set([...text.toLowerCase().matchAll(RELATIVE)].map(([word]) => stemOf(SAME[word] ?? word)));

/** A sentence that may end facts, read once for all of them. */
export interface EndingSentence {
  text: string;
  stems: ReadonlySet<string>;
  /** What is found when it is first asked for: hardly any sentence has to do with a fact. */
  read(): ReadEnding;
}

interface ReadEnding {
  words: readonly TaggedWord[];
  stems: readonly string[];
  verbs: readonly string[];
  signs: readonly string[];
  features: readonly string[];
}

const isVerb = ({ pos }: TaggedWord): boolean => pos === 'VERB' || pos === 'AUX';

/** Reads a sentence for the facts that it may end. */
export function readEnding(text: string, tag: Tag): EndingSentence {
  let found: ReadEnding | null = null;
  return {
    text,
    stems: new Set(tokenize(text).map(({ lower }) => stemOf(lower))),
    read() {
      found ??= readSigns(text, tag(text).slice(0, MAX_WORDS));
      return found;
    },
  };
}

function readSigns(text: string, words: readonly TaggedWord[]): ReadEnding {
  const lowers = words.map(({ lower }) => lower);
  const verbs = [...new Set(words.filter(isVerb).map(({ lemma }) => lemma))];
  const pairs = lowers.map((word, nth) => `${lowers[nth - 1] ?? '-'} ${word}`);
  const signs = Object.keys(SIGNS).filter((name) => SIGNS[name]?.test(text));
  const features = [
    ...signs,
    ...new Set([...lowers, ...pairs].map((said) => `said: ${said}`)),
    ...verbs.map((lemma) => `does: ${lemma}`),
    `begins: ${lowers[0] ?? '-'}`,
  ];
  return { words, stems: words.map(({ lower }) => stemOf(lower)), verbs, signs, features };
}

/** What the words of a fact may be about: "animal", "food". */
function kindsIn(fact: string): string[] {
  const words = fact.toLowerCase().split(' ');
  return [...new Set(words.flatMap((word) => kindsOf('nouns', word)))];
}

/** True if a sentence and a fact belong together without a common word: "we broke up" and "Is engaged". */
export function isOfClass(fact: string, sentence: string): boolean {
  return (
    (PARTED.test(sentence) && BONDS.test(fact)) ||
    OUTGROWN.some(([end, over]) => over.test(fact) && end.test(sentence))
  );
}

/** How much of a fact a sentence names: its last word, others, or only whom it is about. */
function shareOf(
  objects: readonly string[],
  shared: readonly string[],
  relatives: ReadonlySet<string>,
): string {
  const last = objects.at(-1);
  if (last !== undefined && shared.includes(last)) return 'last';
  if (shared.length === 0) return 'none';
  return shared.every((word) => relatives.has(stemOf(SAME[word] ?? word))) ? 'who' : 'some';
}

/** Returns what speaks for and against a sentence's ending a fact. */
export function featuresOfEnding(fact: string, said: EndingSentence): string[] {
  const { words, stems, verbs, signs, features } = said.read();
  const objects = objectsOf(fact);
  const shared = objects.filter((word) => stems.includes(word));
  const share = shareOf(objects, shared, relativesIn(fact));
  const [verb = ''] = fact.toLowerCase().split(' ', 1);
  const kinds = kindsIn(fact);
  const isNegative = /^(?:Doesn't|Can't|Has no)\b/.test(fact);
  const whose = whoseMatter(fact, said.text, words, stems, shared);
  return [
    ...features,
    `shares: ${share}`,
    ...(shared.length === objects.length ? ['shares all'] : []),
    `fact: ${verb}`,
    ...(IS_NUMBERED.test(fact) ? ['fact has a number'] : []),
    ...(isOfClass(fact, said.text) ? ['is of its class'] : []),
    ...signs.flatMap((sign) => [
      `shares ${share}, ${sign}`,
      `${sign}, ${whose}`,
      ...(isNegative ? [`negative, ${sign}`] : []),
    ]),
    ...(isNegative ? [`negative, shares ${share}`] : []),
    ...(signs.includes('for good') && signs.includes('is denied')
      ? [`denied for good, shares ${share}`]
      : []),
    ...kinds.map((kind) => `kind: ${kind}`),
    ...verbs.map((lemma) => `shares ${share}, does: ${lemma}`),
    ...verbs.map((lemma) => `${verb}, does: ${lemma}`),
    ...aroundShared(
      verb,
      words,
      stems.findIndex((stem) => shared.includes(stem)),
    ),
    whose,
    `${whose}, fact of ${relativesIn(fact).size === 0 ? 'user' : 'relative'}`,
  ];
}

/** Features of the words before and after the first that a sentence shares with a fact. */
function aroundShared(verb: string, words: readonly TaggedWord[], at: number): string[] {
  if (at < 0) return [];
  const governing = words.slice(0, at).findLast(isVerb)?.lemma ?? '-';
  return [
    `before it: ${words[at - 1]?.lower ?? '-'}`,
    `after it: ${words[at + 1]?.lower ?? '-'}`,
    `before it, tag: ${words[at - 1]?.pos ?? '-'}`,
    `after it, tag: ${words[at + 1]?.pos ?? '-'}`,
    `governed by: ${governing}`,
    `${verb}, governed by: ${governing}`,
    ...kindsOf('verbs', governing).map((kind) => `governed by kind: ${kind}`),
  ];
}

/** Whose matter a sentence speaks of, beside the user's: another person's, that of the relative of the fact, nobody's. */
function whoseMatter(
  fact: string,
  sentence: string,
  words: readonly TaggedWord[],
  stems: readonly string[],
  shared: readonly string[],
): string {
  if (words.some((_, nth) => shared.includes(stems[nth] ?? '') && isOthers(words, nth)))
    return 'of others';
  const own = relativesIn(fact);
  const relatives = [...relativesIn(sentence)];
  if (relatives.length === 0) return 'of nobody else';
  if (relatives.some((one) => own.has(one))) return 'of the same';
  const at = stems.findIndex((stem) => shared.includes(stem));
  const first = words.findIndex(({ lower }) => RELATIVE_ALONE.test(lower));
  return at >= 0 && first > at ? 'before another' : 'of another';
}

const RELATIVE_ALONE = new RegExp(`^${RELATIVE.source}$`, 'iu');

/** True if a word is named as another person's: "my neighbour's dog", "her dog". */
function isOthers(words: readonly TaggedWord[], at: number): boolean {
  const before = words[at - 1]?.lower ?? '';
  const owner = words[at - 2]?.lower ?? '';
  return (
    /^(?:his|her|their|your)$/.test(before) ||
    (/^['’]s$/.test(before) && !/^(?:it|that|he|she|there|what|here|let)$/.test(owner))
  );
}
