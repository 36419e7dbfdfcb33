import type { DestinationStream } from 'pino';
import { z } from 'zod';
import { paint, printable } from './terminal.ts';

/** Pino's numbers of levels, and the words of them. */
const LEVELS: Readonly<Record<number, string>> = {
  10: paint.dim('trace'),
  20: paint.dim('debug'),
  30: paint.green('info '),
  40: paint.yellow('warn '),
  50: paint.red('error'),
  60: paint.red('fatal'),
};
const lineSchema = z
  .object({ level: z.number(), time: z.string(), msg: z.string().default('') })
  .catchall(z.unknown());

/** Returns what writes the lines of the log for people: time, level, message, `field=value`. */
export function textLog(output: { write(text: string): unknown }): DestinationStream {
  return { write: (line) => void output.write(`${readableLine(line)}\n`) };
}

function readableLine(line: string): string {
  const parsed = lineSchema.safeParse(JSON.parse(line));
  if (!parsed.success) return printable(line.trim());
  const { level, time, msg, subsystem, ...fields } = parsed.data;
  const clock = new Date(time).toLocaleTimeString('en-GB');
  const from = typeof subsystem === 'string' ? paint.dim(` [${subsystem}]`) : '';
  const data = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const said = [msg, ...data].join(' ');
  return printable(`${paint.dim(clock)} ${LEVELS[level] ?? level}${from} ${said}`);
}
