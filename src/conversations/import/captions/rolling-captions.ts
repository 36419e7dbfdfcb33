import type { LeftOutCounter, UntimedTurn } from '../imported-transcript.ts';

/** A caption whose text is split into lines, each of one voice. */
export interface LinedCue {
  startMs: number;
  endMs: number;
  lines: UntimedTurn[];
}

/** Captions that roll follow each other without a pause longer than this. */
const MAX_PAUSE_MS = 250;
/** A caption that only holds what is shown is at most this long. */
const HOLD_MS = 100;
/** Lines that one caption shows; what is longer is a page of text. */
const MAX_LINES = 12;
/** Rolling captions are at least so many, and this share of all. */
const MIN_ROLLED = 2;
const MIN_SHARE = 0.3;

/**
 * Takes out what a caption repeats from the one before, as captions of live television and YouTube do:
 * each shows the line before, then a new one; or its text grows word by word. In files of another kind
 * nothing is taken out, for people repeat themselves. What goes is counted.
 */
export function unrollCaptions(cues: readonly LinedCue[], leftOut: LeftOutCounter): LinedCue[] {
  const overlaps = cues.map((cue, at) => overlapOf(cues[at - 1], cue));
  const rolled = overlaps.filter((overlap) => overlap.isRolled).length;
  if (rolled < MIN_ROLLED || rolled < cues.length * MIN_SHARE) return [...cues];
  return cues.map((cue, at) => {
    const overlap = overlaps[at] ?? NONE;
    for (const text of overlap.repeated) leftOut.add('repeated caption line', text);
    return { ...cue, lines: overlap.rest ?? cue.lines };
  });
}

interface Overlap {
  /** What the caption before shows already. */
  repeated: string[];
  /** What is new; null if everything is. */
  rest: UntimedTurn[] | null;
  /** True if the caption looks like one that rolls: it repeats and adds, or only holds. */
  isRolled: boolean;
}

const NONE: Overlap = { repeated: [], rest: null, isRolled: false };

function overlapOf(before: LinedCue | undefined, cue: LinedCue): Overlap {
  if (!before || cue.startMs - before.endMs > MAX_PAUSE_MS) return NONE;
  const [shown, lines] = [before.lines, cue.lines];
  for (let count = Math.min(shown.length, lines.length, MAX_LINES); count > 0; count -= 1) {
    const end = shown.slice(shown.length - count);
    if (!end.every((line, i) => isSame(line, lines[i]))) continue;
    const isHold = cue.endMs - cue.startMs <= HOLD_MS;
    return {
      repeated: end.map((line) => line.text),
      rest: lines.slice(count),
      isRolled: lines.length > count || isHold,
    };
  }
  const [old, grown] = [asOne(shown), asOne(lines)];
  if (!old || !grown || old.speaker !== grown.speaker || !grown.text.startsWith(`${old.text} `)) {
    return NONE;
  }
  const rest = [{ ...grown, text: grown.text.slice(old.text.length + 1) }];
  return { repeated: [old.text], rest, isRolled: true };
}

function isSame(a: UntimedTurn, b: UntimedTurn | undefined): boolean {
  return b !== undefined && a.speaker === b.speaker && a.text === b.text;
}

/** Lines of one voice as one line. */
function asOne(lines: readonly UntimedTurn[]): UntimedTurn | null {
  const [first] = lines;
  if (!first || lines.some((line) => line.speaker !== first.speaker)) return null;
  return { speaker: first.speaker, text: lines.map((line) => line.text).join(' ') };
}
