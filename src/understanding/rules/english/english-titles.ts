import { titleCase } from '../../../text/capitals.ts';
import { stemOf } from '../../../text/stems.ts';
import { tokenize } from '../../../text/tokenizer.ts';
import { isCommonWord, isFunctionWord } from '../../../text/word-classes.ts';
import { clipWords } from '../../../text/word-count.ts';
import type { Understanding } from '../../understanding-engine.ts';
import type { KeyPhrase, Sentence } from '../talk.ts';
import { MAX_TITLE_WORDS, NO_TITLE } from '../title.ts';
import { subjectOfDeed } from './noun-phrases.ts';
import type { Tag } from './tagger.ts';
import type { TalkContext } from './talk-context.ts';

/** Words of a title that is the beginning of a talk. */
const BEGINNING_WORDS = 4;
/** Probability from which a subject names a talk though an appointment was made in it. */
const SURE = 0.4;
/** A second subject stands beside the first if it is this likely in comparison. */
const NEARLY = 0.6;

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

/** A single name says little of what a talk is about. */
const NAME = /^\p{Lu}\p{Ll}+$/u;

/** The title of a talk: what it was announced to be about, else its likeliest subject, an appointment or a task. */
export function writeEnglishTitle(
  { sentences, tag }: TalkContext,
  subjects: readonly KeyPhrase[],
  { events, actionItems, suggestedTasks }: Understanding,
): string {
  const tasks = [...actionItems, ...suggestedTasks].map(({ description }) => description);
  const [task] = aboutOf(tasks, tag);
  // "Meeting" alone names no talk; "meeting with the dentist" does.
  const event = aboutOf(
    events.map(({ title }) => title),
    tag,
  ).find((title) => title.includes(' ') && !/^appointment\b/i.test(title));
  const named = subjects.filter(({ text }) => !NAME.test(text));
  const [best, second] = named.length > 0 ? named : subjects;
  const isSure = best !== undefined && best.score >= SURE;
  const isBeside =
    best !== undefined &&
    second !== undefined &&
    second.score >= best.score * NEARLY &&
    !second.stems.some((stem) => best.stems.includes(stem));
  const title =
    (sentences.length <= 3 ? task : undefined) ??
    announced(sentences, subjects) ??
    (isSure ? undefined : event) ??
    (isBeside ? `${best.text} and ${second.text}` : best?.text) ??
    task ??
    firstWords(sentences);
  return clipWords(titleCase(title.replace(/[\s,.;:]+$/, '')), MAX_TITLE_WORDS) || NO_TITLE;
}

/** Tasks or events by what they are about: "Meet about the budget" is the budget, "Arrive late" is nothing. */
function aboutOf(claims: readonly string[], tag: Tag): string[] {
  return claims.flatMap((claim) => {
    if (tag(`will ${claim.toLowerCase()}`)[1]?.pos !== 'VERB') return [claim];
    const subject = subjectOfDeed(claim, tag);
    return subject === claim ? [] : [subject];
  });
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
    .slice(0, MAX_TITLE_WORDS);
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
