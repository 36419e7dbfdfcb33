import {
  flattenText,
  type ImportedTurn,
  timeTurns,
  type UntimedTurn,
} from './imported-transcript.ts';
import { splitSpeaker } from './speaker-name.ts';

/**
 * Turns of plain text, one a line: `Name: words`. A line without a name goes on with the turn
 * before it; after an empty line it is a turn of nobody known.
 */
export function parsePlainText(text: string): ImportedTurn[] {
  const turns: UntimedTurn[] = [];
  let open = false;
  for (const line of text.split(/\r\n?|\n/u)) {
    const flat = flattenText(line);
    if (flat === '') {
      open = false;
      continue;
    }
    const labelled = splitSpeaker(flat);
    const last = turns.at(-1);
    if (labelled) turns.push({ speaker: labelled.name, text: labelled.words });
    else if (open && last) last.text = flattenText(`${last.text} ${flat}`);
    else turns.push({ speaker: null, text: flat });
    open = true;
  }
  return timeTurns(turns.filter((turn) => turn.text !== ''));
}
