import { type Score, scoreOf } from '../claims/claim-score.ts';
import { type EndingSentence, featuresOfEnding, isOfClass, objectsOf } from './ending-features.ts';
import WEIGHTS from './ending-weights.json' with { type: 'json' };

/** How endings are judged: the score, and from which one a sentence ends a fact. */
export interface EndingJudge {
  score: Score;
  from: number;
}

const FITTED: EndingJudge = {
  score: (features) => scoreOf(features, WEIGHTS),
  from: WEIGHTS.from,
};

/**
 * What holds instead of a fact after a sentence that ends it, such as "Is no longer a waiter"; null if
 * the sentence leaves the fact as it is.
 */
export function endingOf(
  fact: string,
  sentence: EndingSentence,
  { score, from }: EndingJudge = FITTED,
): string | null {
  if (/\bno longer\b/i.test(fact)) return null;
  // A user may have thousands of facts: what has nothing to do with the sentence is not looked at more closely.
  const isNear =
    objectsOf(fact).some((word) => sentence.stems.has(word)) || isOfClass(fact, sentence.text);
  return isNear && score(featuresOfEnding(fact, sentence)) >= from ? withoutIt(fact) : null;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** "Is a waiter" as "Is no longer a waiter", "Has a dog" as "No longer has a dog". */
function withoutIt(fact: string): string {
  const negative = /^Doesn't (?<verb>\p{L}+)(?<rest>.*)$/u.exec(fact)?.groups;
  if (negative) return `${capital(negative.verb ?? '')}s${negative.rest}`;
  const ofRelative =
    /^(?<who>(?:Older |Younger |Little |Big |Best )?\p{L}+(?<!s)(?: \p{Lu}\p{L}+)?) (?<verb>is|lives|works|studies|teaches|plays|has)\b(?<rest>.*)/u.exec(
      fact,
    )?.groups;
  if (ofRelative) {
    const { who = '', verb = '', rest = '' } = ofRelative;
    return verb === 'is' ? `${who} is no longer${rest}` : `${who} no longer ${verb}${rest}`;
  }
  if (/^Is\b/.test(fact)) return fact.replace(/^Is\b/, 'Is no longer');
  return `No longer ${fact.charAt(0).toLowerCase()}${fact.slice(1)}`;
}
