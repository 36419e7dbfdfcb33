import type { Sentence } from '../sentences.ts';
import type { Statement } from './statements.ts';

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
  'is of a relative': ({ statement }) => statement !== null && statement.who !== '',
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
export function featuresOf(fact: SaidFact): string[] {
  return [`form: ${fact.form}`, ...Object.keys(FEATURES).filter((name) => FEATURES[name]?.(fact))];
}
