import { BORDER } from '../talk-rules.ts';

/** Words that a new sentence of unpunctuated speech may begin with, after any openers. */
const OPENERS =
  '(?:(?:and|but|so|oh|okay|ok|great|also|then|well|right|yeah|yes|cool|thanks|nice|anyway|sure|perfect|alright) )*';
const STARTS =
  "(?:I'm|I'll|I've|I will|I have|I need|I can|I was|I usually|I still|I think|I gotta|I should|I just|I don't|I live|I work|we have|we need|we'll|we're|we should|can you|could you|would you|will you|please|don't|let's|let me|you should|you need|you have to|remind me|(?:our|my|the) next|what about|how about|did you|do you|it's|that's|there's|he's|she's|they're|he will|she will|they will)\\b";
/** A clause that the words before it still hold: "I think I'll", "when we have". */
const HELD =
  "(?:that|if|when|because|what|how|where|who|which|as|than|while|since|and|but|so|or|to|the|a|think|thought|know|said|says|hope|guess|suppose|'?cause|until|before|after|whether|why|mean|means|sure|like|with|about|oh|okay|ok|great|also|then|well|right|yeah|yes|cool|thanks|nice|anyway|perfect|alright|feel|believe|wish|told|all|everything|things?|today|tomorrow|tonight|yesterday|now|then|later|morning|afternoon|evening|night|week|weekend|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day)";
const CLAUSE = new RegExp(`(?<!\\b${HELD} )(?<=\\S \\S+ )(?=${OPENERS}${STARTS})`, 'gi');
const FIRST_CLAUSE = new RegExp(`^${OPENERS}(?:${STARTS}|and\\b|but\\b|so\\b|also\\b|oh\\b)`, 'i');
/** Words without an end of sentence after which a recogniser is taken to write none. */
const LONG = 25;

/** True if a turn was written down without punctuation. */
function isUnpunctuated(texts: readonly string[]): boolean {
  let words = 0;
  let ends = 0;
  for (const text of texts) {
    words += text.split(' ').length;
    ends += text.match(/[.?!](?=\s|$)/g)?.length ?? 0;
  }
  return words >= 8 && ends * LONG < words;
}

/** The pieces of a turn, with a `BORDER` before each clause that can stand alone if nobody wrote full stops. */
export function markClauses(pieces: readonly string[]): string[] {
  if (!isUnpunctuated(pieces)) return [...pieces];
  return pieces.map((text, at) => {
    const marked = text.replace(CLAUSE, `${BORDER} `);
    return at > 0 && FIRST_CLAUSE.test(text) ? `${BORDER} ${marked}` : marked;
  });
}
