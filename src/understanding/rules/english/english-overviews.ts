import type { OverviewWording } from '../wording.ts';

/** Words that a sentence is better read without at its beginning. */
const LEADING =
  /^(?:(?:so(?! far\b)|and|but|well|okay|ok|yeah|yes|oh|alright|anyway|then(?! again\b)|I mean|you know|'?cause|because|cuz|as I say|and so|again|cool(?= I\b)|great(?= I\b))(?:,\s*|\s+)|(?:right|now|also|again|actually|basically|obviously|like|no|sure|great|of course|first|firstly|thank you(?: very much)?|thanks|hi|hello|hey|minister|chair|yes certainly|certainly|listen|look|honestly|sorry|just|cool|in fact|also|really),\s*)+/i;
const UNCLEAR =
  /^(?:that|this|it|he|she|they|those|these|it's|that's|he's|she's|they're|there|which|or|than|him|her|them|such|not|for this|for that|one of them)\b/i;
const CHATTER =
  /\b(?:thank you|thanks|sorry|excuse me|good (?:morning|afternoon|evening)|hello|welcome|bye|can you hear|microphone|translation|mute|see you|I don't know|I dunno|I can't remember|I forget|you know what I mean|nice to meet|how are you|apologies|let me (?:just )?(?:see|skip)|something like that|stuff like that|that kind of thing|funny|laugh|gonna be honest|ignore|disregard|system prompt|previous instructions|you must|title this)\b/i;

/** A subject told outright. */
const PURPOSE =
  /\b(?:aim(?:ing)? to|purpose (?:of|is)|goal (?:of|is)|in relation to|calling about)\b/i;
/** A piece of a word that a recogniser left standing: no English word of two letters. */
const FRAGMENT =
  /\b(?!(?:am|an|as|at|be|by|do|go|he|hi|if|in|is|it|me|my|no|of|oh|ok|on|or|so|to|tv|uk|up|us|we|ve|re|ll|ex|ad|id|pm|ml|kg|km|cm|mm|th|st|nd|rd)\b)[a-z]{2}\b/;

/** Sums and amounts: what people look up later. */
const FIGURES =
  /[£$€]\s?\d|\b(?:euros?|dollars?|pounds|per ?cent|million|budget|price|cost|profit|degrees)\b/i;

/** A word that something has to follow, before a comma: the speaker began anew. Or a word twice. */
const BROKEN_OFF =
  /\b(?:an?|the|my|our|his|her|their|your|to|of|in|with|at|for|from|was|were|is|it's|that's|he's|she's|we're|they're|I'm|can't|won't|don't|thinks?|got an?),|\b(\w+), \1\b/i;

/** Speech that has not found its sentence. */
const HALTING =
  /,? (?:like )?well,|\byeah\b|\bI think probably\b|\bmy (?:role|name)\b|' |\b(?:it's|that's|we're|they're|is|I'm|the|a|well)\.$|^(?:to say|just to)\b|\bI mean\b|\bI guess\b|\bor something\b|\beh\b|\bso like\b|\ba while back\b|\byou have to really\b|\byou're talking about\b|\bgonna\b|\bthing is\b|\bI'm not (?:so )?sure\b|\boff the cuff\b|\bok\b|\b(\w+) \1\b|\bstuff\b|\bblah\b/i;

const ANNOUNCING =
  /\b(?:aim(?:ing)? (?:is|to|for)|purpose|goal|main (?:point|topic|issue|thing|concern)|agenda|we're here to|in relation to|the plan|discuss(?:ing|ed)?|we(?:'re| are) planning to|I(?:'m| am) calling (?:about|because|to)|the idea is|project|the topic|evidence session|the key thing)\b/i;
const DECIDING =
  /\b(?:decid(?:ed|e)|agreed?|conclusion|let's|(?:I|we)(?:'ll| will| are going to|'re going to)|need to|deadline|important|should|will be|diagnos\w+|result|announced|launching|booked|confirmed)\b/i;

/** Where a sentence was cut off. */
const CUT_OFF = /\b(?:and|or|the|a|to|of|for|with|in|that|is|are|was|I|we|you|my|so|because)\.$/i;

/** How overviews are worded in English. */
export const ENGLISH_OVERVIEWS: OverviewWording = {
  trim,
  isChatter: (text) => CHATTER.test(text),
  isUnclear: (text) => UNCLEAR.test(text),
  factors: [
    [ANNOUNCING, 1.6],
    [PURPOSE, 1.5],
    [DECIDING, 1.5],
    [FIGURES, 1.25],
    [BROKEN_OFF, 0.2],
    [HALTING, 0.4],
    [FRAGMENT, 0.4],
    [/^(?:I|you)\b/i, 0.85],
    [/\b(?:I|you)\b.*\b(?:I|you)\b.*\b(?:I|you)\b/i, 0.75],
    [CUT_OFF, 0.15],
  ],
  clauseStart:
    /(?<=[,;:—])\s?|\s(?=(?:and|but|because|so|which|although|whereas|as) (?:I|we|you|they|it|that|there|the|he|she|this|in|is|are)\b)/,
};

/** A sentence without openers, a loose end and asides. */
function trim(text: string): string {
  return text
    .replace(/^(?:.*?\b)?(?:to )?item (?:\d+|one|two|three|four|five)\b.{0,20}, which is /i, '')
    .replace(LEADING, '')
    .replace(
      /(?:,\s*(?:you know|right|okay|yeah|so|and|but|though)|\s+(?:you know|and|but|so))?[\s,]*[?.!]?$/i,
      '',
    )
    .replace(/,\s*(?:you know|I mean|yeah|well|like|okay|um|right)\s*,/gi, ',');
}
