import { parseStamp, STAMP } from '../clock-time.ts';
import { lineFormat } from '../line-format.ts';
import { labelKind } from '../speaker-name.ts';
import type { TurnStart } from '../turn-lines.ts';

/** `Name (00:02): words`, `Name [00:02 - 00:07] words`, `Name - 00:02: words`. */
const BRACKETED = new RegExp(
  String.raw`^(?<name>[^:\[\]]{1,60}?) ?[[(](?<time>${STAMP})(?: ?(?:-{1,2}>|[-–—]) ?(?<end>${STAMP}))?[\])] ?:? ?(?<words>.*)$`,
  'isu',
);
const BARE = new RegExp(
  String.raw`^(?<name>[^:\[\]]{1,60}?) (?:[-–|•·@] ?)?(?<time>${STAMP}) ?: (?<words>.*)$`,
  'isu',
);

/** The speaker first, then the time, then the words on the same line or below: Rev, Sonix, notes. */
export const namedTimes = lineFormat({
  id: 'named-times',
  title: 'text with times behind the names, "Name (00:02): words"',
  starts: () => startOf,
  minShare: 0.5,
});

function startOf(line: string): TurnStart | null {
  const groups = (BRACKETED.exec(line) ?? BARE.exec(line))?.groups;
  const speaker = groups?.name?.trim();
  const atMs = groups?.time === undefined ? null : parseStamp(groups.time);
  if (!groups || !speaker || atMs === null) return null;
  const kind = labelKind(speaker);
  if (kind === undefined || kind === 'lower') return null;
  return {
    speaker,
    atMs,
    endMs: groups.end === undefined ? null : parseStamp(groups.end),
    words: groups.words ?? '',
  };
}
