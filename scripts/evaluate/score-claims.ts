import { DateTime } from 'luxon';
import type {
  ActionItemClaim,
  EventClaim,
  MemoryClaim,
  Understanding,
} from '../../src/understanding/understanding-engine.ts';
import { type EvalDialogue, ZONE } from './read-sets.ts';

export type Kind = 'tasks' | 'events' | 'facts';

/** How many expected claims of a kind were found, and the claims that are wrong or missing. */
export interface Tally {
  found: number;
  missed: string[];
  extra: string[];
}

/** A claim of an engine, as a line for readers and a test of an expectation. */
export interface Claim {
  line: string;
  meets: (expected: string) => boolean;
}

/** True if a text holds all words of an expectation, or any are expected. */
export function holdsWords(text: string, words: string): boolean {
  const said = text.toLowerCase();
  return words === '-' || words.split(' ').every((word) => said.includes(word.toLowerCase()));
}

const local = (instant: number): string =>
  DateTime.fromMillis(instant, { zone: ZONE }).toFormat("yyyy-MM-dd'T'HH:mm");

/** True if a due is what was expected, or says less: a day without its time, or nothing. */
function isDue(due: string, expected: string): boolean {
  const isOfDay = expected !== '-' && due.startsWith(`${expected}T`);
  const isDay = due.endsWith('T23:59') && expected.startsWith(due.slice(0, 10));
  return expected === '*' || due === '-' || due === expected || isOfDay || isDay;
}

/** A task as its line `owner | due | words`. */
export function taskClaim({ description, owner, dueAt }: ActionItemClaim): Claim {
  const due = dueAt === null ? '-' : local(dueAt);
  return {
    line: `${owner ?? '-'} | ${due} | ${description}`,
    meets: (expected) => {
      const [who = '', when = '', words = ''] = expected.split(' | ');
      return (
        (who === '*' || who === (owner ?? '-')) &&
        isDue(due, when) &&
        holdsWords(description, words)
      );
    },
  };
}

/** An event as its line `start | words`. */
export function eventClaim({ title, start }: EventClaim): Claim {
  return {
    line: `${local(start)} | ${title}`,
    meets: (expected) => {
      const [when = '', words = ''] = expected.split(' | ');
      return local(start).startsWith(when) && holdsWords(title, words);
    },
  };
}

/** A fact as the words that it holds. */
export function factClaim({ content }: Pick<MemoryClaim, 'content'>): Claim {
  return { line: content, meets: (expected) => holdsWords(content, expected) };
}

/** Returns the claims of each kind, to be held against the lines of the data files. */
function claimsOf({ actionItems, events, memories }: Understanding): Record<Kind, Claim[]> {
  return {
    tasks: actionItems.map(taskClaim),
    events: events.map(eventClaim),
    facts: memories.map(factClaim),
  };
}

/** Returns an understanding without what is only suggested. */
export function claimedOnly(result: Understanding): Understanding {
  const memories = result.memories.filter(({ isSure }) => isSure);
  return { ...result, suggestedTasks: [], memories };
}

/** Returns an understanding with what is suggested among the claims. */
export function withSuggestions(result: Understanding): Understanding {
  return { ...result, actionItems: [...result.actionItems, ...result.suggestedTasks] };
}

/** Holds what was understood of a dialogue against what its data say. */
export function tallyDialogue(dialogue: EvalDialogue, result: Understanding): Record<Kind, Tally> {
  const claims = claimsOf(result);
  const of = (kind: Kind): Tally => {
    const left = [...claims[kind]];
    const take = (expected: string): boolean => {
      const at = left.findIndex((claim) => claim.meets(expected));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    };
    const lines = dialogue[kind];
    const needed = lines.filter((line) => !line.startsWith('? '));
    const missed = needed.filter((line) => !take(line));
    for (const line of lines) if (line.startsWith('? ')) take(line.slice(2));
    return {
      found: needed.length - missed.length,
      missed: missed.map((line) => `${dialogue.id}: ${line}`),
      extra: left.map(({ line }) => `${dialogue.id}: ${line}`),
    };
  };
  return { tasks: of('tasks'), events: of('events'), facts: of('facts') };
}
