import { parseTimeOfDay, STAMP } from '../clock-time.ts';
import { lineFormat } from '../line-format.ts';
import type { TurnStart } from '../turn-lines.ts';

/** `[Name] 14:02:11`, the words on the lines below. */
const CAPTION = new RegExp(String.raw`^\[(?<name>[^[\]]{1,80})\] ?(?<time>${STAMP})$`, 'iu');
/** `14:02:11 From Name to Everyone: words`, the words behind or below. */
const CHAT = new RegExp(
  `^(?<time>${STAMP}) From (?<name>[^:]{1,80}?)(?: to [^:]{1,80}?)? ?:(?: (?<words>.*))?$`,
  'isu',
);

/** What Zoom saves as `meeting_saved_closed_caption.txt` and `meeting_saved_chat.txt`. */
export const zoomCaptions = lineFormat({
  id: 'zoom',
  title: 'Zoom saved captions or chat',
  starts: () => startOf,
  isSigned: ({ plainLines }) =>
    plainLines.filter((line) => CHAT.test(line)).length * 3 >= plainLines.length,
  minShare: 0.3,
});

function startOf(line: string): TurnStart | null {
  const groups = (CAPTION.exec(line) ?? CHAT.exec(line))?.groups;
  const atMs = groups?.time === undefined ? null : parseTimeOfDay(groups.time);
  const speaker = groups?.name?.trim();
  if (!groups || !speaker || atMs === null || !/[\p{L}\p{N}]/u.test(speaker)) return null;
  return { speaker, atMs, endMs: null, words: groups.words ?? '' };
}
