import type { LeftOut } from '../../conversations/import/imported-transcript.ts';

/** A conversation that was made of a file, or was there already. */
export interface ImportedConversation {
  conversationId: string;
  /** `known`: nothing was added. `updated`: the file holds more than when it was imported before. */
  status: 'added' | 'updated' | 'known';
  segments: number;
}

/** What became of a file. */
export interface ImportedFile {
  file: string;
  conversations: ImportedConversation[];
  leftOut: readonly LeftOut[];
}

/** A file of which nothing could be made. */
export interface RefusedFile {
  file: string;
  /** A sentence for the person who gave the file. */
  reason: string;
}

/** `3 repeated caption lines (12 words), 1 comment`; empty if nothing was left out. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut
    .map(({ what, count, words }) => {
      const said = words === 0 ? '' : ` (${counted(words, 'word')})`;
      return `${counted(count, what)}${said}`;
    })
    .join(', ');
}

/** `1 file`, `2 files`. Of several words, the first noun takes the plural: `line of the program`. */
export function counted(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  const [, head = noun, tail = ''] =
    /^(.*?)((?: (?:of|in|outside|without) .*)?)$/su.exec(noun) ?? [];
  return `${number} ${head}s${tail}`;
}
