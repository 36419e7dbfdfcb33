import pc from 'picocolors';
import { processEnvironment } from '../config/env.ts';
import type { Environment } from '../kernel/read-variables.ts';

/** Every control character but line feed, tab and the escape that begins a colour of ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const UNSAFE = /\u001b(?!\[[\d;]{1,8}m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;
const DEFAULT_COLUMNS = 100;

/** Colours that are used only on a terminal, and not with NO_COLOR; FORCE_COLOR uses them anywhere. */
export const paint = pc.createColors(
  usesColours(processEnvironment(), Boolean(process.stdout.isTTY)),
);

/** Returns whether colours are wanted (https://no-color.org). */
export function usesColours(env: Environment, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

/** Removes what would move the cursor or rename the window: words of others are printed too. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '');
}

/** Prints lines on standard output. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.map(printable).join('\n')}\n`);
}

/** Prints a value as JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints entries as JSON, as ids, or each in a line. */
export function printEntries<T extends { id: string }>(
  entries: readonly T[],
  lineOf: (entry: T) => string,
  { json, quiet }: { json?: boolean; quiet?: boolean },
): void {
  if (json) printJson(entries);
  else printLines(entries.map((entry) => (quiet ? entry.id : lineOf(entry))));
}

/** Prints a line on standard error, which does not mix with the result. */
export function printNote(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** Cuts a text to one line of the terminal; `used` columns are taken. Off a terminal it is whole. */
export function fitLine(text: string, used: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (!process.stdout.isTTY) return line;
  const room = Math.max(20, (process.stdout.columns ?? DEFAULT_COLUMNS) - used);
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}

/** Date and time of this machine's zone and language, `Nov 28, 2026, 3:00 PM`. */
export function localTime(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(iso),
  );
}

/** `mm:ss`, or `h:mm:ss` from an hour on. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, '0'));
  return [...(whole >= 3600 ? [Math.floor(whole / 3600)] : []), ...parts].join(':');
}

/** The part of an id that is shown. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
