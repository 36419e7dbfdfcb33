import {
  flattenText,
  type ImportedTurn,
  LeftOutCounter,
  talkOf,
  timeTurns,
  type UntimedTurn,
} from '../imported-transcript.ts';
import { cleanLine } from '../markdown-line.ts';
import { SpeakerLabels } from '../speaker-labels.ts';
import type { TextFile, TranscriptFormat } from '../transcript-format.ts';

const HEADING = /^#{1,6}\s/u;

/** Any text; those whose lines begin with speakers are told from prose when they are read. */
export const plainText: TranscriptFormat = {
  id: 'plain-text',
  family: 'text',
  title: 'text, with or without "Name: words"',
  recognise: () => 0.1,
  parse: (file) => {
    const leftOut = new LeftOutCounter();
    const lines = withoutHeadings(file, leftOut);
    return { talks: [talkOf(turnsOf(lines, file.knownNames))], leftOut: leftOut.list() };
  },
};

/** The lines of a text; if people speak in it, without its Markdown headings. */
function withoutHeadings(file: TextFile, leftOut: LeftOutCounter): readonly string[] {
  const isHeading = file.lines.map((line) => HEADING.test(line));
  const others = file.plainLines.map((line, at) => (isHeading[at] ? '' : line));
  const labels = new SpeakerLabels(others, file.knownNames);
  if (!others.some((line) => labels.split(line))) return file.plainLines;
  for (const [at, line] of file.plainLines.entries()) {
    if (isHeading[at]) leftOut.add('heading line', line);
  }
  return others;
}

/**
 * Turns of plain text, one a line: `Name: words`. A line without a speaker goes on with the turn before
 * it; after an empty line it is a turn of an unknown speaker.
 *
 * @param knownNames people who may speak in it
 */
export function parsePlainText(text: string, knownNames: readonly string[] = []): ImportedTurn[] {
  return turnsOf(text.split(/\r\n?|\n/u).map(cleanLine), knownNames);
}

function turnsOf(lines: readonly string[], knownNames: readonly string[]): ImportedTurn[] {
  const labels = new SpeakerLabels(lines, knownNames);
  const turns: UntimedTurn[] = [];
  let isOpen = false;
  for (const line of lines) {
    const last = turns.at(-1);
    if (line === '') {
      // Words may stand below the name and an empty line.
      isOpen &&= last?.text === '';
      continue;
    }
    const labelled = labels.split(line);
    if (labelled) turns.push({ speaker: labelled.speaker, text: labelled.words });
    else if (isOpen && last) last.text = last.text === '' ? line : `${last.text} ${line}`;
    else turns.push({ speaker: null, text: line });
    isOpen = true;
  }
  return timeTurns(
    turns
      .map((turn) => ({ ...turn, text: flattenText(turn.text) }))
      .filter((turn) => turn.text !== ''),
  );
}
