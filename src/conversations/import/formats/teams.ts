import { parseClock, parseStamp, STAMP } from '../clock-time.ts';
import { lineFormat } from '../line-format.ts';
import { labelKind } from '../speaker-name.ts';
import type { TurnStart } from '../turn-lines.ts';

/** `0:0:4.110 --> 0:0:7.480`, then the name, then the words. */
const RANGE = /^(?<start>[\d:.,]{4,20}) ?--> ?(?<end>[\d:.,]{4,20})$/u;
/** The name, then `0:04`, then the words. */
const TIME = new RegExp(`^(?<start>${STAMP})$`, 'iu');
/** Both lines as one, between tabs, which no line has otherwise. */
const HEADING = /^\t(?<name>[^\t]{1,80})\t(?<start>\S{4,20})(?:\t(?<end>\S{4,20}))?$/u;

/** A transcript of Teams as text: the name and the time on lines of their own, in either order. */
export const teams = lineFormat({
  id: 'teams',
  title: 'Teams transcript as text, the name and the time on lines of their own',
  lines: ({ plainLines }) => joinHeadings(plainLines),
  starts: () => startOf,
  minShare: 0.5,
});

function joinHeadings(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [line = '', next = ''] = [lines[at], lines[at + 1]];
    const range = RANGE.exec(line)?.groups;
    const time = TIME.exec(next)?.groups?.start;
    if (range && isName(next)) joined.push(`\t${next}\t${range.start}\t${range.end}`);
    else if (time !== undefined && isName(line))
      joined.push(`\t${line}\t${time.replace(/\s/gu, '')}`);
    else {
      joined.push(line);
      continue;
    }
    at += 1;
  }
  return joined;
}

function startOf(line: string): TurnStart | null {
  const { name, start, end } = HEADING.exec(line)?.groups ?? {};
  if (name === undefined || start === undefined) return null;
  const atMs = parseStamp(start) ?? parseClock(start);
  if (atMs === null) return null;
  return { speaker: name, atMs, endMs: end === undefined ? null : parseClock(end), words: '' };
}

function isName(line: string): boolean {
  const kind = labelKind(line);
  return kind !== undefined && kind !== 'lower';
}
