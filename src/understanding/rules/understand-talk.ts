import type { OverviewEvidence } from '../../model/conversations/conversation.ts';
import { emptyUnderstanding } from '../empty-understanding.ts';
import type { Understanding, UnderstandingInput } from '../understanding-engine.ts';
import { categorize, chooseEmoji } from './categorize.ts';
import { chooseRules } from './choose-rules.ts';
import { type CooperativeLoop, cooperativeLoop, pause } from './cooperative-loop.ts';
import { findKeyPhrases, weighStems } from './key-phrases.ts';
import { findMetadata } from './metadata.ts';
import { ClaimIndex, overviewOf, rankSentences, shortOverview, writeOverview } from './overview.ts';
import { splitSentences } from './sentences.ts';
import type { Sentence, Talk } from './talk.ts';
import type { FoundClaims, TalkReader, TalkRules } from './talk-rules.ts';

/** Characters of a meeting's title that become a title. */
const MAX_MEETING_TITLE = 120;

/** Understands a talk by rules alone, as `createRuleEngine` says. */
export async function understandTalk(
  input: UnderstandingInput,
  signal: AbortSignal,
): Promise<Understanding> {
  await pause(signal);
  const each = cooperativeLoop(signal);
  const { rules, talk } = await readTalk(input, each);
  const { sentences } = talk;
  await pause(signal);
  const reader = await rules.open(talk);
  const claims = await reader.findClaims(input, each);
  await pause(signal);
  const isKept = input.forced ? sentences.length > 0 : !reader.isEmpty(claims.found);
  if (!isKept && input.photos.length > 0) return onlyPhotos(input, each);
  if (!isKept && !input.forced) return emptyUnderstanding(true);
  return { ...claims.found, ...(await describe({ rules, talk, reader }, claims, input, each)) };
}

interface ReadTalk {
  rules: TalkRules;
  talk: Talk;
  reader: TalkReader;
}

/** Title, overview and what else is said of a talk beside its claims. */
async function describe(
  { rules, talk, reader }: ReadTalk,
  { found, likely }: FoundClaims,
  input: UnderstandingInput,
  each: CooperativeLoop,
): Promise<Omit<Understanding, 'actionItems' | 'suggestedTasks' | 'events' | 'memories'>> {
  const { sentences } = talk;
  const people = [...talk.names, input.userName ?? ''];
  const phrases = await findKeyPhrases(sentences, people, each, rules);
  const weights = await weighStems(sentences, each, rules);
  const claims = new ClaimIndex(likely, [...found.actionItems, ...found.events]);
  const ranked = await rankSentences(sentences, weights, phrases, claims, each, rules);
  const category = await categorize(sentences, each);
  const subjects = await reader.subjectsOf(phrases, found, each);
  // The lead is worded in the language of the rules; before another it would stand alone.
  const lead = input.language.startsWith(rules.code ?? '-') ? reader.leadOf(subjects) : [];
  const written = writeOverview(ranked, sentences.length, reader.isWhole);
  const short = (): OverviewEvidence[] => shortOverview(sentences, reader.isWhole, rules.overviews);
  const told = [...lead, ...(written.length > 0 ? written : short())];
  // Who made the calendar entry knows best what the talk is about.
  const title =
    input.calendar?.title.trim().slice(0, MAX_MEETING_TITLE) || reader.titleOf(subjects, found);
  return {
    discarded: false,
    title,
    overview: overviewOf(told),
    overviewEvidence: told,
    emoji: chooseEmoji(title, category),
    category,
    metadata: findMetadata(input, phrases, found),
    note: rules.note,
  };
}

/** What a conversation comes to of which there are photos, but no talk worth keeping: nobody has said anything. */
async function onlyPhotos(
  input: UnderstandingInput,
  each: CooperativeLoop,
): Promise<Understanding> {
  const segments = input.photos.map((text, index) => ({
    id: String(index),
    text,
    speaker: 'SPEAKER_0',
    name: null,
    isUser: false,
    startMs: index,
    endMs: index,
  }));
  const shown = { ...input, segments };
  const { rules, talk } = await readTalk(shown, each);
  const nothing = emptyUnderstanding(true);
  const reader = await rules.open(talk);
  const { title, overview, emoji, category } = await describe(
    { rules, talk, reader },
    { found: nothing, likely: [] },
    shown,
    each,
  );
  return {
    ...nothing,
    discarded: false,
    title,
    overview: overview || (input.photos[0] ?? ''),
    emoji,
    category,
  };
}

/** Returns a talk in sentences, with the rules for its language. */
export async function readTalk(
  input: UnderstandingInput,
  each: CooperativeLoop,
): Promise<{ rules: TalkRules; talk: Talk }> {
  const rules = chooseRules(input.segments.map(({ text }) => text));
  const sentences = await splitSentences(input.segments, each, rules);
  return { rules, talk: talkOf(input, sentences) };
}

function talkOf(input: UnderstandingInput, sentences: readonly Sentence[]): Talk {
  const names = new Set<string>();
  const speakers = new Set<string>();
  const firstBySpeaker = new Map<string, Sentence>();
  for (const sentence of sentences) {
    if (!firstBySpeaker.has(sentence.speaker)) firstBySpeaker.set(sentence.speaker, sentence);
  }
  let hasUser = false;
  for (const segment of input.segments) {
    speakers.add(segment.isUser ? 'user' : segment.speaker);
    if (segment.isUser) hasUser = true;
    else if (segment.name !== null) names.add(segment.name);
  }
  return {
    sentences,
    startedAt: input.startedAt,
    timeZone: input.timeZone,
    names: [...names],
    userName: input.userName,
    speakers: speakers.size,
    firstBySpeaker,
    hasUser,
  };
}
