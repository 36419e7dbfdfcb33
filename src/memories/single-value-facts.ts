import { trimCharacters } from '../kernel/bounded-text.ts';

/** A fact about something that a person has one of at a time, such as a home or an age. */
export interface SingleValueFact {
  /** Whose and what: `user/home`. */
  subject: string;
  value: string;
}

/**
 * Ways of stating such facts, as the rule-based engine writes them and models usually do. `who`
 * is empty if the fact is about the user.
 */
const PATTERNS: readonly [RegExp, string][] = [
  [/^(?:the user |user |i )?(?:now )?lives? in (?<value>.+)$/i, 'home'],
  [/^(?:the user |user |i )?(?:has |have )?moved to (?<value>.+)$/i, 'home'],
  [/^(?:the user |user |i )?(?:now )?works? (?:at|for) (?<value>.+)$/i, 'employer'],
  [/^(?:the user |user |i )?(?:now )?works? as (?:an? )?(?<value>.+)$/i, 'occupation'],
  [
    /^(?:the user |user |i )?(?:is|am) an? (?<value>student|pupil|trainee|apprentice)$/i,
    'occupation',
  ],
  [/^(?:the user |user |i )?(?:is|am) (?<value>\d{1,3}) years? old$/i, 'age'],
  [
    /^(?:the user |user |i )?(?:is|am|got) (?<value>married|single|divorced|engaged|widowed)\b/i,
    'marital status',
  ],
  [/^(?:the user |user |i )?(?:is|am) married to (?<value>.+)$/i, 'spouse'],
  [
    /^(?:the user's |user's |my )?(?<what>favou?rite [\p{L} ]{2,30}?) (?:is|are) (?<value>.+)$/iu,
    '',
  ],
  [
    /^(?:the user's |user's |my )?(?<what>(?:home |work |phone |mobile |e-?mail )?(?:address|number|birthday)) is (?<value>.+)$/i,
    '',
  ],
  [/^(?:the user |user |i )?(?:now )?drives (?<value>.+)$/i, 'car'],
  [
    /^(?:the user |user |i )?(?:now )?has (?<value>an?|no|one|two|three|four|five|six|seven|eight|nine|ten|\d+) (?<thing>[\p{L}-]+?)(?:s|es)?$/iu,
    'number of',
  ],
  [/^(?<who>[\p{Lu}][\p{L}]+) (?:now )?lives in (?<value>.+)$/u, 'home'],
  [/^(?<who>[\p{Lu}][\p{L}]+) (?:now )?works (?:at|for) (?<value>.+)$/u, 'employer'],
];

/** Returns what a fact states of which there is one at a time; undefined for any other fact. */
export function findSingleValue(content: string): SingleValueFact | undefined {
  const text = trimCharacters(content.trim(), '', '.!');
  for (const [pattern, name] of PATTERNS) {
    const groups = pattern.exec(text)?.groups;
    if (!groups?.value) continue;
    const who = groups.who && groups.who !== 'User' ? groups.who.toLowerCase() : 'user';
    const thing = groups.thing === undefined ? name : `${name} ${singular(groups.thing)}`;
    const what = (groups.what ?? thing)
      .toLowerCase()
      .replace('favour', 'favor')
      .replace(/^(?:mobile )?number$/, 'phone number');
    return { subject: `${who}/${what}`, value: coreOf(groups.value) };
  }
  return undefined;
}

const singular = (noun: string): string =>
  noun.toLowerCase().replace(/^children$|^childr$|^kid$/, 'child');

/** Returns true if two facts cannot both be true at the same time. */
export function contradict(a: string, b: string): boolean {
  const [one, other] = [findSingleValue(a), findSingleValue(b)];
  return one !== undefined && one.subject === other?.subject && one.value !== other.value;
}

/** Returns a value without what follows a comma, "now" or "since …": such additions change nothing. */
function coreOf(text: string): string {
  return (
    text
      .toLowerCase()
      .split(/,| since | for now| with | together | these days| at the moment| now$/)[0]
      ?.replace(/^the /, '')
      .trim() ?? ''
  );
}
