/** What one clause says of the user, or of somebody of their family. */
export interface Statement {
  /** Empty for the user: "older sister", "dentist". */
  who: string;
  /** True if `who` is no relative, but somebody or something else that one calls "my". */
  isOther: boolean;
  isPlural: boolean;
  /** True for "we": the family's, or those of a club or a firm. */
  isGroup: boolean;
  /** The name that was said with a relative, null if none was. */
  name: string | null;
  /**
   * What is said, with its verb in one form: "be a nurse", "have two cats", "not eat meat", "cannot swim";
   * the past with a mark and as it was said, "~moved to Rome".
   */
  predicate: string;
  /** True if an adverb says that it is so time and again. */
  isHabit: boolean;
}

const KIN =
  '(?:step|half-|ex-|great-)?(?:daughter|son|wife|husband|partner|girlfriend|boyfriend|fiancée?|mother|mom|mum|father|dad|sister|brother|grandmother|grandma|grandfather|grandpa|granddaughter|grandson|aunt|uncle|cousin|niece|nephew|godson|goddaughter)(?:-in-law)?|(?:little |baby )?(?:boy|girl)|lad|missus|hubby|nan|gran|granny|grandad|dog|cat|puppy|kitten|horse|rabbit|parrot|hamster|baby|kids?|children|parents|sons|daughters|brothers|sisters|twins?|flatmate|roommate';
/** A relative as people say it behind "my". */
export const RELATIVE = `(?:(?:older|elder|younger|little|big|oldest|eldest|youngest|twin) )?(?:${KIN}|best friend)`;

/** What may stand before a statement without changing it. */
const OPENERS =
  /^(?:(?:and|but|so|well|yes|yeah|yep|no|oh|actually|honestly|anyway|okay|ok|also|because|since|'?cause|cuz|now|then|right|sure|personally|sadly|luckily|unfortunately|currently|these days|nowadays|you know|you see|as you know|I mean|the thing is|in fact|I'm (?:so )?glad(?: that)?|to be honest|to tell (?:you )?the truth|it turns out(?: that)?|turns out|(?:the|my) (?:doctors?|nurse|vet|dentist|lab|tests?|results?) (?:just )?(?:says?|said|told me|show(?:ed)?)(?: that)?|did (?:I|you) (?:tell you|mention|know|say)(?: that)?|I (?:told you|think I told you)(?: that)?|in my (?:free|spare) time|(?:for )?(?:the (?:last|past) )?[\w-]+ years(?: now)?|at home|here|for a living|on weekends|(?:in the|on) (?:mornings?|evenings?)|hi|hello|hey|cool|great|nice|perfect|sorry|thanks|thank you)\b[,:.]? *)+/i;
/** "My brother's boss is": what is said is of the boss. */
const OWNED = "['’]s (?:\\p{Ll}+ ){1,2}(?:is|has|was|\\p{Ll}+[a-rt-z]s)\\b";
/** "my dentist", "our youngest", "my maid of honour", before what looks like a verb. */
const OTHER = `(?<other>(?!own\\b)[\\p{L}-]+(?:(?:'s)? [\\p{L}-]+){0,2}?)(?!${OWNED})(?=(?:'s| is| are| has| have| \\p{Ll}+[a-rt-z]s(?!['’]))\\b)`;
const SUBJECT = new RegExp(
  `^(?:I\\b|(?<group>[Ww]e)\\b|(?:[Mm]y|[Oo]ur) (?:(?<who>${RELATIVE})\\b(?!-|${OWNED})(?:,? (?<name>\\p{Lu}\\p{Ll}[\\p{L}-]*))?,?(?: (?:he|she|they)\\b)?|${OTHER}))`,
  'u',
);
const ADVERBS =
  '(?:(?:actually|really|also|still|currently|now|just|always|mostly|basically|only|recently|both|all|absolutely|totally|personally|finally|already|definitely|mainly|officially|happily|quite|very|pretty much|sort of|kind of|kinda|usually|often|normally|regularly|sometimes|generally|(?:do|did)(?= (?:not|really|still|also|have|like|love|hate|enjoy|live|work|play|drive|speak|smoke|drink|eat|own|know|think|need|want|get|go)))\\b ?)*';
const HABIT = /\b(?:always|usually|often|normally|regularly|sometimes|generally)\b/i;
const PAST_FORM =
  '(?:grew|let|hit|shut|hurt|sat|spoke|woke|drove|rode|wore|drank|sang|swam|flew|ran|stood|understood|fell|chose|threw|rang|shook|hid|froze|stole|rose|fed|led|hung|dug|stuck|swore|tore|lent|fought|was|quit|broke|broken|took|taken|went|gone|came|become|became|got|gotten|lost|bought|sold|made|met|won|began|begun|found|left|built|wrote|written|had|seen|saw|done|did|given|gave|eaten|ate|paid|said|told|kept|held|brought|caught|taught|thought|sent|spent|slept|felt|heard|known|forgotten|chosen|driven|flown|hidden|ridden|worn|drunk|sung|swum|spoken|stolen|thrown|\\p{L}+[^e]ed)';
const PAST = new RegExp(`^${PAST_FORM}$`, 'u');
/** What makes "'s" mean "has": "my son's sold the van", "my son's chucked the job". */
const HAS = `${ADVERBS}(?:left|grown|given|taken|quit|bought|sold|come|become|begun|found|had|seen|brought|shut|put|\\p{L}+[^e]ed (?:the|an?|his|her|their|my|our|it|off|up|out|\\p{L}+ing)) `;
/** How a verb group begins, and what is written instead. */
const GROUPS: readonly (readonly [RegExp, string])[] = (
  [
    ["(?:'ve|have|has|'s)(?: never|n't|not) ", '~has never '],
    ["(?:'ve|have|has|'s) been ", 'been '],
    [
      "(?:(?:'ve|have|has|'s) )?got (?!to |married|divorced|engaged|laid|fired|promoted|hired|(?:a|the) (?:new )?(?:job|promotion))",
      'have ',
    ],
    ["(?:isn't|aren't) ", 'be not '],
    [`(?:'m|am|'re|are|is|'s(?! ${HAS})|ain't) (?!got )`, 'be '],
    ["(?:don't|do not|doesn't|does not|never) ", 'not '],
    ["(?:can't|cannot|can not|mustn't) ", 'cannot '],
    ['can (?=speak )', ''],
    [
      `(?:have|has|'ve) (?!to |${ADVERBS}(?:${PAST_FORM}|put|set|cut|hurt|run|read|come|become) )`,
      'have ',
    ],
  ] as const
).map(([said, read]) => [new RegExp(`^ ?${ADVERBS}${said}${ADVERBS}`, 'iu'), read]);
/** What is wished, allowed, possible or over. */
const NO_FACT =
  /^ ?(?:'d|'ll|would|will|could|might|may|should|shall|must|used to|need|wanna|were|can(?! speak)|have to|has to|had)\b(?!'t)|^ ?\w+n't\b(?<!do?n't|doesn't|can't|ain't|haven't|hasn't|mustn't|isn't|aren't)/i;
const START = `(?:I|she|he|[Ww]e|[Mm]y (?:${RELATIVE})|[Oo]ur (?:${RELATIVE}))\\b`;
const BORDERS = new RegExp(
  `(?<!\\b(?:St|Dr|Mr|Mrs|Ms))[.;!?—]+ |,? (?:and|but|so|because|'?cause|cuz|though|although|while)(?: (?:also|now|then|here|for the (?:last|past) [\\w-]+ (?:months|years)))? (?=${START})|, (?=${START}|who\\b)|(?<=\\b(?:that|it|this|too|okay|thanks)) (?=I(?:'m| usually| have| live| work| love)\\b)|,? (?<same>and )(?:also )?(?=(?:am|have|live|work|play|teach|study|own|drive|speak)s? )`,
  'gu',
);

/** A clause with the words of its sentence before it. */
export interface Clause {
  text: string;
  before: string;
}

/** "We have a cat, she's called Olive": whom "she" means then. */
const HELD = new RegExp(
  `^(?:I|[Ww]e)(?:'ve| have|'ve got| have got| got) an? (?:[\\p{Ll}-]+ ){0,2}?(?<who>${RELATIVE})\\b`,
  'u',
);

/** Returns the relative that a clause is about, null if it is about none. */
function relativeIn(clause: string): string | null {
  const text = clause.replace(OPENERS, '');
  const subject = SUBJECT.exec(text);
  const held = HELD.exec(text)?.groups?.who;
  if (held !== undefined) return held;
  // "My brother's boss" is about the boss.
  const isOwner = /^['’]s (?!(?:an?|the|in|at|on|\p{L}+ing)\b)/u.test(
    text.slice(subject?.[0].length ?? 0),
  );
  return isOwner ? null : (subject?.groups?.who ?? null);
}

/**
 * Splits a sentence before each clause that begins with the user or a relative of theirs.
 *
 * @param relative whom "she" or "he" means, if nobody was named since
 */
export function clausesOf(text: string, relative: string | null = null): Clause[] {
  const clauses: Clause[] = [];
  let from = 0;
  let subject = '';
  let kin = relative;
  for (const border of [...text.matchAll(BORDERS), null]) {
    const said = text.slice(from, border?.index ?? text.length).trim();
    const own = kin === null ? said : said.replace(/^(?:she|he)\b/i, `My ${kin}`);
    clauses.push({ text: `${subject}${own}`, before: text.slice(0, from) });
    kin = relativeIn(own) ?? kin;
    const same = SUBJECT.exec(said.replace(OPENERS, ''))?.[0] ?? '';
    subject = border?.groups?.same ? `${same} ` : '';
    from = border ? border.index + border[0].length : from;
  }
  return clauses;
}

/** Returns the relative that a sentence spoke of last, null if of none. */
export function lastRelativeIn(sentence: string): string | null {
  const spokenOf = clausesOf(sentence).flatMap(({ text }) => relativeIn(text) ?? []);
  return spokenOf.at(-1) ?? null;
}

/** "Grandad", "my Mum". */
const AS_NAME =
  /^([Mm]y |[Oo]ur )?(Mom|Mum|Dad|Mother|Father|Grandma|Grandpa|Grandad|Gran|Granny|Nan)\b(?!,)/;

/** Reads a clause that begins with "I", "we" or a relative; null for all others. */
export function readStatement(clause: string): Statement | null {
  const text = clause
    .replace(OPENERS, '')
    .replace(AS_NAME, (_, my, kin) => `${my ?? 'my '}${String(kin).toLowerCase()}`);
  const subject = SUBJECT.exec(text);
  if (!subject?.groups) return null;
  const { who: kin, name = null, group, other } = subject.groups;
  const who = kin ?? other ?? '';
  const rest = `${text.slice(subject[0].length).replace(/[.!?]+$/, '')} `;
  const isPlural = group !== undefined || /(?:[^s]s|children)$/i.test(who);
  const predicate = predicateOf(rest, who !== '' && !isPlural, LASTS.test(clause))?.trim();
  if (predicate === undefined) return null;
  return {
    who: who.toLowerCase(),
    isOther: other !== undefined,
    isPlural,
    isGroup: group !== undefined,
    name,
    predicate,
    isHabit: HABIT.test(rest),
  };
}

/** What still holds if it has been so: "I've lived in Bonn for ten years". */
const LASTS = /\bsince\b|\bfor (?:ever|ages|[\w -]{0,20}(?:weeks|months|decades))\b|\byears\b/i;

function predicateOf(rest: string, isThird: boolean, lasts: boolean): string | undefined {
  const former = /^ ?used to be (?=an? )/.exec(rest);
  if (former) return `~used to be ${rest.slice(former[0].length)}`;
  if (NO_FACT.test(rest)) return undefined;
  for (const [said, read] of GROUPS) {
    const match = said.exec(rest);
    if (match) return `${read}${rest.slice(match[0].length)}`;
  }
  const plain = rest.replace(new RegExp(`^ ?(?:(?:'ve|have|has|'s) )?${ADVERBS}`, 'iu'), '');
  const [verb = ''] = /^[\p{L}-]+/u.exec(plain) ?? [];
  const said = plain.slice(verb.length);
  if (!PAST.test(verb)) {
    // "My dog food": no verb.
    if (isThird && !/s$/.test(verb)) return undefined;
    return `${isThird ? plainOf(verb) : verb}${said}`;
  }
  const holds = /^ ?(?:'ve|have|has|'s) /.test(rest) && lasts && /(?:ed|had)$/.test(verb);
  return holds
    ? `${verb === 'had' ? 'have' : verb.replace(/e?d$/, (end) => (/^(?:live|move|love)d$/.test(verb) ? 'e' : end.slice(2)))}${said}`
    : `~${verb}${said}`;
}

/** "lives" as "live". */
export function plainOf(verb: string): string {
  if (/(?:ss|us|is)$/.test(verb)) return verb;
  return /(?:ch|sh|ss|x|zz|go|do)es$/.test(verb)
    ? verb.slice(0, -2)
    : verb.replace(/ies$/, 'y').replace(/s$/, '');
}

/** "live" as "lives". */
export function thirdPerson(verb: string): string {
  if (verb === 'have') return 'has';
  if (/(?:ch|sh|ss|x|zz|o)$/.test(verb)) return `${verb}es`;
  return verb.replace(/([^aeiou])y$/, '$1ie').concat('s');
}
