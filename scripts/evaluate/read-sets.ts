import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { DateTime } from 'luxon';
import { parse } from 'yaml';
import { z } from 'zod';
import { contentStems } from '../../src/text/stems.ts';
import {
  NOTHING_KNOWN,
  type UnderstandingInput,
} from '../../src/understanding/understanding-engine.ts';

export const ZONE = 'Europe/Berlin';
/** When talks without a time of their own are held, and when phrases and questions are said. */
const TALK_AT = '2026-05-04T10:00';
export const SAID_AT = DateTime.fromISO('2026-03-11T10:00', { zone: ZONE }).toMillis();
const MS_PER_WORD = 300;

const dialogueSchema = z.strictObject({
  id: z.string(),
  me: z.string(),
  at: z.string().default(TALK_AT),
  language: z.string().default('en'),
  turns: z.string(),
  tasks: z.array(z.string()).default([]),
  events: z.array(z.string()).default([]),
  facts: z.array(z.string()).default([]),
  /** Words and a question, and the turns (from 1) that they should find. */
  find: z
    .strictObject({ words: z.string(), question: z.string(), turns: z.array(z.number()) })
    .optional(),
});
export type EvalDialogue = z.infer<typeof dialogueSchema>;

const changeSchema = z.strictObject({
  first: z.string(),
  // biome-ignore lint/suspicious/noThenProperty: the word of the data file
  then: z.string(),
  gone: z.string(),
  holds: z.string().optional(),
});

const staySchema = z.strictObject({
  first: z.string(),
  // biome-ignore lint/suspicious/noThenProperty: the word of the data file
  then: z.string(),
  holds: z.string(),
});

const saidSchema = z.strictObject({ at: z.string().nullable(), zone: z.string() });
const talks = z.array(z.array(z.string()));

/** One set of the evaluation: what is in its folder under `eval/`. */
export interface EvalSet {
  name: string;
  dialogues: EvalDialogue[];
  traps: string[];
  changes: z.infer<typeof changeSchema>[];
  /** Two talks after which a fact of the first still holds. */
  stays: z.infer<typeof staySchema>[];
  shortTalks: string[][];
  emptyTalks: string[][];
  phrases: Record<string, string[]>;
  questions: Record<string, string>;
  /** Holidays by `zone | words`. */
  holidays: Record<string, string[]>;
  /** When phrases and questions are said, and in which zone. */
  said: { at: number; zone: string };
}

const EVAL = new URL('../../eval/', import.meta.url);

/** True for a set that nobody reads while rules are changed. */
export const isBlind = (set: string): boolean => set === 'set-aside' || set.endsWith('/kept');

const TALKS = ['dialogues', 'changes', 'short-talks', 'empty-talks'];

/** Returns the names of the sets with English talks, halves as `street/read`, in the order of their names. */
export function talkSets(): string[] {
  const folders = readdirSync(EVAL, { withFileTypes: true }).filter((file) => file.isDirectory());
  return folders
    .flatMap(({ name }) => [name, `${name}/seen`, `${name}/read`, `${name}/kept`])
    .filter((name) => name !== 'languages')
    .filter((name) => TALKS.some((file) => existsSync(new URL(`${name}/${file}.yaml`, EVAL))))
    .sort();
}

/** Reads a folder under `eval/`; a file that is not there is an empty list. */
export function readSet(name: string): EvalSet {
  const read = <T>(file: string, schema: z.ZodType<T>, empty: T): T => {
    const path = new URL(`${name}/${file}.yaml`, EVAL);
    return existsSync(path) ? schema.parse(parse(readFileSync(path, 'utf8'))) : empty;
  };
  const said = read('said', saidSchema, { at: null, zone: ZONE });
  return {
    name,
    dialogues: read<EvalDialogue[]>('dialogues', z.array(dialogueSchema) as never, []),
    traps: read('traps', z.array(z.string()), []),
    changes: read('changes', z.array(changeSchema), []),
    stays: read('stays', z.array(staySchema), []),
    shortTalks: read('short-talks', talks, []),
    emptyTalks: read('empty-talks', talks, []),
    phrases: read('phrases', z.record(z.string(), z.array(z.string())), {}),
    questions: read('questions', z.record(z.string(), z.string()), {}),
    holidays: read('holidays', z.record(z.string(), z.array(z.string())), {}),
    said: {
      at: said.at === null ? SAID_AT : DateTime.fromISO(said.at, { zone: said.zone }).toMillis(),
      zone: said.zone,
    },
  };
}

/** Splits `Name: words`; both are empty if it has no such form. */
export function splitTurn(turn: string): { name: string; text: string } {
  const [, name = '', text = ''] = /^([^:]+): (.*)$/.exec(turn) ?? [];
  return { name, text };
}

/** Turns `Name: words` as input of an engine, 0.3 s a word. */
export function toInput(
  turns: readonly string[],
  me: string,
  at = TALK_AT,
  language = 'en',
): UnderstandingInput {
  const said = turns.map(splitTurn);
  const speakers = [...new Set(said.map(({ name }) => name))];
  let time = 0;
  return {
    segments: said.map(({ name, text }, index) => {
      const startMs = time;
      time += text.split(/\s+/).length * MS_PER_WORD;
      return {
        id: `segment-${index}`,
        text,
        speaker: `SPEAKER_${speakers.indexOf(name)}`,
        name,
        isUser: name === me,
        startMs,
        endMs: time,
      };
    }),
    startedAt: DateTime.fromISO(at, { zone: ZONE }).toMillis(),
    timeZone: ZONE,
    language,
    userName: me,
    uid: 'u1',
    medium: 'speech',
    photos: [],
    ...NOTHING_KNOWN,
    forced: false,
  };
}

/** Returns the turns of a dialogue's text, one a line. */
export function turnsOf({ turns }: Pick<EvalDialogue, 'turns'>): string[] {
  return turns.split('\n').filter((line) => line.trim() !== '');
}

/** Returns the stems of the words of a dialogue's id that are said in it: what it is about. */
export function wordsOfId(id: string, text: string): string[] {
  const said = new Set(contentStems(text));
  const name = id.split('/').at(-1) ?? '';
  return contentStems(name.replaceAll('-', ' ')).filter((stem) => said.has(stem));
}
