import { isCommonWord, isFunctionWord } from '../../../text/word-classes.ts';
import { emptyUnderstanding } from '../../empty-understanding.ts';
import type {
  ActionItemClaim,
  EventClaim,
  MemoryClaim,
  UnderstandingInput,
} from '../../understanding-engine.ts';
import type { CooperativeLoop } from '../cooperative-loop.ts';
import { ownedByReader } from '../message-tasks.ts';
import type { FoundClaims, LikelyClaim, TalkRules } from '../talk-rules.ts';
import { decide, type Scored } from './claims/claim-score.ts';
import { markClauses } from './clause-borders.ts';
import { cleanEnglish, isBackchannel } from './clean-english.ts';
import { ENGLISH_OVERVIEWS } from './english-overviews.ts';
import { writeEnglishTitle } from './english-titles.ts';
import { findEvents } from './events/events.ts';
import { dropUnsupported } from './evidence-check.ts';
import { findMemories } from './facts/memories.ts';
import { writeLead } from './lead.ts';
import { hasVerb } from './noun-phrases.ts';
import { rankSubjects } from './subjects/subjects.ts';
import { loadTagger } from './tagger.ts';
import type { TalkContext } from './talk-context.ts';
import { findActionItems } from './tasks/task-candidates.ts';
import { isEmptyTalk } from './worth-keeping.ts';

/** Tasks of one talk that are suggested, at most. */
const MAX_SUGGESTED = 10;

/** "I'm Claire", "thanks, Victor": people of this talk, who are no subjects. */
const INTRODUCED =
  /\b(?:I'm|[Mm]y name is|[Hh]i|[Hh]ello|[Hh]ey|[Tt]hanks|[Tt]hank you|[Ss]orry|[Oo]kay),? (\p{Lu}\p{Ll}{2,})(?=[.,!?]| (?:and|for|from|here)\b|$)/gu;

/** What the rules know of English. */
export const ENGLISH_RULES: TalkRules = {
  code: 'en',
  note: null,
  isFunctionWord,
  isCommonWord,
  clean: cleanEnglish,
  isBackchannel,
  markClauses,
  introducedIn: (text) =>
    [...text.matchAll(INTRODUCED)].flatMap(([, name]) => name?.toLowerCase() ?? []),
  isSubject,
  // "Studied mechanical engineering".
  isPassing: (phrase) => /^\S+ed /.test(phrase),
  overviews: ENGLISH_OVERVIEWS,
  async open(talk) {
    const context: TalkContext = { ...talk, tag: await loadTagger() };
    const { sentences, tag } = context;
    return {
      findClaims: (input, each) => findClaims(input, context, each),
      isEmpty: (found) => isEmptyTalk(context, found),
      subjectsOf: (phrases, found, each) => rankSubjects(context, phrases, found, each),
      titleOf: (subjects, found) => writeEnglishTitle(context, subjects, found),
      leadOf: (subjects) => writeLead(sentences, subjects, talk.userName),
      isWhole: (text) => hasVerb(text, tag),
    };
  },
};

/** False for an adverb, what belongs to somebody, and a lone -ing or -ed word, which is mostly a verb. */
function isSubject(words: readonly string[]): boolean {
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  if (/(?:ly|'s)$/.test(last) || /ly$/.test(first)) return false;
  return words.length > 1 || !/(?:ing|ed)$/.test(last);
}

interface ScoredClaims {
  tasks: readonly Scored<ActionItemClaim>[];
  events: readonly Scored<EventClaim>[];
  facts: readonly Scored<MemoryClaim>[];
}

async function findClaims(
  input: UnderstandingInput,
  context: TalkContext,
  each: CooperativeLoop,
): Promise<FoundClaims> {
  const scored = {
    tasks: await findActionItems(context, each),
    events: await findEvents(context, each),
    facts: findMemories(context.sentences, input.knownFacts, context.tag),
  };
  const tasks = decide('tasks', scored.tasks);
  // What is only likely is no event: nobody should wait somewhere for nothing.
  const events = decide('events', scored.events).claimed;
  const facts = decide('facts', scored.facts);
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
  const actionItems = open(tasks.claimed);
  const claims = { ...emptyUnderstanding(true), actionItems, suggestedTasks, events, memories };
  return { found: dropUnsupported(claims, input), likely: likelyOf(scored) };
}

function likelyOf({ tasks, events, facts }: ScoredClaims): LikelyClaim[] {
  return [
    ...[...tasks, ...events].map(({ claim: { description, segmentIds }, score }) => ({
      text: description,
      segmentIds,
      score,
    })),
    ...facts.map(({ claim: { content, segmentIds }, score }) => ({
      text: content,
      segmentIds,
      score,
    })),
  ];
}
