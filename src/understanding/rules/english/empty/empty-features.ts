import { stemOf } from '../../../../text/stems.ts';
import { isCommonWord, isFunctionWord, isPhaticWord } from '../../../../text/word-classes.ts';
import type { Sentence } from '../../talk.ts';
import { countBroadcastCues } from '../broadcast.ts';
import { kindsOf, turnOf } from '../claims/word-features.ts';
import { parseNumber } from '../dates/spoken-number.ts';
import { isOfClass } from '../facts/noun-classes.ts';
import SPREAD from '../subjects/word-spread.json' with { type: 'json' };
import type { TaggedWord } from '../tagger.ts';
import type { TalkContext } from '../talk-context.ts';

/** Characters and words of a sentence that are looked at. */
const MAX_TEXT = 400;
const MAX_WORDS = 40;
/** The class of words that are said in hardly any talk. */
const RARE = 5;
const SPREADS: ReadonlyMap<string, number> = new Map(Object.entries(SPREAD));
/** What a voice is that somebody named after its device; "Speaker 1" and "Host" may be anybody. */
const VOICES: Readonly<Record<string, RegExp>> = {
  programme:
    /^(?:the )?(?:tv|telly|television|radio|advert\p{L}*|commercial|jingle|podcast|film|movie|audiobook|presenter|newsreader|reporter|commentator|narrator|video)\b/iu,
  music: /^(?:the )?(?:singers?|choir|song|lyrics|music|crowd|fans|all)\b/i,
  machine:
    /^(?:the )?(?:announcer|announcement|tannoy|loudspeaker|lift|elevator|till|checkout|machine|phone|telephone|sat ?nav|navigation|printer|barrier|computer|alexa|siri|google|bus|robot)\b/i,
};
const DAY =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august|september|october|november|december|tomorrow|tonight|yesterday)$/;
const AMOUNT = /^(?:half|quarter|twice|dozen|hundred|thousand)$/;
/** "See you tomorrow" is no plan. */
const PARTING = /\b(see you) (?:tomorrow|later|soon|then|again)\b(?= ?[.!,]|$)/gi;
/** What nobody says in passing. */
const WEIGHTY =
  /^(?:police|ambulance|doctor|hospital|hurts?|pain|blood|sick|ill|die|died|dead|death|dying|born|birth|pregnant|operation|married|marry|wedding|divorce|funeral|hate|fired|hired|job|quit|stolen|lost|allerg\w+|password|code|passport)$/;
const KIN_IS = /^(?:is|'s|was|has|had)$/;
/** Kinds of things that stand alone in a list of what to get. */
const GOODS = ['food', 'artifact', 'substance'];
/** Of two words that no dictionary has the talk may be of another language. */
const FOREIGN = 3;

const few = (count: number): string =>
  count < 5 ? `${count}` : count < 8 ? '5 to 7' : count < 12 ? '8 to 11' : 'more';

/** A sentence as the score of empty talks reads it. */
export interface HeardSentence {
  /** Its words in lower case. */
  words: readonly string[];
  features: readonly string[];
  /** True if it may matter, whatever its score. */
  isDoubtful: boolean;
}

interface ReadSentence {
  sentence: Sentence;
  words: readonly TaggedWord[];
  lowers: readonly string[];
  /** The words that no talk is full of, names of those who speak left out. */
  content: readonly TaggedWord[];
  /** Those of them that no list has. */
  unknown: readonly TaggedWord[];
  verbs: readonly TaggedWord[];
  numbers: readonly number[];
  people: ReadonlySet<string>;
  voice: string;
}

/** Reads the sentence at a place of a talk; `people` are those who take part, in lower case. */
export function hearSentence(
  context: TalkContext,
  at: number,
  people: ReadonlySet<string>,
): HeardSentence | null {
  const sentence = context.sentences[at];
  if (!sentence) return null;
  const read = readSentence(sentence, context, people);
  const features = [
    ...shapeOf(read),
    ...signsOf(read),
    ...turnOf(sentence, context.sentences[at - 1]).filter((name) => name !== 'goes on'),
    ...(context.sentences[at - 1]?.question ? ['after a question'] : []),
    ...wordsOfSentence(read),
  ];
  return { words: [...new Set(read.lowers)], features, isDoubtful: isDoubtful(read) };
}

function readSentence(
  sentence: Sentence,
  { tag }: TalkContext,
  people: ReadonlySet<string>,
): ReadSentence {
  const text = sentence.text.slice(0, MAX_TEXT).replace(PARTING, '$1');
  const words = tag(text)
    .filter(({ pos }) => pos !== 'PUNCT' && pos !== 'SYM')
    .slice(0, MAX_WORDS)
    .map((word) => ({
      ...word,
      lower: word.lower.replaceAll('’', "'"),
      lemma: word.lemma ?? word.lower,
    }));
  const content = words.filter(
    ({ lower, lemma }) =>
      /\p{L}/u.test(lower) &&
      !isCommonWord(lower) &&
      !isCommonWord(lemma) &&
      !isPhaticWord(lower) &&
      !people.has(lower),
  );
  const lowers = words.map(({ lower }) => lower);
  return {
    sentence,
    words,
    lowers,
    content,
    unknown: content.filter(
      ({ lower, lemma }) =>
        kindsOf('nouns', lemma).length + kindsOf('verbs', lemma).length === 0 &&
        spreadOf(lower) === RARE,
    ),
    verbs: words.filter(({ pos }) => pos === 'VERB'),
    numbers: (text.match(/[\p{L}\d-]+/gu) ?? []).flatMap((word) => parseNumber(word) ?? []),
    people,
    voice: voiceOf(sentence),
  };
}

function voiceOf({ name, isUser }: Sentence): string {
  if (isUser) return 'user';
  const device = Object.keys(VOICES).find((voice) => VOICES[voice]?.test(name ?? ''));
  return device ?? 'person';
}

const spreadOf = (word: string): number => SPREADS.get(stemOf(word)) ?? RARE;

/** How long a sentence is and of what words it consists. */
function shapeOf({ sentence, words, lowers, content, unknown, ...read }: ReadSentence): string[] {
  const distinct = new Set(content.map(({ lemma }) => lemma)).size;
  const pos = words.map((word) => (isFunctionWord(word.lower) ? word.lower : word.pos));
  return [
    `words ${few(lowers.length)}`,
    `content ${few(distinct)}`,
    `unknown ${few(unknown.length)}`,
    `rarest ${Math.max(0, ...lowers.map(spreadOf))}`,
    `voice ${read.voice}`,
    `ends ${/[?!]$/.exec(sentence.text)?.[0] ?? '.'}`,
    ...(content.length > distinct ? ['content again'] : []),
    ...(new Set(lowers).size < lowers.length ? ['a word again'] : []),
    ...(new Set(lowers).size * 2 <= lowers.length ? ['repeats itself'] : []),
    ...(read.verbs.length === 0 ? ['no verb'] : []),
    `shape: ${pos.slice(0, lowers.length < 5 ? 4 : 3).join(' ')}`,
    ...new Set(words.map((word) => `pos ${word.pos}`)),
    ...new Set(words.slice(1).map((word, nth) => `pos: ${words[nth]?.pos} ${word.pos}`)),
  ];
}

/** What matters or does not, by signs that do not depend on single words. */
function signsOf({ sentence, words, lowers, verbs, numbers, people }: ReadSentence): string[] {
  const isName = (word: TaggedWord): boolean => word.pos === 'PROPN' && !people.has(word.lower);
  const signs = {
    'says an amount': numbers.length > 0 || lowers.some((word) => AMOUNT.test(word)),
    counts: isSequence(numbers),
    'numbers in no order': numbers.length > 1 && !isSequence(numbers),
    digits: /\d/.test(sentence.text),
    'names a day': lowers.some((word) => DAY.test(word)),
    names: words.slice(1).some(isName),
    'names inside': words.slice(1, -1).some(isName),
    'is mine': lowers.some((word) => /^(?:my|our|mine)$/.test(word)),
    'of somebody absent': lowers.some((word) =>
      /^(?:he|she|they|him|her|them|his|their)$/.test(word),
    ),
    'what I do': verbs.length > 0 && lowers.some((word) => /^(?:i|we)$/.test(word)),
    weighty: lowers.some((word) => WEIGHTY.test(word)),
    kin: words.some(({ lower }) => isOfClass(lower, ['kin'])),
    illness: words.some(({ lower }) => isOfClass(lower, ['illness'])),
    'programme cue': countBroadcastCues([sentence]) > 0,
  };
  return Object.entries(signs).flatMap(([name, isSeen]) => (isSeen ? [name] : []));
}

function wordsOfSentence({ words, lowers, content, verbs }: ReadSentence): string[] {
  const begins = lowers.slice(0, 2).join(' ');
  const things = content.filter(({ pos }) => pos === 'NOUN');
  return [
    `begins: ${lowers[0]}`,
    ...(words.length > 1 ? [`begins: ${begins}`] : []),
    `ends: ${lowers.at(-1)}`,
    ...(words.length < 5 ? [`whole: ${lowers.join(' ')}`] : []),
    ...new Set(lowers.map((word) => `said: ${word}`)),
    ...new Set(lowers.slice(1).map((word, nth) => `said: ${lowers[nth]} ${word}`)),
    ...new Set(
      things.flatMap(({ lemma }) => kindsOf('nouns', lemma)).map((kind) => `thing: ${kind}`),
    ),
    ...new Set(
      verbs.flatMap(({ lemma }) => kindsOf('verbs', lemma)).map((kind) => `deed: ${kind}`),
    ),
    ...new Set(verbs.map(({ lemma }) => `does: ${lemma}`)),
    ...new Set(verbs.map(({ lemma }) => `${lowers[0]} does: ${lemma}`)),
  ];
}

/** True for numbers that go up or down by one, or begin again: "five, six, seven", "one two, one two". */
function isSequence(numbers: readonly number[]): boolean {
  const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
  const isEven = steps.every((step, at) => Math.abs(step) === 1 || numbers[at + 1] === 1);
  return isEven && numbers.length > (numbers[0] === 1 ? 1 : 2);
}

/** What is kept whatever its score: a code, an amount, a day, an illness, things to get, another language. */
function isDoubtful({ sentence, words, content, unknown, voice, ...read }: ReadSentence): boolean {
  if (voice === 'programme' || voice === 'music') return false;
  const goods = content.filter(({ lemma }) =>
    GOODS.some((kind) => kindsOf('nouns', lemma).includes(kind)),
  );
  const distinct = (said: readonly TaggedWord[]): number =>
    new Set(said.map(({ lower }) => lower)).size;
  const isList =
    distinct(goods) > 1 &&
    goods.length === content.length &&
    !words.some(({ pos }) => pos === 'AUX');
  // "Hi, bring milk": a deed that begins the sentence.
  const first = words.find(({ lower }) => !isPhaticWord(lower));
  const isOrder = voice !== 'machine' && goods.length > 0 && first?.pos === 'VERB';
  // "Dad's worse".
  const isOfKin = words.some(
    ({ lower }, nth) => isOfClass(lower, ['kin']) && KIN_IS.test(words[nth + 1]?.lower ?? ''),
  );
  return (
    isList ||
    isOrder ||
    isOfKin ||
    distinct(unknown) >= FOREIGN ||
    /(?!é)[^\p{ASCII}\p{P}\p{S}]/u.test(sentence.text) ||
    (read.numbers.length > 1 && !isSequence(read.numbers)) ||
    read.lowers.some((word) => DAY.test(word) || AMOUNT.test(word) || WEIGHTY.test(word))
  );
}
