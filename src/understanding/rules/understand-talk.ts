import type { OverviewEvidence } from '../../model/conversations/conversation.ts';
import { emptyUnderstanding } from '../empty-understanding.ts';
import type {
  ActionItemClaim,
  Understanding,
  UnderstandingInput,
} from '../understanding-engine.ts';
import { categorize, chooseEmoji } from './categorize.ts';
import { type CooperativeLoop, cooperativeLoop, pause } from './cooperative-loop.ts';
import { decide } from './english/claims/claim-score.ts';
import { findEvents } from './english/events/events.ts';
import { findMemories } from './english/facts/memories.ts';
import { writeLead } from './english/lead.ts';
import { hasVerb, onlyNounPhrases, subjectOfDeed } from './english/noun-phrases.ts';
import { loadTagger, type Tag } from './english/tagger.ts';
import { findActionItems } from './english/tasks/task-candidates.ts';
import { isEmptyTalk } from './english/worth-keeping.ts';
import { dropUnsupported } from './evidence-check.ts';
import { findFramedClaims } from './framed/framed-talk.ts';
import { findKeyPhrases, weighStems } from './key-phrases.ts';
import { findMetadata } from './metadata.ts';
import {
  decisionsFirst,
  overviewOf,
  type Ranked,
  rankSentences,
  shortOverview,
  writeOverview,
} from './overview.ts';
import { type Sentence, splitSentences } from './sentences.ts';
import { summarisePhotos } from './summarise-photos.ts';
import type { TalkContext } from './talk-context.ts';
import { languageOfTalk, type TalkLanguage } from './talk-language.ts';
import { writeTitle } from './title.ts';

/** Of a talk that is kept, but in a language without rules. */
const ONLY_A_MODEL =
  'Only a language model understands this language: without one, no tasks, events or facts are found in it.';
/** Tasks of one talk that are suggested, at most. */
const MAX_SUGGESTED = 10;
/** Characters of a meeting's title that become a title. */
const MAX_MEETING_TITLE = 120;

/** Understands a talk by rules alone, as `createRuleEngine` says. */
export async function understandTalk(
  input: UnderstandingInput,
  signal: AbortSignal,
): Promise<Understanding> {
  await pause(signal);
  const each = cooperativeLoop(signal);
  const { language, context } = await readTalk(input, each);
  const { sentences } = context;
  await pause(signal);
  const found = await findClaims(input, context, language, each);
  await pause(signal);
  const isKept = input.forced ? sentences.length > 0 : !isEmptyTalk(context, language);
  if (!isKept && input.photos.length > 0) return onlyPhotos(input, each);
  if (!isKept && !input.forced) return emptyUnderstanding(true);
  const phrases = await findKeyPhrases(
    sentences,
    [...context.names, input.userName ?? ''],
    each,
    language,
  );
  await pause(signal);
  const ranked = await rankSentences(
    sentences,
    await weighStems(sentences, each, language),
    phrases,
    each,
  );
  await pause(signal);
  const category = await categorize(sentences, phrases, each);
  // It is English; before another language it would stand alone.
  const isEnglish = language.isEnglish && /^en\b/i.test(input.language);
  const { tag } = context;
  const things = language.isEnglish ? onlyNounPhrases(phrases, sentences, tag) : phrases;
  const lead = isEnglish ? writeLead(sentences, things, input.userName) : [];
  const told = [...lead, ...tell(ranked, found, context, language)];
  const tasks = [...found.actionItems, ...found.suggestedTasks].map(({ description }) => ({
    title: description,
  }));
  // Who made the calendar entry knows best what the talk is about.
  const title =
    input.calendar?.title.trim().slice(0, MAX_MEETING_TITLE) ||
    writeTitle(
      sentences,
      things,
      namedFor(found.events, language, tag),
      namedFor(tasks, language, tag),
      language,
    );
  return {
    ...found,
    discarded: false,
    title,
    overview: overviewOf(told),
    overviewEvidence: told,
    emoji: chooseEmoji(title, category),
    category,
    metadata: findMetadata(input, phrases, found),
    note: language.isEnglish || language.framed ? null : ONLY_A_MODEL,
  };
}

/** Returns what the photos of a talk show in which nothing was said. */
async function onlyPhotos(
  input: UnderstandingInput,
  each: CooperativeLoop,
): Promise<Understanding> {
  const shown = await summarisePhotos(input.photos, each);
  return { ...emptyUnderstanding(true), ...shown, discarded: false };
}

/** Returns the sentences of a talk with what the rules need to know of it. */
export async function readTalk(
  input: UnderstandingInput,
  each: CooperativeLoop,
): Promise<{ language: TalkLanguage; context: TalkContext }> {
  const language = languageOfTalk(input.segments.map(({ text }) => text));
  const sentences = await splitSentences(input.segments, each, language);
  return { language, context: contextOf(input, sentences, await loadTagger()) };
}

/** The sentences that tell a talk; of one with short sentences only, the longest of them. */
function tell(
  ranked: readonly Ranked[],
  { actionItems, events }: Understanding,
  { sentences, tag }: TalkContext,
  { isEnglish }: TalkLanguage,
): OverviewEvidence[] {
  const isWhole = (text: string): boolean => !isEnglish || hasVerb(text, tag);
  const claims = [...actionItems, ...events];
  const told = decisionsFirst(ranked, claims);
  const written = writeOverview(told, sentences.length, isWhole);
  return written.length > 0 ? written : shortOverview(sentences, isWhole);
}

/** Claims by what they are about, for a title: "Meet about the budget" is the budget, "Arrive late" is nothing. */
function namedFor<T extends { title: string }>(
  claims: readonly T[],
  { isEnglish }: TalkLanguage,
  tag: Tag,
): T[] {
  if (!isEnglish) return [...claims];
  const isDeed = ({ title }: T): boolean => tag(`will ${title.toLowerCase()}`)[1]?.pos === 'VERB';
  return claims.flatMap((claim) => {
    if (!isDeed(claim)) return [claim];
    const title = subjectOfDeed(claim.title, tag);
    return title === claim.title ? [] : [{ ...claim, title }];
  });
}

/** Tasks, events and facts: by the rules of English, or by the frames of the language. */
async function findClaims(
  input: UnderstandingInput,
  context: TalkContext,
  language: TalkLanguage,
  each: CooperativeLoop,
): Promise<Understanding> {
  if (language.framed) {
    const claims = await findFramedClaims(context, language.framed, each);
    const actionItems = ownedByReader(claims.actionItems, input);
    return { ...emptyUnderstanding(true), ...claims, actionItems };
  }
  if (!language.isEnglish) return emptyUnderstanding(true);
  const tasks = decide('tasks', await findActionItems(context, each));
  // What is only likely is no event: nobody should wait somewhere for nothing.
  const events = decide('events', await findEvents(context, each)).claimed;
  const facts = decide('facts', findMemories(context.sentences, input.knownFacts, context.tag));
  // An appointment that was asked for and made is no task any more.
  const open = (items: readonly ActionItemClaim[]): ActionItemClaim[] =>
    ownedByReader(
      items.filter(({ description }) => events.length === 0 || !/^See /.test(description)),
      input,
    );
  const suggestedTasks = open(tasks.suggested).slice(0, MAX_SUGGESTED);
  const memories = [
    ...facts.claimed.map((fact) => ({ ...fact, isSure: true })),
    ...facts.suggested.map((fact) => ({ ...fact, isSure: false })),
  ];
  const claims = {
    ...emptyUnderstanding(true),
    actionItems: open(tasks.claimed),
    events,
    memories,
  };
  return dropUnsupported({ ...claims, suggestedTasks }, input, language);
}

/** What somebody asks for in a message to the user, the user is to do. */
function ownedByReader(items: readonly ActionItemClaim[], input: UnderstandingInput) {
  const isReceived = input.medium === 'message' && !input.segments.some(({ isUser }) => isUser);
  if (!isReceived) return [...items];
  return items.map((item) => (item.owner === null ? { ...item, owner: 'user' } : item));
}

function contextOf(
  input: UnderstandingInput,
  sentences: readonly Sentence[],
  tag: Tag,
): TalkContext {
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
    tag,
  };
}
