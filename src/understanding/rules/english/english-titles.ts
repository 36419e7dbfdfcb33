import { titleCase } from '../../../text/capitals.ts';
import { stemOf } from '../../../text/stems.ts';
import { tokenize } from '../../../text/tokenizer.ts';
import { isCommonWord, isFunctionWord } from '../../../text/word-classes.ts';
import type { KeyPhrase, Sentence } from '../talk.ts';
import type { TitleWording } from '../wording.ts';

/** Words of a subject, at most. */
const MAX_WORDS = 10;
/** Words of a title that is the beginning of a talk. */
const BEGINNING_WORDS = 4;

/** How people say what a talk is about; `x` is the subject. Best first. */
const ANNOUNCEMENTS = [
  /\b(?:the )?(?:main )?(?:purpose|goal|aim|point|topic|subject) of (?:this|the|our|today's) (?:\w+ )?(?:meeting|call|session|conversation|project|talk|visit) (?:is|was)(?: to| about)? (?<x>.+)/i,
  /\b(?:what we(?:'re| are) (?:aiming|trying|going|here) to do(?: today)? is(?: to)?) (?<x>.+)/i,
  /\b(?:we(?:'re| are)|I(?:'m| am)) here (?:today )?to (?:talk about|discuss|go over|plan|review) (?<x>.+)/i,
  /\b(?:evidence session|session|meeting|hearing|call|briefing|discussion)\b[^.?!]*? (?:in relation to|regarding|on the subject of|about|concerning) (?<x>.+)/i,
  /\b(?:today (?:we(?:'ll| will|'re going to)|I(?:'ll| want to|'d like to)) |I(?:'d like| wanted| want) to |let's |we (?:need|have|should) to )(?:talk (?:to you |with you )?about|discuss|go over|plan|review|go through) (?<x>.+)/i,
  /\bI(?:'m| am) calling (?:you )?(?:about|regarding|because of|to (?=\w+ (?:a|an|the|my|our))) ?(?<x>.+)/i,
  /\bthis is (?:about|regarding) (?<x>.+)/i,
];

const PHRASE_END =
  /(?:[,;:.?!—]| (?:as (?:they|it|we)|which|that|who|so|because|but|if|when|while|where|since|before|after|until|with (?:you|the team|everyone)|today|tomorrow|for (?:a bit|a minute|now)|and (?:then|I|we|you|see|how|what|make|also|decide|find|figure|plan|talk|discuss|agree|get|try|look|hear|go|start)|in terms|for example|like|I|we|you|it's|please|first|together|real quick|quickly|again|really)\b).*$/i;

/** A bare number, day of the month or clock time, how people address each other, and words that only judge. */
const SAYS_NOTHING =
  /^(?:\d[\d:.,]*(?:st|nd|rd|th| ?[ap]m)?(?: (?:\p{Lu}{2,4}|eastern|pacific|central|o'clock))?|[ecmp][sd]t|eastern|pacific|gmt|utc|cest?|due|super|ready|sure|glad|sir|madam|hon|mate|quid|life|age|rush|[a-z]+teenth|[a-z]+tieth)$/iu;
/** Adjectives that judge what they stand before. */
const JUDGES =
  /^(?:(?:lovely|wonderful|amazing|terrible|awful|beautiful|horrible|brilliant|fantastic|gorgeous|poor|bloody|typical|nice|good|great|stupid|silly)(?:\s+|$))+/i;
/** A deed whose object is no noun phrase is left as it is. */
const IS_DEED = /^(?:ask|tell|call|ring|phone|text|email|invite|visit|meet|let) /i;
/** How titles are worded in English. */
export const ENGLISH_TITLES: TitleWording = {
  prefersClaims: false,
  isPicky: true,
  announced,
  tell: (phrase) => {
    const plain = phrase.replace(JUDGES, '');
    return SAYS_NOTHING.test(plain) ? '' : plain;
  },
  isName: (phrase) => /^\p{Lu}\p{Ll}+$/u.test(phrase),
  isDeed: (task) => IS_DEED.test(task),
  cased: titleCase,
  joined: (subjects) =>
    subjects.length < 2
      ? subjects.join('')
      : `${subjects.slice(0, -1).join(', ')} and ${subjects.at(-1)}`,
  beginning: firstWords,
};

function announced(sentences: readonly Sentence[], phrases: readonly KeyPhrase[]): string | null {
  const early = sentences.slice(0, Math.max(8, Math.floor(sentences.length / 6)));
  const weight = new Map<string, number>();
  for (const phrase of phrases.slice(0, 30)) {
    for (const word of phrase.stems)
      weight.set(word, Math.max(weight.get(word) ?? 0, phrase.score));
  }
  let best: { text: string; score: number } | null = null;
  for (const [rank, pattern] of ANNOUNCEMENTS.entries()) {
    for (const sentence of early) {
      const said = pattern.exec(sentence.text)?.groups?.x;
      if (said === undefined) continue;
      const text = subjectOf(said);
      if (text === null) continue;
      const words = tokenize(text).map((token) => stemOf(token.lower));
      const score =
        words.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0) /
        Math.sqrt(words.length + rank);
      // It has to be about what was then talked of.
      if (score > 0 && (best === null || score > best.score)) best = { text, score };
    }
  }
  return best?.text ?? null;
}

function subjectOf(said: string): string | null {
  const words = said
    .replace(PHRASE_END, '')
    .replace(
      /^(?:to )?(?:review|discuss|talk about|go (?:over|through)|decide (?:on|about)|plan) (?=\S+ \S)/i,
      '',
    )
    .replace(/^(?:the|a|an|our|my|your|to|is|how)\s+/i, '')
    .replace(/\b(?:my|our|your) /gi, '')
    .split(/\s+/)
    .slice(0, MAX_WORDS);
  while (words.length > 0 && isFunctionWord((words.at(-1) ?? '').toLowerCase())) words.pop();
  const telling = words.filter((word) => !isCommonWord(word.toLowerCase()));
  const [only = ''] = telling;
  return telling.length >= 2 || (telling.length === 1 && (words.length >= 2 || only.length >= 8))
    ? titleCase(words.join(' '))
    : null;
}

/** The first telling words of a talk. */
function firstWords(sentences: readonly Sentence[]): string {
  const words: string[] = [];
  for (const sentence of sentences) {
    for (const token of tokenize(sentence.text)) {
      if (!isCommonWord(token.lower) && !words.includes(token.text)) words.push(token.text);
    }
    if (words.length >= BEGINNING_WORDS) break;
  }
  return titleCase(words.slice(0, BEGINNING_WORDS).join(' '));
}
