import { parseStamp, STAMP } from '../clock-time.ts';
import { lineFormat } from '../line-format.ts';
import { labelKind } from '../speaker-name.ts';
import type { TurnStart } from '../turn-lines.ts';

const HEADING = new RegExp(
  String.raw`^[[(]?(?<time>${STAMP})[\])]?(?: ?[-–|•·] ?| )(?<name>[^:\[\]]{1,80}?):?$`,
  'iu',
);

/** What Fathom puts behind a name. */
const COMPANY = / \([^()]{1,60}\)$/u;

/** `0:02 - Name (Company)` or `[0:02] Name`, the words on the lines below: Fathom and others. */
export const timedHeadings = lineFormat({
  id: 'timed-headings',
  title: 'text with "0:02 - Name" above the words',
  starts: () => startOf,
  minShare: 0.5,
});

function startOf(line: string): TurnStart | null {
  const { name, time } = HEADING.exec(line)?.groups ?? {};
  if (name === undefined || time === undefined) return null;
  const speaker = name.replace(COMPANY, '').trim();
  const kind = labelKind(speaker);
  const atMs = parseStamp(time);
  // A single word after a time is more often speech than a name.
  if (kind === undefined || kind === 'lower' || kind === 'word' || atMs === null) return null;
  return { speaker, atMs, endMs: null, words: '' };
}
