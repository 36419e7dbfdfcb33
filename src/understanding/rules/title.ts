import { trimCharacters } from '../../kernel/bounded-text.ts';
import { capitalize, titleCase } from '../../text/capitals.ts';
import { isUnspaced } from '../../text/scripts.ts';
import { stemOf } from '../../text/stems.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { isCommonWord, isFunctionWord } from '../../text/word-classes.ts';
import { clipWords } from '../../text/word-count.ts';
import type { KeyPhrase } from './key-phrases.ts';
import type { Sentence } from './sentences.ts';
import { ENGLISH_TALK, type TalkLanguage } from './talk-language.ts';

const MAX_WORDS = 10;
/** Words of a title that is the beginning of a talk. */
const BEGINNING_WORDS = 6;

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
/** Below this score a phrase came up by the way. */
const PASSING = 3;

/** A task or an event by what it is about. */
interface Named {
  title: string;
}

/** The title of a talk: what it was announced to be, else what it keeps coming back to. */
export function writeTitle(
  sentences: readonly Sentence[],
  phrases: readonly KeyPhrase[],
  events: readonly Named[],
  tasks: readonly Named[],
  language: TalkLanguage = ENGLISH_TALK,
): string {
  const [task] = tasks;
  // "Meeting" alone names no talk; "meeting with the dentist" does.
  const named = events.find(({ title }) => title.includes(' '))?.title ?? task?.title;
  if (language.framed && named !== undefined) return limit(named);
  if (task && sentences.length <= 3) return limit(titleCase(task.title));
  const announcement = language.isEnglish ? announced(sentences, phrases) : null;
  const telling = phrases
    .map((phrase) => ({ ...phrase, text: phrase.text.replace(JUDGES, '') }))
    .filter(({ text }) => text !== '' && !SAYS_NOTHING.test(text));
  const title = announcement ?? fromPhrases(telling, events, task, language);
  return title ?? (language.isEnglish ? fromWords(sentences) : fromBeginning(sentences));
}

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

/** A phrase of several words says more than one word: if there are enough, only those. */
function titleCandidates(phrases: readonly KeyPhrase[]): KeyPhrase[] {
  const weight = new Map<string, number>();
  for (const phrase of phrases) {
    for (const word of phrase.stems) weight.set(word, (weight.get(word) ?? 0) + phrase.score);
  }
  const around = (phrase: KeyPhrase): number =>
    phrase.stems.reduce((sum, word) => sum + (weight.get(word) ?? 0), 0);
  const long = phrases.filter((phrase) => phrase.stems.length > 1 && phrase.sentences > 1);
  if (long.length < 4) return phrases.slice(0, 40);
  return long
    .slice(0, 20)
    .sort((a, b) => b.score * Math.log2(2 + around(b)) - a.score * Math.log2(2 + around(a)));
}

function fromPhrases(
  phrases: readonly KeyPhrase[],
  events: readonly Named[],
  task: Named | undefined,
  language: TalkLanguage,
): string | null {
  const chosen: KeyPhrase[] = [];
  // A single name says little of what a talk is about.
  const isName = ({ text }: KeyPhrase): boolean => /^\p{Lu}\p{Ll}+$/u.test(text);
  const all = titleCandidates(phrases);
  const others = language.isEnglish ? all.filter((phrase) => !isName(phrase)) : all;
  const candidates = others.length > 0 ? others : all;
  const top = candidates[0];
  for (const phrase of candidates) {
    if (chosen.length === 3 || !top) break;
    if (phrase.score < top.score * (phrase.stems.length > 1 ? 0.25 : 0.45)) continue;
    const isLong = phrase.stems.length > 1 || !language.isEnglish;
    if (chosen.length > 0 && phrase.sentences < (isLong ? 2 : 3)) continue;
    const overlaps = chosen.some((other) =>
      other.stems.some((word) => phrase.stems.includes(word)),
    );
    if (!overlaps) chosen.push(phrase);
  }
  const [event] = events;
  if (event && (top === undefined || top.score < 6) && event.title.split(' ').length > 1) {
    const other = chosen.find(
      (phrase) =>
        !phrase.stems.some((word) =>
          tokenize(event.title).some((token) => stemOf(token.lower) === word),
        ),
    );
    const beside = other && other.score > 3 ? [titled(other.text, language)] : [];
    return joined([event.title, ...beside], language);
  }
  // What somebody is to do says more than a word that came up by the way.
  const isPassing = (top?.score ?? 0) < PASSING && !chosen.some(({ text }) => text.includes(' '));
  const isNoun = task !== undefined && !IS_DEED.test(task.title);
  if (isNoun && task.title.includes(' ') && isPassing) return limit(titled(task.title, language));
  if (chosen.length === 0) return null;
  // One word says little: with the best phrase beside it, it says what of.
  if (chosen.length === 1 && chosen[0]?.stems.length === 1) {
    const beside = candidates.find(
      (phrase) => phrase.stems.length > 1 && !phrase.stems.includes(chosen[0]?.stems[0] ?? ''),
    );
    if (beside) chosen.push(beside);
  }
  return joined(
    chosen.map((phrase) => titled(phrase.text, language)),
    language,
  );
}

/** Title Case is English; others write a title as any other text. */
function titled(text: string, { isEnglish }: TalkLanguage): string {
  return isEnglish ? titleCase(text) : capitalize(text);
}

/** Subjects as one title. "And" is English; a comma is understood everywhere. */
function joined(subjects: readonly string[], { isEnglish }: TalkLanguage): string {
  const last = subjects.at(-1) ?? '';
  if (subjects.length < 2) return limit(last);
  if (!isEnglish) return limit(subjects.join(isUnspaced(last) ? '、' : ', '));
  return limit(`${subjects.slice(0, -1).join(', ')} and ${last}`);
}

function limit(title: string): string {
  return clipWords(title, MAX_WORDS);
}

/** How a very short talk in another language than English begins. */
function fromBeginning(sentences: readonly Sentence[]): string {
  const [first] = sentences;
  const words = clipWords(first?.text ?? '', BEGINNING_WORDS);
  return trimCharacters(words, ' ', ' .,;:!?。，、；：！？।؟،') || 'Short Conversation';
}

/** The last resort of a very short talk: its first telling words. */
function fromWords(sentences: readonly Sentence[]): string {
  const words: string[] = [];
  for (const sentence of sentences) {
    for (const token of tokenize(sentence.text)) {
      if (!isCommonWord(token.lower) && !words.includes(token.text)) words.push(token.text);
    }
    if (words.length >= 4) break;
  }
  return words.length === 0 ? 'Short Conversation' : titleCase(words.slice(0, 4).join(' '));
}
