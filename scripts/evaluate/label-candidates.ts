import { DateTime } from 'luxon';
import { cooperativeLoop } from '../../src/understanding/rules/cooperative-loop.ts';
import type { Score } from '../../src/understanding/rules/english/claims/claim-score.ts';
import {
  findEventCandidates,
  findEvents,
  findHours,
} from '../../src/understanding/rules/english/events/events.ts';
import {
  type AfterNoon,
  afterNoonByTable,
} from '../../src/understanding/rules/english/events/half-of-day.ts';
import {
  findFactCandidates,
  findMemories,
} from '../../src/understanding/rules/english/facts/memories.ts';
import { loadTagger } from '../../src/understanding/rules/english/tagger.ts';
import type { TalkContext } from '../../src/understanding/rules/english/talk-context.ts';
import {
  findActionItems,
  findTaskCandidates,
} from '../../src/understanding/rules/english/tasks/task-candidates.ts';
import { readTalk } from '../../src/understanding/rules/understand-talk.ts';
import type { UnderstandingInput } from '../../src/understanding/understanding-engine.ts';
import {
  type Dialogue,
  loadDialogues,
  loadEverydayDialogues,
  loadFreshDialogues,
  loadHeldOutDialogues,
  toUnderstandingInput,
} from '../../test/fixtures/dialogues.ts';
import { isBlind, readSet, talkSets, toInput, turnsOf, ZONE } from './read-sets.ts';
import { type Claim, eventClaim, factClaim, type Kind, taskClaim } from './score-claims.ts';

/** A candidate of a set with its features, and whether it is right. */
export interface LabelledCandidate {
  dialogue: string;
  features: readonly string[];
  isRight: boolean;
}

interface Talk {
  id: string;
  input: UnderstandingInput;
  /** As lines of the data files; null for a kind that nobody wrote down. */
  tasks: string[] | null;
  events: string[] | null;
  facts: string[] | null;
}

/** A talk as the rules read it. */
export interface ReadTalk extends Talk {
  context: TalkContext;
}

/** The sets of single exchanges and sentences, which are for fitting only, with the kinds that their data name. */
const SINGLE: Readonly<Partial<Record<string, readonly Kind[]>>> = {
  exchanges: ['tasks', 'events'],
  cases: ['tasks', 'events'],
  appointments: ['events'],
  memos: ['tasks'],
  sayings: ['facts'],
};
const TRAP = 'trap-';
const HALF_DAY_MS = 12 * 3_600_000;
/** A fact that is said plainly, before it changes. */
const FIRST = 'first-';
const IS_FIRST = /\/first-/;

/** True for a set of single exchanges or sentences. */
export const isSingle = (set: string): boolean => SINGLE[set] !== undefined;

/** True for talk that people may have: no single sentence or exchange, of which the sets hold more than talk does. */
export function isTalk(id: string): boolean {
  return !isSingle(id.split('/', 1)[0] ?? '') && !/\/(?:trap|first)-/.test(id);
}

const each = cooperativeLoop(new AbortController().signal);

/** Reads the English talks of all sets that may be read, and those of the tests. */
export async function readTalks(): Promise<ReadTalk[]> {
  const talks: ReadTalk[] = [];
  const tag = await loadTagger();
  for (const talk of [...evalTalks(), ...testTalks()]) {
    const { talk: said, rules } = await readTalk(talk.input, each);
    if (rules.code === 'en') talks.push({ ...talk, context: { ...said, tag } });
  }
  return talks;
}

/** Returns what the data expect of a talk, as their lines; null if nobody wrote them down. */
export function linesOf(talk: Talk, kind: Kind): string[] | null {
  return talk[kind];
}

/** Returns all candidates of a kind, each as right if the data expect it; one that they only allow is left out. */
export async function labelCandidates(
  talks: readonly ReadTalk[],
  kind: Kind,
  halvesOf: (talk: ReadTalk) => AfterNoon = () => afterNoonByTable,
): Promise<LabelledCandidate[]> {
  const labelled: LabelledCandidate[] = [];
  for (const talk of talks) {
    const lines = linesOf(talk, kind);
    if (lines === null) continue;
    for (const { features, isMet } of await candidatesOf(talk, kind, halvesOf(talk))) {
      const isRight = lines.some((line) => !line.startsWith('? ') && isMet(line));
      const isAllowed = lines.some((line) => line.startsWith('? ') && isMet(line.slice(2)));
      // Of what one tells before it changes, the data name only one fact.
      const isOpen = isAllowed || IS_FIRST.test(talk.id);
      if (isRight || !isOpen) labelled.push({ dialogue: talk.id, features, isRight });
    }
  }
  return labelled;
}

/** Returns the hours that may be before or after noon and that the data place: as right if after noon. */
export async function labelHours(talks: readonly ReadTalk[]): Promise<LabelledCandidate[]> {
  const labelled: LabelledCandidate[] = [];
  for (const talk of talks) {
    const lines = [...(talk.events ?? []), ...(talk.tasks ?? [])];
    const said = lines.flatMap((line) => /T(?<time>\d\d:\d\d)/.exec(line)?.groups?.time ?? []);
    for (const { date, start, features } of await findHours(talk.context, each)) {
      if (!date.isHalfOpen) continue;
      const at = DateTime.fromMillis(start, { zone: talk.input.timeZone });
      const isSaid = (hour: number): boolean =>
        said.includes(at.set({ hour }).setZone(ZONE).toFormat('HH:mm'));
      const isBefore = isSaid(at.hour % 12);
      const isAfter = isSaid((at.hour % 12) + 12);
      if (isBefore !== isAfter) labelled.push({ dialogue: talk.id, features, isRight: isAfter });
    }
  }
  return labelled;
}

interface Candidate {
  features: readonly string[];
  isMet: (expected: string) => boolean;
}

async function candidatesOf(
  { context }: ReadTalk,
  kind: Kind,
  afterNoon: AfterNoon,
): Promise<Candidate[]> {
  if (kind === 'facts') {
    return findFactCandidates(context.sentences, context.tag).map(({ claim, features }) => ({
      features,
      isMet: factClaim(claim).meets,
    }));
  }
  if (kind === 'tasks') {
    const found = await findTaskCandidates(context, each);
    return found.map(({ claim, features }) => {
      const { meets } = taskClaim(claim);
      // The day may be said elsewhere.
      const isMet = (expected: string): boolean =>
        meets(expected) ||
        (claim.dueAt === null && meets(expected.replace(/^([^|]+\|)[^|]+\|/, '$1 * |')));
      return { features, isMet };
    });
  }
  const found = await findEventCandidates(context, each, afterNoon);
  return found.map(({ claim, features, certainty }) => {
    // Whether it is before or after noon is judged apart, and so is what it is called.
    const halves = certainty < 1 ? [0, -HALF_DAY_MS, HALF_DAY_MS] : [0];
    const isMet = (expected: string): boolean =>
      halves.some((off) =>
        eventClaim({ ...claim, start: claim.start + off }).meets(expected.replace(/\|.*/, '| -')),
      );
    return { features, isMet };
  });
}

/** Returns the claims that the rules make of a talk if candidates have these scores. */
export async function claimsOf(
  { context }: ReadTalk,
  kind: Kind,
  score: Score,
  afterNoon: AfterNoon = afterNoonByTable,
): Promise<(Claim & { score: number })[]> {
  if (kind === 'tasks') {
    const found = await findActionItems(context, each, score);
    return found.map((said) => ({ ...taskClaim(said.claim), score: said.score }));
  }
  if (kind === 'events') {
    const found = await findEvents(context, each, score, afterNoon);
    return found.map((said) => ({ ...eventClaim(said.claim), score: said.score }));
  }
  const found = findMemories(context.sentences, [], context.tag, { score, least: 0.05 });
  return found.map((said) => ({ ...factClaim(said.claim), score: said.score }));
}

function evalTalks(): Talk[] {
  const readSets = talkSets().filter((name) => !isBlind(name));
  return readSets.flatMap((name) => {
    const { dialogues, traps, changes, stays } = readSet(name);
    const isOf = (kind: Kind): boolean => SINGLE[name]?.includes(kind) ?? true;
    const plain = [
      ...changes.map(({ first, gone }) => [first, gone] as const),
      ...stays.map(({ first, holds }) => [first, holds] as const),
    ];
    return [
      ...dialogues.map((dialogue) => ({
        id: `${name}/${dialogue.id}`,
        input: toInput(turnsOf(dialogue), dialogue.me, dialogue.at, dialogue.language),
        tasks: isOf('tasks') ? dialogue.tasks : null,
        events: isOf('events') ? dialogue.events : null,
        facts: isOf('facts') ? dialogue.facts : null,
      })),
      ...traps.map((trap, nth) => ({
        id: `${name}/${TRAP}${nth}`,
        input: toInput([`Me: ${trap}`], 'Me'),
        tasks: null,
        events: null,
        facts: [],
      })),
      ...plain.map(([first, fact], nth) => ({
        id: `${name}/${FIRST}${nth}`,
        input: toInput([`Me: ${first}`], 'Me'),
        tasks: null,
        events: null,
        facts: [fact],
      })),
    ];
  });
}

function testTalks(): Talk[] {
  const local = (dialogue: Dialogue, iso: string | null): string =>
    iso === null
      ? '-'
      : DateTime.fromISO(iso, { zone: dialogue.timeZone })
          .setZone(ZONE)
          .toFormat("yyyy-MM-dd'T'HH:mm");
  return [
    ...loadDialogues(),
    ...loadHeldOutDialogues(),
    ...loadEverydayDialogues(),
    ...loadFreshDialogues(),
  ].map((dialogue) => ({
    id: `tests/${dialogue.file}`,
    input: toUnderstandingInput(dialogue),
    tasks: dialogue.facts.actionItems.map(
      ({ owner, due, mustContain }) =>
        `${owner ?? '-'} | ${local(dialogue, due)} | ${mustContain.join(' ')}`,
    ),
    events: dialogue.facts.events.map(
      ({ start, mustContain }) => `${local(dialogue, start)} | ${mustContain.join(' ')}`,
    ),
    facts: dialogue.facts.memories.map(({ mustContain }) => mustContain.join(' ')),
  }));
}
