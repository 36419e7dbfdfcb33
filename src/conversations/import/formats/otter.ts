import { parseStamp, STAMP } from '../clock-time.ts';
import { lineFormat } from '../line-format.ts';
import { labelKind } from '../speaker-name.ts';
import type { TurnStart } from '../turn-lines.ts';

const HEADING = new RegExp(
  String.raw`^(?<name>[^:\[\]]{1,60}?)(?: ?[-–|•·@,] ?| )\(?(?<time>${STAMP})\)?:?$`,
  'iu',
);
const FOOTER = /^(?:transcribed by|exported from) (?:https?:\/\/)?(?:www\.)?otter\.ai/iu;

/** `Name  0:02`, the words on the lines below: Otter's text export, and Rev, Descript, Teams as text. */
export const otter = lineFormat({
  id: 'otter',
  title: 'Otter text export, "Name  0:02" above the words',
  starts: () => startOf,
  ignored: (line) => (FOOTER.test(line) ? 'line of the program that wrote it' : null),
  isSigned: (file) => file.plainLines.some((line) => FOOTER.test(line)),
  minShare: 0.5,
});

function startOf(line: string): TurnStart | null {
  const { name, time } = HEADING.exec(line)?.groups ?? {};
  if (name === undefined || time === undefined) return null;
  const speaker = name.trim();
  const kind = labelKind(speaker);
  const atMs = parseStamp(time);
  if (kind === undefined || kind === 'lower' || atMs === null) return null;
  return { speaker, atMs, endMs: null, words: '' };
}
