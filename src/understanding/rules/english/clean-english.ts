import { BREAK } from '../clean-speech.ts';

const PAUSE_WORDS =
  /(?:^|(?<=[\s,.—-]))(?:u+[mh]+|e+rm?|hm+|mm+(?:[ -]+hmm+)?|mhm+|uh[ -]+huh|hmm+[ -]+hmm+|uh[ -]+oh|ah+|oh|ooh|huh)(?=[\s,.?!;:—-]|$)[,]?/giu;
/** A name, a number or a day that the speaker replaces at once, up to what is right. */
const CORRECTED =
  /(?<=\s)(?:\p{Lu}\p{L}{1,20}|\d[\d:]{0,6}|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)) ?(?:,|\.|-|—|\.\.\.)? (?:no,? wait|wait,? no|no,? sorry|sorry,? no|no,? I mean|I mean|sorry,? I mean|or rather|make that|scratch that),? (?=\p{Lu}|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?!I\b)/gu;
/** Words that may stand twice in good English, or be a prefix of the next one by chance. */
const REAL_SHORT =
  /^(?:a|i|an|am|as|at|be|by|do|go|he|if|in|is|it|me|my|no|of|on|or|so|to|up|us|we|the|for|and|you|can|are|was|has|had|not|but|our|all|any|out|now|one|two|her|his|him|how|who|why|may|new|old|see|get|use|set|act|add|age|ago|bad|bus|buy|car|cat|day|dog|end|man|men|mom|dad|tea|top|use|war|way|per|pro|con|re|ex|un|for|form|over|under|some|any|every|no)$/i;

/** English without pause words, asides, words that were put right and false starts. */
export function cleanEnglish(text: string): string {
  let clean = text
    // "Austin, no wait, Houston": what was put right.
    .replace(CORRECTED, '')
    .replace(PAUSE_WORDS, ' ')
    .replace(/(?:,\s*|^\s*)(?:you know|I mean|you see)(?=\s*(?:,|$|\ue000))/gi, ',')
    .replace(
      /\b(?:you know|I mean|sort of|kind of|kinda|sorta),? (?=(?:I|you|we|the|a|that|it|what|how|just|have|you know)\b)/g,
      '',
    )
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
    if (word === '') continue;
    words.push(word);
    collapse(words);
  }
  return words.join(' ');
}

function collapse(words: string[]): void {
  const bare = (at: number): string => (words[at] ?? '').toLowerCase().replace(/[,—]+$/, '');
  const last = words.length - 1;
  const word = words[last] ?? '';
  if (word === BREAK) return;
  // A fragment of the word that follows it, or a stray letter.
  for (let before = last - 1; before >= Math.max(0, last - 2); before -= 1) {
    if (words[before] === BREAK) continue;
    const fragment = bare(before);
    const cut =
      fragment !== bare(last) &&
      fragment.length <= 4 &&
      bare(last).startsWith(fragment) &&
      !REAL_SHORT.test(fragment) &&
      /^\p{L}+$/u.test(fragment);
    const stray =
      /^[b-hj-z]$/.test(words[before] ?? '') ||
      (words[before] === 'i' && /^i.{2}/.test(words[last] ?? ''));
    if (cut || stray) {
      words.splice(before, last - before);
      collapse(words);
      return;
    }
    break;
  }
  // A phrase of up to four words said again, with or without a break between.
  for (let size = 4; size >= 1; size -= 1) {
    const tail = words.length - size;
    if (tail < size) continue;
    const broken = words[tail - 1] === BREAK;
    const head = tail - size - (broken ? 1 : 0);
    if (head < 0) continue;
    let same = true;
    for (let i = 0; i < size && same; i += 1) {
      const first = words[head + i] ?? '';
      same = first !== BREAK && bare(head + i) === bare(tail + i) && !/[.?!;:]$/.test(first);
    }
    if (
      !same ||
      (size === 1 && /^(?:very|really|so|no|yes|bye|had|far|many|\d+)$/.test(bare(tail)))
    )
      continue;
    words.splice(head, tail - head);
    return;
  }
}

const BACKCHANNEL =
  /^(?:(?:yeah|yes|yep|yup|no|nope|ok|okay|'?kay|right|alright|all right|sure|cool|great|good|fine|exactly|excellent|wonderful|lovely|perfect|wow|nice|indeed|true|absolutely|of course|thanks|thank you|i see|i know|got it|hello|hi|hey|bye|well|so|and|but|or|is|a|the|i|it|hmm|mm|uh|um|ah|oh|huh)[\s,.?!'-]*)+$/i;

/** True if cleaned words only show that somebody listens, or are noise. */
export function isBackchannel(clean: string): boolean {
  return !/[\p{L}\p{N}]/u.test(clean) || BACKCHANNEL.test(clean);
}
