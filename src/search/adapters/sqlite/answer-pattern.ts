const NUMBER =
  '\\d|\\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\p{L}+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|million|dozen|half|couple|once|twice)\\b';
const TIME =
  '\\d|\\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|december|yesterday|today|tomorrow|tonight|ago|since|last|next|week|weekend|month|year|(?<!good )(?:morning|afternoon|evening|night)|noon|midnight|spring|summer|autumn|winter|birthday|christmas|easter|due)\\b';
/** A name inside of a sentence, or somebody by what they are to the speaker. */
const PERSON =
  "(?<=[\\p{L},;:’'] )(?!I\\b)\\p{Lu}\\p{Ll}+|(?<=^|[.!?] )(?!(?:The|This|That|They|There|Then|What|When|Where|Who|Why|How|And|But|So|You|Your|My|His|Her|Its|Our|Yes|Yeah|Well|Not|Now|Good|Just|Did|Does|Have|Has|She|He|We|It|In|On|At|If|For|All|Oh|No)\\b)\\p{Lu}\\p{Ll}+ (?:is|was|has|said|told|gave|came|went|and)\\b|\\b[Mm]y (?:\\p{Ll}+ )?(?:mother|father|mum|mom|dad|sister|brother|wife|husband|partner|boss|friend|neighbou?r|colleague|cousin|aunt|uncle|son|daughter)\\b";
const PLACE =
  '\\b(?:in|at|from|to|near|behind|beside|outside|opposite|around|by) (?:the |a |an |our |my )?[\\p{Lu}\\p{Ll}]{3,}|\\b(?:next to|in front of|across from)\\b';
const REASON = '\\b(?:because|cause|since|so that|in order|reason|wants?|wanted|too|had to)\\b';

/** What an answer to a question has in it, by how the question begins. */
const KINDS: readonly [asked: RegExp, answer: RegExp][] = [
  [
    /\b(?:when|since when|until when|how long ago|(?:what|which) (?:day|date|month|year|time|weekend|week|season))\b/i,
    new RegExp(TIME, 'iu'),
  ],
  [
    /\bhow (?:many|much|old|long|far|often|tall|big|expensive|fast|heavy|high)\b/i,
    new RegExp(NUMBER, 'iu'),
  ],
  [/\b(?:who|whom|whose|called|names?)\b/i, new RegExp(PERSON, 'u')],
  [/\bwhere\b/i, new RegExp(PLACE, 'u')],
  [/\bwhy\b/i, new RegExp(REASON, 'iu')],
];

/**
 * Returns a pattern of what a sentence that answers an English question is likely to hold: words of time
 * for "when", names for "who", numbers for "how many"; null if the question does not say.
 */
export function answerPattern(query: string): RegExp | null {
  return KINDS.find(([asked]) => asked.test(query.slice(0, 400)))?.[1] ?? null;
}
