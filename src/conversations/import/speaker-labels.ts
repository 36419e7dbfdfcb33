import { type LabelKind, labelKind, splitLabel } from './speaker-name.ts';

/** What stands before and behind the colon of a line. */
export interface Labelled {
  speaker: string;
  words: string;
}

/** A single word before a colon is a name if more than this share of the lines begins with one. */
const DIALOGUE_SHARE = 0.8;
/** The same if the first line does. */
const OPENED_SHARE = 0.5;
/** The same of words that are not capitalised, as in chats. */
const LOWER_SHARE = 0.8;
/** How often a label must stand before a colon to be one by that alone. */
const RECURS = 2;
/** So many different labels, each once, are a list. */
const LIST = 3;

/**
 * Which labels before a colon are speakers is a matter of the whole text: a label that looks like a name
 * or recurs is one; a single word is one if most lines begin like that. So a reminder or a postscript
 * within a text is no person.
 */
export class SpeakerLabels {
  readonly #speakers = new Set<string>();

  /**
   * @param lines every line that could begin with a label
   * @param known names of people in the text, if that is known
   */
  constructor(lines: readonly string[], known: readonly string[] = []) {
    const spoken = lines.filter((line) => line.trim() !== '');
    const found = new Map<string, { kind: LabelKind; count: number }>();
    for (const line of spoken) {
      const label = splitLabel(line.trim())?.label;
      const kind = label === undefined ? undefined : labelKind(label);
      if (label === undefined || kind === undefined) continue;
      const before = found.get(label);
      if (before) before.count += 1;
      else found.set(label, { kind, count: 1 });
    }
    const all = [...found.values()];
    const shareOf = (kinds: readonly LabelKind[]) =>
      all.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { count }) => sum + count, 0) /
      Math.max(1, spoken.length);
    const share = shareOf(['voice', 'name', 'part', 'word']);
    const isOpened = found.has(splitLabel(spoken[0]?.trim() ?? '')?.label ?? '');
    // Labels of which none comes twice are those of a list: `Flour: …`, `Sugar: …`, `Salt: …`.
    const isList =
      all.length >= LIST && all.every(({ kind, count }) => kind === 'word' && count === 1);
    const isDialogue = !isList && (share > DIALOGUE_SHARE || (isOpened && share >= OPENED_SHARE));
    const isChat =
      shareOf(['voice', 'name', 'part', 'word', 'lower']) >= LOWER_SHARE &&
      all.some(({ count }) => count >= RECURS);
    const names = namesOf([...known, ...namesAmong(found)]);
    for (const [label, { kind, count }] of found) {
      const isSpeaker =
        kind === 'voice' ||
        kind === 'name' ||
        names.has(label.toLowerCase()) ||
        (kind === 'lower' ? isChat : count >= RECURS || isDialogue);
      if (isSpeaker) this.#speakers.add(label);
    }
  }

  /** The speaker and the words of a line; undefined if it does not begin with a speaker's label. */
  split(line: string): Labelled | undefined {
    const found = splitLabel(line.trim());
    if (!found || !this.#speakers.has(found.label)) return undefined;
    return { speaker: found.label, words: found.words };
  }
}

function namesAmong(found: ReadonlyMap<string, { kind: LabelKind }>): string[] {
  return [...found].flatMap(([label, { kind }]) => (kind === 'name' ? [label] : []));
}

/** Names and the words that they are made of, in lower case. */
function namesOf(names: readonly string[]): Set<string> {
  const lower = names.map((name) => name.trim().toLowerCase());
  return new Set(lower.flatMap((name) => [name, ...name.split(/[\s,]+/u)]));
}
