import { z } from 'zod';
import { describeRange, parseZonedIso } from '../local-time.ts';
import { type ToolContext, ToolInputError } from './chat-tool.ts';

/** A time argument: ISO 8601 with a zone. */
export function zonedTime(meaning: string) {
  return z
    .string()
    .optional()
    .describe(`${meaning}, ISO 8601 with time zone, such as 2026-03-02T00:00:00+01:00`);
}

/** Bounds that a call is held to; null: none. */
export interface ToolBounds {
  from: number | null;
  to: number | null;
  /** Says which time the result is of, and where it comes from; empty without bounds. */
  note: string;
}

/**
 * The time that a call is about: what it names, else what the user asked about, which never gets
 * lost. A time that is wholly to come restricts nothing that has been (`past`).
 */
export function boundsOf(
  context: ToolContext,
  args: { start_date?: string | undefined; end_date?: string | undefined },
  kind: 'past' | 'any',
): ToolBounds {
  const from = readTime('start_date', args.start_date);
  const to = readTime('end_date', args.end_date);
  if (from !== null && to !== null && from > to) {
    throw new ToolInputError('start_date is after end_date');
  }
  if (from !== null || to !== null) {
    const range = { from: from ?? 0, to: to ?? context.now };
    return { from, to, note: `Time: ${describeRange(range, context.timeZone)}.` };
  }
  const { range } = context;
  if (!range || (kind === 'past' && range.from > context.now)) {
    return { from: null, to: null, note: '' };
  }
  const described = describeRange(range, context.timeZone);
  const note = `Time: ${described}, since the user asked about "${range.text}".`;
  return { from: range.from, to: range.to, note };
}

/** A due time may be past by as much: clients and models count in other time zones. */
const PAST_GRACE_MS = 86_400_000;

/**
 * Returns the epoch milliseconds of a due time, null if none was given. Omi refuses a day that is
 * past as well: models get years wrong.
 *
 * @throws `ToolInputError` for a time that is more than a day past
 */
export function readDueTime(name: string, text: string | undefined, now: number): number | null {
  const time = readTime(name, text);
  if (time !== null && time < now - PAST_GRACE_MS) {
    const current = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
    throw new ToolInputError(
      `${name} '${text}' is in the past. The current time is ${current}. Please use a future date for the due date.`,
    );
  }
  return time;
}

/** Epoch milliseconds of a time argument, null if it was not given. */
export function readTime(name: string, text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const time = parseZonedIso(text);
  if (time === undefined) {
    throw new ToolInputError(
      `${name} must be ISO 8601 with a time zone, such as 2026-03-02T00:00:00+01:00`,
    );
  }
  return time;
}
