import { parseNumber } from './dates/spoken-number.ts';

const FINE =
  '(?<!\\bnot )(?:fine|good|great|well|grand|all right|alright|okay|not (?:too |so |that )?bad)';
const GREETING = `(?:a )?(?:very )?(?:good )?(?:morning|afternoon|evening)|good (?:night|day)|night[ -]night|hello|hi(?: there)?|hiya|howdy|hey(?: there)?|welcome|(?:very )?(?:nice|good|lovely|great) to (?:see|meet) you(?: again)?|pleased to meet you|long time no see|how do you do|what's (?:up|new)|how(?:'s| is| are|'ve| have) (?:you|it|things|everything|life|tricks|your day|the family)(?: been)?(?: doing| going| keeping)?(?: today)?|how you doing|and (?:you|yourself)|you (?:all right|alright|okay|good|well)|(?:i'm |i am |we're |all )?${FINE}|can't complain|happy birthday(?: to you)?|merry christmas|happy new year`;
const PARTING =
  "bye(?:[ -]?bye)?|good ?bye|ta[ -]ta|cheerio|ciao|toodle[ -](?:oo|pip)|see (?:you|ya)(?: (?:later|soon|tomorrow|then|around|there|again|next time))?|take care|mind how you go|(?:have a|a) (?:nice|good|great|lovely|pleasant|safe) (?:day|one|evening|night|weekend|week|time|trip|morning|afternoon)|sleep (?:well|tight)|sweet dreams|(?:talk|speak) (?:to you )?(?:later|soon)|(?:i'll )?(?:catch you later|let you (?:go|get on))|i(?:'d|'ve got to| had| have to| must)? (?:better )?(?:go|be off|dash|run)|until next time|you too|same to you|me too";
const MANNERS =
  "thanks?(?: you)?(?: (?:so|very) much| a lot| a million)?|ta|many thanks|sorry(?: about that)?|no (?:problem|worries|trouble|bother)|(?:you're )?(?:very |most )?welcome|don't mention it|(?:it's )?my pleasure|excuse me|pardon(?: me)?|i beg your pardon|bless you|cheers|after you|go ahead|please|never mind|it's (?:fine|nothing|okay|all right)|that's (?:okay|all right|fine)|here you (?:go|are)|there (?:you|we) (?:go|are)";
/** A microphone, a line and a telephone in a pocket. */
const LINE =
  "(?:(?:can|could|do|did) )?(?:you|any(?:body|one)|some(?:body|one)|they|i|we) (?:can |can't |cannot )?(?:all )?hear (?:you|me|us|that|this)(?: (?:okay|all right|well|better|now))*|can you (?:all )?see (?:me|my screen)(?: now)?|loud and clear|(?:am i|you're|i'm|are you) (?:still )?(?:on mute|muted|breaking up|frozen)|(?:i think )?(?:is (?:this|it)|it's|this is)(?: thing)? (?:on|working|recording)|(?:stop|start) recording|are you (?:still )?there|(?:testing|test|check) (?:the )?(?:mic|microphone|recorder|recording)|(?:test|testing|check|mic|microphone|recording)|(?:is )?(?:any|some)(?:body|one) (?:there|in|home)|who(?:'s| is) (?:this|that|there)|only me|wrong number|(?:i (?:think|must have) )?(?:i )?(?:sat on (?:my|the) phone|(?:pocket|butt|bum)[ -]?dial(?:l?ed)?(?: you)?)";
/** What is said to a machine that plays or is quiet. What it is asked to remember matters. */
const MACHINE =
  '(?:hey |okay |ok |hi )?(?:siri|alexa|google|cortana|bixby)(?: (?:stop|pause|play|resume|cancel|next(?: (?:song|track|one))?|skip|louder|quieter|off|volume (?:up|down)|turn (?:it |the volume )?(?:up|down|off|on)))*';
const WEATHER =
  "(?:it's |it is |what )?(?:a )?(?:so |very |really |quite |pretty |rather |bit |little )*(?:nice|lovely|beautiful|gorgeous|glorious|awful|terrible|horrible|miserable|grim|grey|cold|chilly|nippy|parky|freezing|hot|boiling|warm|mild|muggy|sunny|rainy|raining|pouring|drizzling|snowing|wet|windy|blowy|humid|foggy)(?: weather| day| morning| evening| out(?: there)?| outside| again| today)*(?: isn't it| innit)?|(?:it is )?isn't it|i should have brought (?:a|my) (?:coat|jacket|umbrella|scarf)";
const LISTENING =
  "i (?:know|see|bet)|really|exactly|indeed|true|of course|absolutely|totally|definitely|precisely|quite|seriously|fair enough|(?:no|yes) way|got it|go on|tell me about it|you don't say|is that so|what|nothing|i don't know|(?:neither|so|nor) (?:can|do|am|did|have) i|i didn't (?:say|hear) anything|i mean|you know";
const ASIDE =
  "(?:which|what) floor|going (?:up|down)|(?:ground|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)(?: floor)?|where did i (?:put|leave)(?: (?:it|that|them))?|here (?:it is|they are)|what was i (?:saying|going to say|doing)|let me (?:see|think)|come (?:on|in)|let's go|(?:just )?(?:a|one) (?:moment|second|minute|sec)|(?:hang|hold) on|wait|stop it|careful|crazy|cool|oh my (?:god|goodness)|knock knock|you (?:scared me|startled me|made me jump)|ready or not|here (?:i|we) (?:come|go)|(?:after|on) three|say (?:mama|dada|cheese)";
/** Cries, coughs and sung syllables, by their sound; syllables that are words too only in a row. */
const SYLLABLE = '(?:la|na|ba|da|de|di|do|doo|dee|dum|tum|tra|ti|pom|pum|bum|bop|fa|sha|be)';
const SOUND = `(?:o+w|ouch|w?h?oops(?:[ -]a[ -]?daisy)?|yikes|phew|blimey|crikey|gosh|goodness(?: me)?|heavens|damn|boo|a+r*gh|wow+|whoa+|yay|hurra[yh]|hooray|aha|ahem|eek|yuck|ugh|ew+|a+h+|o+h+|a?choo|atishoo|s+h+|shush|b+r+|g+r+|pf+t*|ps+t|ts+k|h+m+|mama|dada|peek-?a-?boo|(?:ha|he|ho|la|na|ba|da|di|dum)+|${SYLLABLE}(?:[ -]+${SYLLABLE})+)`;

const formula = (...kinds: string[]): RegExp =>
  new RegExp(`(?<![\\p{L}'])(?:${kinds.join('|')})(?![\\p{L}'])`, 'giu');
const POLITE = formula(GREETING, PARTING, MANNERS);
const FORMULA = formula(
  ...[GREETING, PARTING, MANNERS, LINE, MACHINE, WEATHER, LISTENING, ASIDE, SOUND],
);
/** Talk to an animal, and what else is said to it. */
const PET =
  /\b(?:good|clever|bad|naughty) (?:boy|girl|dog|cat|puppy|lad)\b|\bkitty\b|\bpuss\b|\bwalkies\b/i;
const TO_PET = formula(
  "(?:(?:who's|who is) a )?(?:good|clever|bad|naughty) (?:boy|girl|dog|cat|puppy|lad)|you are|kitty|puss|walkies|sit|stay|fetch|heel|(?:drop|leave) it|down|paw|roll over|come(?: here)?|here|off",
);
/** "Where are my keys? Ah, here they are." */
const FOUND = /\bhere (?:it is|they are)\b/i;
const SOUGHT = formula("where(?:'s| is| are) (?:my|the) \\p{L}+");
/** A word at the end of a sentence that may be a name; a day there may be a plan. */
const CALLED =
  /(?<=\S,? )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December)\p{Lu}\p{Ll}+(?=[.?!]*$)/u;

/** What may stand between such phrases and says nothing either, and how people are addressed. */
const PARTICLES = new Set(
  `a ah aha and anyway but er erm go heave hm hmm huh is it just like mhm mm no nope not now oh ok okay
  ooh rest right set so steady sure that the then there this too uh uh-huh um well yeah yep yes yup you
  all baby boys bro buddy darling dear dude everybody everyone folks gentlemen girls guys honey ladies
  lads love madam man mate miss pal pet sir sweetheart`.split(/\s+/),
);

/** Finds what a talk says besides greetings, thanks, tests of a microphone, cries and the like. */
export class PhaticTalk {
  readonly #names: ReadonlySet<string>;
  readonly #formulas: readonly RegExp[];

  /**
   * @param texts the sentences of the talk: what is said to a pet depends on them
   * @param names the people who take part, in lower case
   */
  constructor(texts: readonly string[], names: ReadonlySet<string>) {
    this.#names = names;
    this.#formulas = [
      ...(texts.some((text) => PET.test(text)) ? [TO_PET] : []),
      ...(texts.some((text) => FOUND.test(text)) ? [SOUGHT] : []),
      FORMULA,
    ];
  }

  /** Returns the words of a sentence that say something, in lower case; none if it is empty. */
  wordsLeft(text: string): string[] {
    const rest = text.replaceAll('’', "'").replace(CALLED, '');
    const isGreeted = rest !== text && rest.search(POLITE) >= 0;
    let plain = (isGreeted ? rest : text)
      .toLowerCase()
      .replaceAll('’', "'")
      .replace(/[^\p{L}\p{N}' -]+/gu, ' ')
      .replace(/\s+/g, ' ');
    for (const pattern of this.#formulas) plain = plain.replace(pattern, ' ');
    return plain
      .split(/[\s-]+/)
      .filter((word) => word !== '' && !PARTICLES.has(word) && !this.#names.has(word));
  }
}

/** True if words count from one, or down to one or zero: "one two three", "three two one". */
export function isCounting(words: readonly string[]): boolean {
  const numbers = words.map(parseNumber);
  const isUp = numbers.every((n, at) => n === 1 || (at > 0 && n === (numbers[at - 1] ?? 0) + 1));
  const isDown = numbers.every(
    (n, at) => n !== null && (at === 0 || n === (numbers[at - 1] ?? 0) - 1),
  );
  const last = numbers.at(-1) ?? null;
  return (
    numbers.length > 1 && (isUp || (numbers.length > 2 && isDown && last !== null && last < 2))
  );
}
