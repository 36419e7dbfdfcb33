import { z } from 'zod';
import { countWords } from '../../text/word-count.ts';
import { parseClock } from './clock-time.ts';
import { flattenText, type ImportedTurn } from './imported-transcript.ts';
import { placeTimes } from './place-times.ts';

/** A time in a JSON file: a number, a number as text, `00:02`, an ISO time; or nothing. */
export const jsonTime = z.union([z.number(), z.string()]).nullish();
/** Text that a JSON file may leave out. */
export const jsonText = z.string().nullish();
/** A speaker in a JSON file: a name or a number; or nothing. */
export const jsonSpeaker = z.union([z.string(), z.number()]).nullish();

/** A turn in a JSON file. */
export interface JsonTurn {
  speaker: string | null;
  text: string | null | undefined;
  startMs: number | null;
  endMs: number | null;
}

/** Turns with words, in order, whatever their times are. */
export function jsonTurns(turns: readonly JsonTurn[]): ImportedTurn[] {
  const worded = turns.flatMap((turn) => {
    const text = flattenText(turn.text ?? '');
    return text === '' ? [] : [{ ...turn, text }];
  });
  return placeTimes(worded, ({ text }) => countWords(text));
}

/** Milliseconds of a time that is in seconds if it is a number; null if there is none. */
export function secondsToMs(time: z.infer<typeof jsonTime>): number | null {
  if (typeof time === 'string' && time.includes(':')) return parseClock(time);
  return scaled(time, 1000);
}

/** Milliseconds of a time that is in milliseconds; null if there is none. */
export function millisecondsOf(time: z.infer<typeof jsonTime>): number | null {
  return scaled(time, 1);
}

/** Epoch milliseconds of an ISO time or of a number of seconds or milliseconds since 1970; else null. */
export function momentOf(time: z.infer<typeof jsonTime>): number | null {
  if (time === null || time === undefined || time === '') return null;
  const number = Number(time);
  // Seconds have ten digits from 2001 to 2286.
  if (Number.isFinite(number)) return number < 1e11 ? number * 1000 : number;
  const parsed = Date.parse(String(time));
  return Number.isNaN(parsed) ? null : parsed;
}

/** A label of a speaker: names as they are, numbers and letters as `Speaker 1`; null if there is none. */
export function speakerLabel(speaker: z.infer<typeof jsonSpeaker>): string | null {
  if (typeof speaker === 'number') return `Speaker ${speaker}`;
  const name = flattenText(speaker ?? '');
  if (name === '') return null;
  return /^(?:\d{1,3}|[A-Z])$/u.test(name) ? `Speaker ${name}` : name;
}

function scaled(time: z.infer<typeof jsonTime>, factor: number): number | null {
  if (time === null || time === undefined || time === '') return null;
  const ms = Math.round(Number(time) * factor);
  return Number.isFinite(ms) && ms >= 0 && ms < Number.MAX_SAFE_INTEGER ? ms : null;
}
