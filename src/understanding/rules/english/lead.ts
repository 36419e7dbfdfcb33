import type { OverviewEvidence } from '../../../model/conversations/conversation.ts';
import { escapePattern } from '../../../text/escape-pattern.ts';
import { stemOf } from '../../../text/stems.ts';
import { tokenize } from '../../../text/tokenizer.ts';
import type { KeyPhrase, Sentence } from '../talk.ts';

/** Subjects that a lead names, at most. */
const MAX_TOPICS = 4;
/** Speakers that it names, at most. */
const MAX_NAMES = 3;

/**
 * The first sentence of an overview: who talked and what about, in the talk's own words, with the
 * segments that first say each subject. Empty if nothing was said often enough to be called one.
 */
export function writeLead(
  sentences: readonly Sentence[],
  phrases: readonly KeyPhrase[],
  userName: string | null,
): OverviewEvidence[] {
  const topics = topicsOf(phrases, sentences);
  if (topics.length < 2) return [];
  const names = speakersOf(sentences, userName);
  const who = names === null ? 'The conversation is about' : `${list(names)} talk about`;
  const sentence = `${who} ${list(topics.map(({ text }) => withArticle(text, sentences)))}.`;
  return [{ sentence, segmentIds: firstSaid(topics, sentences) }];
}

/** The segments of the first sentence that says each of the phrases. */
function firstSaid(phrases: readonly KeyPhrase[], sentences: readonly Sentence[]): string[] {
  const missing = new Set(phrases.map(({ stems }) => ` ${stems.join(' ')} `));
  const found = new Set<string>();
  for (const { text, segmentIds } of sentences) {
    if (missing.size === 0) break;
    const stems = ` ${tokenize(text)
      .map(({ lower }) => stemOf(lower))
      .join(' ')} `;
    for (const phrase of [...missing].filter((one) => stems.includes(one))) {
      missing.delete(phrase);
      for (const id of segmentIds) found.add(id);
    }
  }
  return [...found];
}

/** The phrases that come up most, none saying again what another says. */
function topicsOf(phrases: readonly KeyPhrase[], sentences: readonly Sentence[]): KeyPhrase[] {
  const repeated = phrases
    .filter((phrase) => phrase.sentences > 1)
    .slice(0, 24)
    .filter((phrase) => phrase.stems.length > 1 || isNoun(phrase.text, sentences));
  const [best] = repeated;
  const chosen: KeyPhrase[] = [];
  for (const phrase of repeated) {
    if (chosen.length === MAX_TOPICS || !best || phrase.score < best.score * 0.2) break;
    const isNew = chosen.every((other) => !other.stems.some((word) => phrase.stems.includes(word)));
    if (isNew) chosen.push(phrase);
  }
  return chosen;
}

/** What is counted or held says little without what it is of. */
const CONTAINERS = new Set(
  'list lot bit kind sort part number side end way time thing stuff piece pair group set'.split(
    ' ',
  ),
);

/** True for a word that the talk uses as the name of a thing: "the lease", but "to sign". */
function isNoun(word: string, sentences: readonly Sentence[]): boolean {
  if (/\d/.test(word) || CONTAINERS.has(word.toLowerCase())) return false;
  return isLedBy(
    'the|an?|my|our|your|his|her|their|these|those|of|some|any|no|more|this',
    word,
    sentences,
  );
}

/** "The boiler", if the talk speaks of one that is known, but "public health". */
function withArticle(text: string, sentences: readonly Sentence[]): string {
  const isKnown =
    /^\p{Ll}/u.test(text) &&
    isLedBy('the|an?|my|our|your|his|her|their|this|that', text, sentences);
  return isKnown ? `the ${text}` : text;
}

/** True if one of the words stands before a phrase somewhere. */
function isLedBy(words: string, phrase: string, sentences: readonly Sentence[]): boolean {
  const led = new RegExp(
    `\\b(?:${words}) ${escapePattern(phrase)}(?![\\p{L}-])(?! \\p{L}+ing\\b)`,
    'iu',
  );
  return sentences.some(({ text }) => led.test(text));
}

/** The names of two or three speakers, each of whom has one; null otherwise. */
function speakersOf(sentences: readonly Sentence[], userName: string | null): string[] | null {
  const names = new Map<string, string | null>();
  for (const sentence of sentences) {
    const name = sentence.isUser ? (userName ?? sentence.name ?? 'You') : sentence.name;
    names.set(sentence.isUser ? 'user' : sentence.speaker, name);
    if (names.size > MAX_NAMES) return null;
  }
  const known = [...names.values()].flatMap((name) => name ?? []);
  return known.length === names.size && known.length > 1 ? known : null;
}

function list(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
