import { parseStamp, STAMP } from '../clock-time.ts';
import { lineFormat, type StartOf } from '../line-format.ts';
import { SpeakerLabels } from '../speaker-labels.ts';
import type { TextFile } from '../transcript-format.ts';

const TIMED = new RegExp(
  String.raw`^(?<open>[[(]?)(?<time>${STAMP})(?: ?(?:-{1,2}>|[-–—]|to) ?(?<end>${STAMP}))?[\])]?(?: ?[-–|:] ?| |$)(?<rest>.*)$`,
  'isu',
);

/** `[00:02] Name: words`, with or without brackets, an end, a name; or the time above the words. */
export const timedLines = lineFormat({
  id: 'timed-lines',
  title: 'text with times before the words, "[00:02] Name: words"',
  starts,
  minShare: 0.6,
});

function starts(file: TextFile): StartOf {
  const rests = file.plainLines.flatMap((line) => TIMED.exec(line)?.groups?.rest ?? []);
  const labels = new SpeakerLabels(rests, file.knownNames);
  return (line) => {
    const groups = TIMED.exec(line)?.groups;
    const atMs = groups?.time === undefined ? null : parseStamp(groups.time);
    if (!groups || atMs === null) return null;
    const rest = groups.rest ?? '';
    const labelled = labels.split(rest);
    return {
      speaker: labelled?.speaker ?? null,
      atMs,
      endMs: groups.end === undefined ? null : parseStamp(groups.end),
      words: labelled?.words ?? rest,
    };
  };
}
