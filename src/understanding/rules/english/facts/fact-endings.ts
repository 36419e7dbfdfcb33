import { stemOf } from '../../../../text/stems.ts';
import { tokenize } from '../../../../text/tokenizer.ts';
import { type Score, scoreOf } from '../claims/claim-score.ts';
import { type EndingSentence, featuresOfEnding, objectsOf } from './ending-features.ts';
import WEIGHTS from './ending-weights.json' with { type: 'json' };

/** "I don't eat meat any more", "I'm no longer a waiter", "not allergic after all". */
const DENIED =
  /\b(?:no longer|used to|not|never|don't|doesn't|can't stand|can't|do not|aren't|isn't|gave up|given up|giving up|stopped|quit|quitting|got rid of|sold|sell|gave away|lost|cancelled|dropped|finished|resigned from|left|was fired from|got fired from|retired from|laid off|let me go|made redundant|handed in (?:my|our) notice|packed in|jacked in|gr[eo]wn? out of|cancelled|swapped|dropped out|(?:moved|came|come) out of|moved away from|stepped down|(?:I|we)(?:'ve| have)(?: got)? no)\b/i;
/** What denies only for a while, or something else. */
const NOT_NOW =
  /\b(?:today|tonight|right now|at the moment|with me|yet|this (?:week|morning|evening)|only|just|mind|know|think|want|have to|forget|if)\b/i;
const PARTED =
  /\b(?:divorced|broke up|split up|separated|single again|called off|widowed|left me)\b/i;
const DIED = /\b(?:died|passed away|is dead|put (?:him|her|it) (?:down|to sleep)|ran away)\b/i;
const GRADUATED =
  /\b(?:graduated|finished (?:university|school|college|uni|my (?:degree|studies)))\b/i;
/** What ends a state by what comes after it: the sentence, and the facts that are over then. */
const OUTGROWN: readonly (readonly [RegExp, RegExp])[] = [
  [GRADUATED, /\bstudent\b/],
  [/\bpassed (?:my|the) (?:driving )?test\b/i, /\b(?:learning to drive|driving lessons)\b/],
  [/\b(?:had (?:the|our|my) (?:baby|twins)|gave birth)\b/i, /^Is (?:pregnant|expecting)\b/],
  [
    /\b(?:found|got|started) (?:a|an|the|my) (?:new )?job\b/i,
    /^Is (?:unemployed|between jobs|looking for an? (?:new )?job)\b/,
  ],
  [
    /\bI(?:'ve| have|'m| am)? (?:just |finally )*(?:retired|handed in my notice|quit my job|resigned|been laid off)(?! (?:at|from|as|to)\b)/,
    /^(?:Works|Teaches)\b/,
  ],
];
/** A relative or somebody else of whom a sentence says that something ended. */
const SOMEBODY_ELSE =
  /^(?:(?:and|but|so|well|oh|anyway),? )?(?:my|our|his|her|their|your) (?<who>(?!husband|wife|partner|boyfriend|girlfriend)\p{L}+)(?: \p{Lu}\p{L}+)?(?:'s|’s)? (?:is|was|has|have|had|just|finally|got|gave|quit|stopped|sold|left|lost|dropped|divorced|separated|split|broke|isn't|doesn't|don't|no longer|retired|moved|graduated|passed|cancelled)\b/iu;
const AGAIN = /\b(?:again|now|these days|after all)\b/i;
const BONDS =
  /^(?:Husband|Wife|Partner|Boyfriend|Girlfriend|Fiancée?) is\b|^Is (?:married|engaged)\b|^Has an? (?:girlfriend|boyfriend|partner|wife|husband)/i;
const BEINGS =
  /\b(?:dogs?|cats?|puppy|kitten|horses?|pony|rabbits?|parrots?|hamsters?|mother|mum|mom|father|dad|grand\p{L}+|wife|husband|sister|brother|aunt|uncle)\b/iu;

/** The last word of each part of a fact that names something: "flat" and "Leith" of "Lives in a flat in Leith". */
function headsOf(content: string): string[] {
  const parts = content.split(/ (?=(?:in|at|on|with|called|named|since|and) )/);
  return parts.flatMap((_, at) => objectsOf(parts.slice(0, at + 1).join(' ')).at(-1) ?? []);
}

/** True if a sentence names a thing as another person's: "my neighbour's dog", "her dog". */
function isOthers(object: string, sentence: string): boolean {
  const words = tokenize(sentence).map(({ lower }) => lower.replaceAll('’', "'"));
  const at = words.findIndex((word) => stemOf(word) === object);
  const before = words[at - 1] ?? '';
  return /^(?:his|her|their|your)$|(?<!^(?:it|that|he|she|there|what|here|let))'s$/.test(before);
}

/** What has a new value rather than an end: "I have three cats now". */
const IS_NUMBERED = /^(?:Has (?:two|three|four|five|six|\d+)|Favourite|(?:\S+ )?[Nn]umber is)\b/;

/** "I moved from Porto to Lisbon": the new home stands for the old one. */
const GOES_TO = /\b(?:moved|moving|switched|changed) .*\bto\b/i;

/** How endings are judged: the score, and from which one of a sentence that ends a fact plainly, or by its words only. */
export interface EndingJudge {
  score: Score;
  seen: number;
  told: number;
}

const FITTED: EndingJudge = {
  score: (features) => scoreOf(features, WEIGHTS),
  seen: WEIGHTS.seen,
  told: WEIGHTS.told,
};

/**
 * What holds instead of a fact after a sentence that ends it, such as "Is no longer a waiter"; null if
 * the sentence leaves the fact as it is. A fitted score of the sentence's words has the last word.
 */
export function endingOf(
  fact: string,
  sentence: EndingSentence,
  { score, seen, told }: EndingJudge = FITTED,
): string | null {
  if (/\bno longer\b/i.test(fact)) return null;
  const { text, stems } = sentence;
  const objects = objectsOf(fact);
  const isSeen = isEnded(fact, objects, sentence);
  // A user may have thousands of facts: what shares no word with the sentence is not looked at more closely.
  if (!isSeen && !objects.some((word) => stems.has(word))) return null;
  const features = featuresOfEnding(fact, sentence);
  const isOthersMatter =
    features.includes('about: other') || objects.some((word) => isOthers(word, text));
  const isReplaced = IS_NUMBERED.test(fact) || GOES_TO.test(text);
  if (!isSeen && (isOthersMatter || isReplaced)) return null;
  return score(features) >= (isSeen ? seen : told) ? withoutIt(fact) : null;
}

/** True if a sentence plainly ends a fact. */
function isEnded(
  fact: string,
  objects: readonly string[],
  { text: sentence, stems: said }: EndingSentence,
): boolean {
  const other = SOMEBODY_ELSE.exec(sentence)?.groups?.who?.toLowerCase();
  if (other !== undefined && !new RegExp(`\\b${other}`, 'i').test(fact)) return false;
  const last = objects.at(-1);
  if (objects.some((word) => said.has(word) && isOthers(word, sentence))) return false;
  const isNamed = last !== undefined && said.has(last);
  const names = isNamed || headsOf(fact).some((word) => said.has(word));
  if (PARTED.test(sentence) && BONDS.test(fact)) return true;
  if (OUTGROWN.some(([end, over]) => end.test(sentence) && over.test(fact))) return true;
  if (DIED.test(sentence) && BEINGS.test(fact) && objects.some((word) => said.has(word))) {
    return true;
  }
  if (/^(?:Doesn't|Can't stand) /.test(fact)) {
    const isBack = isNamed && AGAIN.test(sentence) && !DENIED.test(sentence);
    return isBack;
  }
  if (/^(?:Smokes|Vapes)$/.test(fact)) {
    return DENIED.test(sentence) && /\b(?:smok|vap)/i.test(sentence);
  }
  if (!names || !DENIED.test(sentence)) return false;
  const isLasting = /\b(?:any ?more|any longer|no longer|after all)\b/i.test(sentence);
  if (!isLasting && NOT_NOW.test(sentence)) return false;
  if (
    /\bleft\b.* (?:early|late|at (?:\d|half|quarter|noon|midnight|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b/i.test(
      sentence,
    )
  )
    return false;
  // "I left the bakery": a place of work; one leaves a house every day.
  if (
    /\bleft\b/i.test(sentence) &&
    !/^(?:Works|Teaches|Studies|Sings|Plays|Volunteers)\b|^Is (?:an? )/.test(fact)
  )
    return false;
  return true;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** "Is a waiter" as "Is no longer a waiter", "Has a dog" as "No longer has a dog". */
function withoutIt(fact: string): string {
  const negative = /^Doesn't (?<verb>\p{L}+)(?<rest>.*)$/u.exec(fact)?.groups;
  if (negative) return `${capital(negative.verb ?? '')}s${negative.rest}`;
  const ofRelative =
    /^(?<who>(?:Older |Younger |Little |Big |Best )?\p{L}+(?<!s)) (?<verb>is|lives|works|studies|teaches|plays|has)\b(?<rest>.*)/u.exec(
      fact,
    )?.groups;
  if (ofRelative) {
    const { who = '', verb = '', rest = '' } = ofRelative;
    return verb === 'is' ? `${who} is no longer${rest}` : `${who} no longer ${verb}${rest}`;
  }
  if (/^Is\b/.test(fact)) return fact.replace(/^Is\b/, 'Is no longer');
  return `No longer ${fact.charAt(0).toLowerCase()}${fact.slice(1)}`;
}
