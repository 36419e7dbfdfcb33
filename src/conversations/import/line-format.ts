import { LeftOutCounter, talkOf } from './imported-transcript.ts';
import type { TextFile, TranscriptFormat } from './transcript-format.ts';
import { readTurns, type TurnStart } from './turn-lines.ts';

/** Says of a line which turn begins with it. */
export type StartOf = (line: string, at: number) => TurnStart | null;

/** How sure a text is recognised by its lines alone; below what says so in words. */
const BASE = 0.6;
const BEST = 0.95;

/**
 * A format of text in which a line with a speaker or a time begins a turn.
 *
 * @param format.lines the lines to read, those of the file without it
 * @param format.starts looks at the whole file once and then at each line
 * @param format.ignored why a line is no speech, null if it is
 * @param format.isSigned true if a file says that it is of this kind
 * @param format.minShare share of the paragraphs or lines that must begin a turn
 */
export function lineFormat(format: {
  id: string;
  title: string;
  lines?: (file: TextFile) => readonly string[];
  starts: (file: TextFile) => StartOf;
  ignored?: (line: string) => string | null;
  isSigned?: (file: TextFile) => boolean;
  minShare: number;
}): TranscriptFormat {
  const { id, title, starts, minShare } = format;
  const ignored = format.ignored ?? (() => null);
  const linesOf = format.lines ?? ((file: TextFile) => file.plainLines);
  return {
    id,
    family: 'text',
    title,
    recognise: (file) => {
      const share = startShare(linesOf(file), starts(file));
      if (share > 0 && format.isSigned?.(file)) return 1;
      return share < minShare ? 0 : Math.min(BEST, BASE + share * 0.3);
    },
    parse: (file) => {
      const leftOut = new LeftOutCounter();
      const startOf = starts(file);
      const turns = readTurns(
        linesOf(file),
        (line, at) => {
          const ignore = ignored(line);
          return ignore === null ? startOf(line, at) : { ignore };
        },
        leftOut,
      );
      return { talks: [talkOf(turns)], leftOut: leftOut.list() };
    },
  };
}

/**
 * Share of the lines, or of the paragraphs if that is more, that begin a turn. 0 if the text does not
 * begin with a turn and has fewer than two, or if most turns have no words.
 */
function startShare(lines: readonly string[], startOf: StartOf): number {
  let [spoken, paragraphs, found, worded] = [0, 0, 0, 0];
  let isFirst = false;
  let isOpen = false;
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const start = startOf(line, at);
    if (spoken === 0 && start) isFirst = true;
    spoken += 1;
    if (start || (lines[at - 1] ?? '') === '') paragraphs += 1;
    if (start) {
      found += 1;
      isOpen = start.words === '';
      if (!isOpen) worded += 1;
    } else if (isOpen) {
      worded += 1;
      isOpen = false;
    }
  }
  if (found === 0 || (found < 2 && !isFirst) || worded < found / 2) return 0;
  return found / Math.min(spoken, paragraphs);
}
