import { existsSync } from 'node:fs';
import { DateTime } from 'luxon';
import { cooperativeLoop } from '../../src/understanding/rules/cooperative-loop.ts';
import { findEventCandidates } from '../../src/understanding/rules/events/events.ts';
import { findTaskCandidates } from '../../src/understanding/rules/tasks/task-candidates.ts';
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
import { readSet, toInput, turnsOf, ZONE } from './read-sets.ts';
import { eventClaim, taskClaim } from './score-claims.ts';

/** The sets that may be read, and so be fitted to. */
const READ_SETS = [
  'fresh',
  'everyday',
  'street/seen',
  'street/read',
  'small-talk/seen',
  'small-talk/read',
  'exchanges',
  'cases',
  'households/read',
];

/** A candidate of a set with its features, and whether it is right. */
export interface LabelledCandidate {
  /** The dialogue that it is from; all of one are on the same side of a cross-validation. */
  dialogue: string;
  /** The claim and its features, for readers. */
  line: string;
  features: readonly string[];
  isRight: boolean;
}

interface Talk {
  id: string;
  input: UnderstandingInput;
  /** As lines of the data files. */
  tasks: string[];
  events: string[];
}

/** Reads the candidates of all sets that may be read, and those of the dialogues of the tests. */
export async function labelCandidates(): Promise<Record<'tasks' | 'events', LabelledCandidate[]>> {
  const each = cooperativeLoop(new AbortController().signal);
  const tasks: LabelledCandidate[] = [];
  const events: LabelledCandidate[] = [];
  for (const talk of [...evalTalks(), ...testTalks()]) {
    const { context, language } = await readTalk(talk.input, each);
    if (!language.isEnglish) continue;
    for (const { claim, features } of await findTaskCandidates(context, each)) {
      const { line, meets } = taskClaim(claim);
      // The day may be said elsewhere.
      const isMet = (expected: string): boolean =>
        meets(expected) ||
        (claim.dueAt === null && meets(expected.replace(/^([^|]+\|)[^|]+\|/, '$1 * |')));
      const isRight = judge(talk.tasks, isMet);
      if (isRight !== null) tasks.push({ dialogue: talk.id, line, features, isRight });
    }
    for (const { claim, features } of await findEventCandidates(context, each)) {
      const { line, meets } = eventClaim(claim);
      const isMet = (expected: string): boolean =>
        meets(claim.isDay ? expected.replace(/T\d\d:\d\d/, '') : expected);
      const isRight = judge(talk.events, isMet);
      if (isRight !== null) events.push({ dialogue: talk.id, line, features, isRight });
    }
  }
  return { tasks, events };
}

/** True if a line expects the claim, null if one only allows it. */
function judge(lines: readonly string[], meets: (line: string) => boolean): boolean | null {
  if (lines.some((line) => !line.startsWith('? ') && meets(line))) return true;
  return lines.some((line) => line.startsWith('? ') && meets(line.slice(2))) ? null : false;
}

function evalTalks(): Talk[] {
  return READ_SETS.filter((name) =>
    existsSync(new URL(`../../eval/${name}/`, import.meta.url)),
  ).flatMap((name) =>
    readSet(name).dialogues.map((dialogue) => ({
      id: `${name}/${dialogue.id}`,
      input: toInput(turnsOf(dialogue), dialogue.me, dialogue.at, dialogue.language),
      tasks: dialogue.tasks,
      events: dialogue.events,
    })),
  );
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
  }));
}
