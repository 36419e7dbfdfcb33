import { contentStems, stemOf } from '../../../../text/stems.ts';
import { wordsOf } from '../../../../text/tokenizer.ts';
import { isCommonWord } from '../../../../text/word-classes.ts';
import type { Understanding } from '../../../understanding-engine.ts';
import type { CooperativeLoop } from '../../cooperative-loop.ts';
import type { KeyPhrase, Sentence } from '../../talk.ts';
import { type Score, scoreOf } from '../claims/claim-score.ts';
import { kindsOf } from '../claims/word-features.ts';
import { type NounPhrase, nounPhrases, type TaggedWord } from '../tagger.ts';
import type { TalkContext } from '../talk-context.ts';
import WEIGHTS from './subject-weights.json' with { type: 'json' };
import SPREAD from './word-spread.json' with { type: 'json' };

/** Sentences of a talk from which it is long. */
const LONG = 80;
/** Key phrases that are looked at: a title uses the first ones only. */
const LOOKED_AT = 60;
/** Sentences of each that are tagged. */
const PLACES = 3;

/** A thing that a talk may be about. */
export interface SubjectCandidate {
  /** As it reads in a title, in the case of the talk: "rear brake". */
  text: string;
  stems: string[];
  /** Sentences that say it. */
  sentences: number;
  features: string[];
}

/** What was claimed of the talk. */
export type Claims = Pick<Understanding, 'events' | 'actionItems'>;

/** How a noun is said in a talk of `length` sentences. */
interface Said {
  /** Sentences that say it. */
  count: number;
  /** Place among the key phrases. */
  rank: number;
  length: number;
  /** The kinds of claims that are about it: "event", "task". */
  planned: readonly string[];
}

interface Place {
  sentence: Sentence;
  phrase: NounPhrase;
  words: readonly TaggedWord[];
}

const score: Score = (features) => scoreOf(features, WEIGHTS);

/** What a talk may be about, the likeliest first; the score is a probability, 0 to 1. */
export async function rankSubjects(
  context: TalkContext,
  phrases: readonly KeyPhrase[],
  found: Claims,
  each: CooperativeLoop,
): Promise<KeyPhrase[]> {
  const candidates = await findSubjectCandidates(context, phrases, found, each);
  // The talks that the weights were fitted to are short: in a long one, what comes up all the time counts more.
  const isLong = context.sentences.length > LONG;
  const most = Math.max(1, ...candidates.map(({ sentences }) => sentences));
  return candidates
    .filter(({ text }) => !IS_TIME.test(text))
    .map(({ features, ...candidate }) => ({
      ...candidate,
      score: score(features) ** (isLong ? 0.5 : 1) * (isLong ? candidate.sentences / most : 1),
    }))
    .sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
}

/** The nouns among the key phrases, each with what speaks for and against its being what the talk is about. */
export async function findSubjectCandidates(
  { sentences, tag }: TalkContext,
  phrases: readonly KeyPhrase[],
  { events, actionItems }: Claims,
  each: CooperativeLoop,
): Promise<SubjectCandidate[]> {
  const planned = {
    event: new Set(events.flatMap(({ title }) => contentStems(title))),
    task: new Set(actionItems.flatMap(({ description }) => contentStems(description))),
  };
  const ranks = new Map<string, number>();
  for (const [rank, { stems }] of phrases.slice(0, LOOKED_AT).entries()) {
    for (const stem of stems) if (!ranks.has(stem)) ranks.set(stem, rank);
  }
  const places = new Map<string, Place[]>();
  const counts = new Map<string, number>();
  await each(sentences, (sentence) => {
    const stems = new Set(wordsOf(sentence.text).map(stemOf));
    const said = [...stems].filter((stem) => ranks.has(stem));
    for (const stem of said) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    if (said.every((stem) => (places.get(stem)?.length ?? 0) >= PLACES)) return;
    const words = tag(sentence.text);
    for (const phrase of nounPhrases(words)) {
      const stem = stemOf(phrase.head);
      const found = places.get(stem) ?? [];
      if (!ranks.has(stem) || isCommonWord(phrase.head) || found.length >= PLACES) continue;
      places.set(stem, [...found, { sentence, phrase, words }]);
    }
  });
  return [...places].map(([stem, found]) => ({
    ...named(found),
    sentences: counts.get(stem) ?? found.length,
    features: featuresOf(stem, found, {
      count: counts.get(stem) ?? found.length,
      rank: ranks.get(stem) ?? LOOKED_AT,
      length: sentences.length,
      planned: [
        ...(planned.event.has(stem) ? ['event'] : []),
        ...(planned.task.has(stem) ? ['task'] : []),
      ],
    }),
  }));
}

/** A time zone or a bare number. */
const IS_TIME =
  /^(?:[ecmp][sd]t|eastern|pacific|gmt|utc|cest?|\d[\d:.,]*\p{L}{0,2}|o'clock|\S+t(?:y|een|ie)th)$/iu;
/** What counts or judges says nothing of what a talk is about. */
const SAYS_NOTHING =
  /^(?:\p{N}+|other|same|next|last|first|second|third|new|whole|few|little|big|small|good|great|nice|lovely|wonderful|terrible|awful|beautiful|horrible|brilliant|fantastic|gorgeous|poor|bloody|stupid|silly|own|many|much|several|different|right|wrong|more|less|one|two|three|four|five|six|seven|eight|nine|ten)$/iu;

/** The form in which it is named most often, the longest of several, without what only counts or judges. */
function named(places: readonly Place[]): Pick<SubjectCandidate, 'text' | 'stems'> {
  const forms = places.map(({ phrase }) => {
    const words = phrase.text.split(' ');
    const from = words.findIndex((word) => !SAYS_NOTHING.test(word));
    return words.slice(Math.max(from, words.length - 3)).join(' ');
  });
  const often = (form: string): number => forms.filter((other) => other === form).length;
  const text = forms.reduce((best, form) => {
    const more = often(form) - often(best);
    return more > 0 || (more === 0 && form.length > best.length) ? form : best;
  });
  return { text, stems: contentStems(text) };
}

/** How common a word is in talk, from 0 (one talk of ten has it) to 5 (hardly any has it). */
function rarityOf(stem: string): number {
  const spread: Readonly<Record<string, number>> = SPREAD;
  return spread[stem] ?? 5;
}

function featuresOf(
  stem: string,
  places: readonly Place[],
  { count, rank, length, planned }: Said,
): string[] {
  const [first] = places;
  if (!first) return [];
  const { sentence, phrase, words } = first;
  const before = words.filter(({ index }) => index < phrase.index);
  const verb = before.findLast(({ pos }) => pos === 'VERB' || pos === 'AUX');
  const lead = before.at(-1)?.lower ?? '-';
  const { index } = sentence;
  const rarity = rarityOf(stem);
  const isName = /^\p{Lu}/u.test(phrase.text.split(' ').at(-1) ?? '') && phrase.index > 0;
  const longest = Math.max(...places.map((place) => place.phrase.text.split(' ').length));
  return [
    `rarity: ${rarity}`,
    `count: ${Math.min(5, count)}`,
    `count, rarity: ${Math.min(3, count)} ${rarity}`,
    `rank: ${Math.min(8, rank)}`,
    `first: ${index === 0 ? 0 : index < 3 ? 1 : index < 6 ? 2 : index < length / 2 ? 3 : 4}`,
    `led by: ${lead}`,
    `verb: ${verb?.lemma ?? '-'}`,
    `words: ${Math.min(3, longest)}`,
    `head: ${stem}`,
    ...planned.map((kind) => `in: ${kind}`),
    ...kindsOf('nouns', phrase.head).map((kind) => `kind: ${kind}`),
    ...(isName ? ['is a name'] : []),
    ...(/\d/.test(phrase.text) ? ['has a number'] : []),
    ...(sentence.question ? ['is asked'] : []),
    ...(sentence.isUser ? ['user speaks'] : []),
    ...(new Set(places.map((place) => place.sentence.speaker)).size > 1 ? ['said by both'] : []),
    ...(places.some((place) => place.sentence.index >= length - 3) ? ['near the end'] : []),
  ];
}
