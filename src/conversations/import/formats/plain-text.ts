import {
  flattenText,
  type ImportedTurn,
  talkOf,
  timeTurns,
  type UntimedTurn,
} from '../imported-transcript.ts';
import { cleanLine } from '../markdown-line.ts';
import { SpeakerLabels } from '../speaker-labels.ts';
import type { TranscriptFormat } from '../transcript-format.ts';

/** Any text; those whose lines begin with speakers are told from prose when they are read. */
export const plainText: TranscriptFormat = {
  id: 'plain-text',
  family: 'text',
  title: 'text, with or without "Name: words"',
  recognise: () => 0.1,
  parse: (file) => ({
    talks: [talkOf(turnsOf(file.plainLines, file.knownNames))],
    leftOut: [],
  }),
};

/**
 * Turns of plain text, one a line: `Name: words`. A line without a speaker goes on with the turn before
 * it; after an empty line it is a turn of nobody known.
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
