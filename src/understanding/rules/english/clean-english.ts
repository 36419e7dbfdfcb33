import { capitalize } from '../../../text/capitals.ts';
import { isFunctionWord } from '../../../text/word-classes.ts';
import { BREAK } from '../clean-speech.ts';
import { kindsOf } from './claims/word-features.ts';

const PAUSE_WORDS =
  /(?:^|(?<=[\s,.—-]))(?:u+[mh]+|e+rm?|hm+|mm+(?:[ -]+hmm+)?|mhm+|uh[ -]+huh|hmm+[ -]+hmm+|uh[ -]+oh|ah+|oh|ooh|huh)(?=[\s,.?!;:—-]|$)[,]?/giu;
/** A name, a number or a day that the speaker replaces at once, up to what is right. */
const CORRECTED =
  /(?<=\s)(?:\p{Lu}\p{L}{1,20}|\d[\d:]{0,6}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)) ?(?:,|\.|-|—|\.\.\.)? (?:no,? wait|wait,? no|no,? sorry|sorry,? no|no,? I mean|I mean|sorry,? I mean|or rather|make that|scratch that),? (?=\p{Lu}|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?!I\b)/gu;
/** What fills a pause if commas or the ends of a sentence stand around it; else it may be meant: "do you know it?", "so kind of you". */
const ASIDE =
  /(?<=^|[,.?!;:—\ue000] ?|,? (?:and|but|so|because|or) )(?:(?:you know|I mean|you see|sort of|kind of|kinda|sorta)\b ?)+(?:,|(?=\ue000|$))/giu;
/** The same before a new beginning: "we could, I mean we should". */
const NEW_BEGINNING =
  /(?<=^|[,.?!;:—\ue000] ?)(?:you know|I mean),? (?=(?:I|you|we|they|it|it's|that's|there's)\b)/giu;
/** Words after which a clause does not end: said twice, one of them was a false start. */
const LEADS_ON =
  /^(?:an?|the|my|our|your|his|her|their|its|and|but|or|so|if|because|of|to|for|with|from|at|into|than|about|every|like|just|how|I|we|they|he|she|who|\p{L}+'(?:m|s|re|ve|ll|d))$/iu;
/** Words that are meant if they are said twice: figures of a number, and what is stressed. */
const MEANT_TWICE =
  /^(?:very|really|so|no|yes|bye|had|far|many|that|nil|oh|double|triple|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d+)$/i;

/** What has letters for names. */
const LETTERED =
  /^(?:vitamin|hepatitis|plan|group|section|type|class|grade|option|part|gate|block|row|level|year|flat|room)$/i;

/** English without pause words, asides, words that were put right and false starts. */
export function cleanEnglish(text: string): string {
  let clean = text
    // "Austin, no wait, Houston": what was put right.
    .replace(CORRECTED, '')
    .replace(PAUSE_WORDS, ' ')
    .replace(ASIDE, ',')
    .replace(NEW_BEGINNING, '')
    .replace(/\s+/g, ' ');
  clean = clean
    // An aside between two breaks, after which the speaker takes up the word before it again.
    .replace(/(?<=^|\s)(\S+) \ue000 (?:(?!\ue000).){1,100} \ue000 (?=\1 )/giu, '')
    .replace(/\b(for|to|the|a|of|that|and|is|with|in) yeah,? /gi, '$1 ')
    .replace(/\b(?:[B-HJ-Z] ){1,3}(?:[A-Z]s?)\b/g, (letters) => letters.replaceAll(' ', ''));
  return (
    dropFalseStarts(clean)
      // Recognisers without upper case: only "I" is sure.
      .replace(/(?<![\p{L}\p{N}'-])i(?=$|[\s,.?!]|'(?:m|ll|ve|d)\b)/gu, 'I')
  );
}

/** "the the", "I think I think", "cou could" and "we want {break} we want" said once. */
function dropFalseStarts(text: string): string {
  const words: string[] = [];
  for (const word of text.split(' ')) {
    // An aside left its second comma.
    if (word === '' || (word === ',' && words.at(-1)?.endsWith(','))) continue;
    words.push(word);
    collapse(words);
  }
  return words.join(' ');
}

function collapse(words: string[]): void {
  const last = words.at(-1) ?? '';
  if (last === BREAK) return;
  const cut = words.at(-2) === BREAK ? words.length - 3 : words.length - 2;
  if (isFragment(words[cut] ?? '', last, words[cut - 1] ?? '')) {
    words.splice(cut, words.length - 1 - cut);
    collapse(words);
    return;
  }
  // A phrase of up to four words said again, with or without a break between.
  for (let size = 4; size >= 1; size -= 1) {
    const tail = words.length - size;
    const head = tail - size - (words[tail - 1] === BREAK ? 1 : 0);
    if (head < 0 || !isSaidAgain(words, head, tail, size)) continue;
    const first = words[head] ?? '';
    words.splice(head, tail - head);
    // "Stop, stop!" begins with a capital still.
    if (/^\p{Lu}/u.test(first)) words[head] = capitalize(words[head] ?? '');
    return;
  }
}

/**
 * True if a word is the beginning of the next one and no word itself, or begun anew: "cou could", "she, she's". A letter
 * may be a name: "vitamin d drops".
 */
function isFragment(word: string, next: string, before: string): boolean {
  const start = bare(word);
  if (LEADS_ON.test(start) && bare(next).startsWith(`${start}'`)) return true;
  if (!/^\p{Ll}{1,4}$/u.test(start) || start === bare(next) || !bare(next).startsWith(start)) {
    return false;
  }
  if (start.length === 1) return !/[ai]/.test(start) && !LETTERED.test(bare(before));
  return (
    !isFunctionWord(start) && kindsOf('nouns', start).length + kindsOf('verbs', start).length === 0
  );
}

/** True if the words from `tail` on repeat those from `head` on, and are not meant to. */
function isSaidAgain(words: readonly string[], head: number, tail: number, size: number): boolean {
  const first = words.slice(head, head + size);
  const isSame = first.every(
    (word, at) =>
      word !== BREAK && bare(word) === bare(words[tail + at] ?? '') && !/[.?!;:]$/.test(word),
  );
  if (!isSame || first.every((word) => MEANT_TWICE.test(bare(word)))) return false;
  const end = first.at(-1) ?? '';
  // "We sold it, it was too damp": the comma ends a clause, unless nothing stands before the phrase.
  const before = words[head - 1] ?? BREAK;
  return !end.endsWith(',') || LEADS_ON.test(bare(end)) || /[.?!,;:—]$|^\ue000$/u.test(before);
}

const bare = (word: string): string => word.toLowerCase().replace(/[,—]+$/, '');

const BACKCHANNEL =
  /^(?:(?:yeah|yes|yep|yup|no|nope|ok|okay|'?kay|right|alright|all right|sure|cool|great|good|fine|exactly|excellent|wonderful|lovely|perfect|wow|nice|indeed|true|absolutely|of course|thanks|thank you|i see|i know|got it|hello|hi|hey|bye|well|so|and|but|or|is|a|the|i|it|hmm|mm|uh|um|ah|oh|huh)[\s,.?!'-]*)+$/i;

/** True if cleaned words only show that somebody listens, or are noise. */
export function isBackchannel(clean: string): boolean {
  return !/[\p{L}\p{N}]/u.test(clean) || BACKCHANNEL.test(clean);
}
