import { wordsOf } from '../../../../text/tokenizer.ts';
import { isFunctionWord } from '../../../../text/word-classes.ts';
import type { Sentence } from '../../talk.ts';
import {
  beginningOf,
  grammarOf,
  kindsOf,
  namesOf,
  turnOf,
  wordsSaid,
} from '../claims/word-features.ts';
import { nounPhrases, type Tag } from '../tagger.ts';
import { TRANSIENT } from './fact-frames.ts';
import { isOfClass, NOUN_CLASSES } from './noun-classes.ts';
import { plainOf, type Statement } from './statements.ts';

/** Something that the user may have said of themselves, with what speaks for and against its being a lasting fact. */
export interface SaidFact {
  /** The frame or the rule that it was found by: "state", "taste", "owned"; "none" for any other statement. */
  form: string;
  /** As it is claimed: "Is a nurse". */
  content: string;
  /** The clause that says it. */
  clause: string;
  sentence: Sentence;
  /** What was said before it, null at the beginning. */
  previous: Sentence | null;
  /** True if the talk is hardly more than this, and nobody else's: a note, not an aside. */
  isAlone: boolean;
  /** Null if it was not read from a statement. */
  statement: Statement | null;
}

/** What one says to begin a sentence, or of what one thinks and wants now. */
const MIND =
  /^(?:Thinks?|Knows?|Guess(?:es)?|Means?|Hopes?|Believes?|Feels?|Wants?|Needs?|Wish(?:es)?|Sees?|Hears?|Says?|Tells?|Asks?|Promises?|Remembers?|Forgets?|Thanks?|Bets?|Supposes?|Doesn't (?:know|think|mind|want|care|understand|remember|see|need)|Can't)\b/;
const NEGATIVE = /^(?:\S+ )?(?:Doesn't|Don't|Can't|doesn't|don't|can't|[Nn]ever|[Nn]o|not)\b/;
const VAGUE =
  /\b(?:one|ones|thing|things|lot|bit|so|too|such|like|way|same|all|something|anything)\b/i;
const LASTS = /\b(?:years|since|always|every|usually|never|forever|all my life|for a living)\b/i;

/** Yes-or-no features of a fact, by the name that they have in the table of weights. */
const FEATURES: Readonly<Record<string, (fact: SaidFact) => boolean>> = {
  'is of a relative': ({ statement }) =>
    statement !== null && statement.who !== '' && !statement.isOther,
  'is of another': ({ statement }) => statement?.isOther === true,
  'is soon over': ({ clause }) => TRANSIENT.test(clause),
  'is of us': ({ statement }) => statement?.isGroup === true,
  'is past': ({ statement }) => statement?.predicate.startsWith('~') === true,
  'is a state': ({ statement }) => statement?.predicate.startsWith('be ') === true,
  'is something had': ({ statement }) => statement?.predicate.startsWith('have ') === true,
  'is of the mind': ({ content }) => MIND.test(content),
  'is negative': ({ content }) => NEGATIVE.test(content),
  'is vague': ({ content }) => VAGUE.test(content),
  'has a name': ({ content }) => /(?<=\s)\p{Lu}\p{Ll}/u.test(content),
  'says how long': ({ clause }) => LASTS.test(clause),
  'answers a question': ({ sentence, previous }) =>
    previous?.question === true && previous.speaker !== sentence.speaker,
  'two words': ({ content }) => content.split(' ').length <= 2,
  'many words': ({ content }) => content.split(' ').length > 7,
  'long sentence': ({ sentence }) => sentence.words > 20,
  'is broken off': ({ sentence }) => sentence.broken,
};

/** Returns the names of the features that a fact has. */
export function featuresOf(fact: SaidFact, tag: Tag): string[] {
  return [`form: ${fact.form}`, ...namesOf(FEATURES, fact), ...wordsOfFact(fact, tag)];
}

function wordsOfFact(
  { form, content, clause, statement, sentence, previous, isAlone }: SaidFact,
  tag: Tag,
): string[] {
  const predicate = statement?.predicate.replace(/^~/, 'did ') ?? content;
  const words = tag(`I ${predicate}`).slice(1);
  const verb = words[0]?.lemma ?? '';
  const rest = words.slice(1);
  const [phrase] = nounPhrases(rest);
  const head = phrase?.head ?? null;
  const tags = rest.slice(0, 3).map(({ pos }) => pos);
  return [
    ...whose(statement),
    `does: ${verb}`,
    ...kindsOf('verbs', verb).map((kind) => `does kind: ${kind}`),
    ...beginningOf('says', predicate).slice(1),
    ...rest
      .filter(({ lower }) => isFunctionWord(lower))
      .slice(0, 6)
      .map(({ lower }) => `has: ${lower}`),
    `verb tag: ${words[0]?.pos ?? '-'}`,
    `then tag: ${tags[0] ?? '-'}`,
    `tags: ${tags.slice(0, 2).join(' ')}`,
    ...(head === null
      ? ['no object']
      : [`object: ${head}`, ...kindsOf('nouns', head).map((kind) => `object kind: ${kind}`)]),
    ...NOUN_CLASSES.filter((name) => phrase && isOfClass(phrase.text, [name])).flatMap((name) => [
      `object class: ${name}`,
      `${verb} + ${name}`,
    ]),
    ...around(content, clause, sentence.text),
    ...grammarOf('said', clause),
    ...wordsSaid('word', sentence.text),
    ...turnOf(sentence, previous),
    `words: ${Math.min(5, Math.floor(sentence.words / 5))}`,
    ...(isAlone
      ? [
          'is alone',
          `alone: ${form}`,
          `alone, words: ${Math.min(3, Math.floor(sentence.words / 4))}`,
        ]
      : []),
  ];
}

/** Features of whom or what it is said of: "dentist", a kind of person. */
function whose(statement: Statement | null): string[] {
  if (!statement?.isOther) return [];
  const noun = statement.who.split(' ').at(-1) ?? '';
  return [`of: ${noun}`, ...kindsOf('nouns', noun).map((kind) => `of kind: ${kind}`)];
}

/** Features of what a sentence says beside the fact. */
function around(content: string, clause: string, sentence: string): string[] {
  const at = sentence.indexOf(clause);
  if (at < 0) return [];
  const before = wordsOf(sentence.slice(0, at)).at(-1);
  const [after] = wordsOf(sentence.slice(at + clause.length));
  const share = content.split(' ').length / Math.max(1, sentence.split(' ').length);
  return [
    `share: ${Math.min(4, Math.round(share * 4))}`,
    `after it: ${after ?? '-'}`,
    ...(before === undefined
      ? ['begins the sentence']
      : [
          `before it: ${before}`,
          ...kindsOf('verbs', plainOf(before)).map((kind) => `before it, kind: ${kind}`),
        ]),
  ];
}
