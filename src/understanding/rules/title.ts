import { stemOf } from '../../text/stems.ts';
import { tokenize } from '../../text/tokenizer.ts';
import { clipWords } from '../../text/word-count.ts';
import type { KeyPhrase, Sentence } from './talk.ts';
import type { Named, TitleWording } from './wording.ts';

const MAX_WORDS = 10;

/** Below this score a phrase came up by the way. */
const PASSING = 3;

/** The title of a talk: what it was announced to be, else what it keeps coming back to. */
export function writeTitle(
  sentences: readonly Sentence[],
  phrases: readonly KeyPhrase[],
  events: readonly Named[],
  tasks: readonly Named[],
  wording: TitleWording,
): string {
  const [task] = tasks;
  // "Meeting" alone names no talk; "meeting with the dentist" does.
  const named = events.find(({ title }) => title.includes(' '))?.title ?? task?.title;
  if (wording.prefersClaims && named !== undefined) return limit(named);
  if (task && sentences.length <= 3) return limit(wording.cased(task.title));
  const announcement = wording.announced(sentences, phrases);
  const telling = phrases
    .map((phrase) => ({ ...phrase, text: wording.tell(phrase.text) }))
    .filter(({ text }) => text !== '');
  const title = announcement ?? fromPhrases(telling, events, task, wording);
  return title ?? (limit(wording.beginning(sentences)) || 'Short Conversation');
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
  wording: TitleWording,
): string | null {
  const chosen: KeyPhrase[] = [];
  const all = titleCandidates(phrases);
  const others = all.filter(({ text }) => !wording.isName(text));
  const candidates = others.length > 0 ? others : all;
  const top = candidates[0];
  for (const phrase of candidates) {
    if (chosen.length === 3 || !top) break;
    if (phrase.score < top.score * (phrase.stems.length > 1 ? 0.25 : 0.45)) continue;
    const isLong = phrase.stems.length > 1 || !wording.isPicky;
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
    const beside = other && other.score > 3 ? [wording.cased(other.text)] : [];
    return limit(wording.joined([event.title, ...beside]));
  }
  // What somebody is to do says more than a word that came up by the way.
  const isPassing = (top?.score ?? 0) < PASSING && !chosen.some(({ text }) => text.includes(' '));
  const isNoun = task !== undefined && !wording.isDeed(task.title);
  if (isNoun && task.title.includes(' ') && isPassing) return limit(wording.cased(task.title));
  if (chosen.length === 0) return null;
  // One word says little: with the best phrase beside it, it says what of.
  if (chosen.length === 1 && chosen[0]?.stems.length === 1) {
    const beside = candidates.find(
      (phrase) => phrase.stems.length > 1 && !phrase.stems.includes(chosen[0]?.stems[0] ?? ''),
    );
    if (beside) chosen.push(beside);
  }
  return limit(wording.joined(chosen.map((phrase) => wording.cased(phrase.text))));
}

function limit(title: string): string {
  return clipWords(title, MAX_WORDS);
}
