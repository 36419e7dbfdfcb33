import { stemOf } from '../../../../text/stems.ts';
import { tokenize } from '../../../../text/tokenizer.ts';
import { isStopWord } from '../../../../text/word-classes.ts';

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
/** Verbs of facts: what a sentence may say with another verb ("I quit my job at the bank"). */
const VERBS = new Set(
  'lives live works work has have drives drive plays play is doesn eats eat drinks drink loves love likes like enjoys enjoy hates hate stand training called named with no longer'.split(
    ' ',
  ),
);
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

/** The words by which a fact is recognised again: names and nouns, not its verb. */
function objectsOf(content: string): string[] {
  const core = content.split(/ with | and | since /)[0] ?? content;
  return tokenize(core)
    .map(({ lower }) => lower)
    .filter((word) => !VERBS.has(word) && !isStopWord(word))
    .map(stemOf);
}

/**
 * What holds instead of a fact after a sentence that ends it, such as "Is no longer a waiter"; null if
 * the sentence leaves the fact as it is.
 */
export function endingOf(fact: string, sentence: string): string | null {
  if (/\bno longer\b/i.test(fact)) return null;
  const other = SOMEBODY_ELSE.exec(sentence)?.groups?.who?.toLowerCase();
  if (other !== undefined && !new RegExp(`\\b${other}`, 'i').test(fact)) return null;
  const said = new Set(tokenize(sentence).map(({ lower }) => stemOf(lower)));
  const objects = objectsOf(fact);
  const last = objects.at(-1);
  if (objects.some((word) => said.has(word) && isOthers(word, sentence))) return null;
  const isNamed = last !== undefined && said.has(last);
  const names = isNamed || headsOf(fact).some((word) => said.has(word));
  if (PARTED.test(sentence) && BONDS.test(fact)) return withoutIt(fact);
  if (OUTGROWN.some(([end, over]) => end.test(sentence) && over.test(fact))) return withoutIt(fact);
  if (DIED.test(sentence) && BEINGS.test(fact) && objects.some((word) => said.has(word))) {
    return withoutIt(fact);
  }
  const negative = /^(?:Doesn't|Can't stand) (?<rest>(?<verb>\p{L}+).*)$/u.exec(fact)?.groups;
  if (negative) {
    const isBack = isNamed && AGAIN.test(sentence) && !DENIED.test(sentence);
    if (!isBack) return null;
    const { verb = '', rest = '' } = negative;
    return /^Doesn't/.test(fact) ? `${capital(verb)}s${rest.slice(verb.length)}` : withoutIt(fact);
  }
  if (/^(?:Smokes|Vapes)$/.test(fact)) {
    return DENIED.test(sentence) && /\b(?:smok|vap)/i.test(sentence) ? withoutIt(fact) : null;
  }
  if (!names || !DENIED.test(sentence)) return null;
  const isLasting = /\b(?:any ?more|any longer|no longer|after all)\b/i.test(sentence);
  if (!isLasting && NOT_NOW.test(sentence)) return null;
  if (
    /\bleft\b.* (?:early|late|at (?:\d|half|quarter|noon|midnight|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))\b/i.test(
      sentence,
    )
  )
    return null;
  // "I left the bakery": a place of work; one leaves a house every day.
  if (
    /\bleft\b/i.test(sentence) &&
    !/^(?:Works|Teaches|Studies|Sings|Plays|Volunteers)\b|^Is (?:an? )/.test(fact)
  )
    return null;
  return withoutIt(fact);
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** "Is a waiter" as "Is no longer a waiter", "Has a dog" as "No longer has a dog". */
function withoutIt(fact: string): string {
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
