import { countWords } from '../../text/word-count.ts';
import { type ImportedTurn, type LeftOutCounter, MS_PER_WORD } from './imported-transcript.ts';

/** A line that begins a turn. */
export interface TurnStart {
  speaker: string | null;
  /** Milliseconds: of the recording, or of the day. */
  atMs: number;
  /** Null if the line does not tell. */
  endMs: number | null;
  /** The words on the line itself, if any. */
  words: string;
}

/** Most lines before the first turn that count as a heading; more are speech of an unknown speaker. */
const MAX_HEADING_LINES = 12;
/** A recording does not begin so late, a meeting on the clock does. */
const CLOCK_STARTS_MS = 3_600_000;
const HALF_DAY_MS = 12 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** A turn takes at most this long a word, though the next one comes later. */
const SLOW_MS_PER_WORD = 600;

/**
 * Reads turns from lines: those that `startOf` knows begin one, others go on with it. Lines before the
 * first turn are a heading and left out.
 *
 * @param startOf null for a line that begins no turn; `ignore` with a reason leaves it out
 */
export function readTurns(
  lines: readonly string[],
  startOf: (line: string, at: number) => TurnStart | { ignore: string } | null,
  leftOut: LeftOutCounter,
): ImportedTurn[] {
  const starts: TurnStart[] = [];
  const heading: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const start = startOf(line, at);
    const last = starts.at(-1);
    if (start && 'ignore' in start) leftOut.add(start.ignore, line);
    else if (start) starts.push({ ...start });
    else if (last) last.words = last.words === '' ? line : `${last.words} ${line}`;
    else heading.push(line);
  }
  if (heading.length > MAX_HEADING_LINES) {
    starts.unshift({
      speaker: null,
      atMs: starts[0]?.atMs ?? 0,
      endMs: null,
      words: heading.join(' '),
    });
  } else {
    for (const line of heading) leftOut.add('heading line', line);
  }
  return timed(starts);
}

/** Turns that have words, on one clock that starts with the recording and never runs back. */
function timed(starts: readonly TurnStart[]): ImportedTurn[] {
  const times: number[] = [];
  let days = 0;
  for (const [i, { atMs }] of starts.entries()) {
    const before = starts[i - 1]?.atMs ?? atMs;
    if (before - atMs > HALF_DAY_MS) days += DAY_MS;
    times.push(Math.max(times.at(-1) ?? 0, atMs + days));
  }
  const first = times[0] ?? 0;
  const zero = first >= CLOCK_STARTS_MS ? first : 0;
  const turns: ImportedTurn[] = [];
  for (const [i, { speaker, words, endMs, atMs }] of starts.entries()) {
    if (words === '') continue;
    const startMs = (times[i] ?? 0) - zero;
    const next = (times[i + 1] ?? Number.POSITIVE_INFINITY) - zero;
    const count = Math.max(1, countWords(words));
    const told = endMs === null || endMs <= atMs ? null : startMs + endMs - atMs;
    const isBounded = Number.isFinite(next) && next > startMs;
    const estimated = isBounded
      ? Math.min(next, startMs + count * SLOW_MS_PER_WORD)
      : startMs + count * MS_PER_WORD;
    turns.push({ speaker, text: words, startMs, endMs: told ?? estimated });
  }
  return turns;
}
