/** A piece of a file's text that can be quoted by its place. */
export interface FilePassage {
  /** Number of the page from 1, null for a file without pages. */
  page: number | null;
  /** Number of the line from 1, within the page or the file. */
  line: number;
  text: string;
}

const PASSAGE_CHARS = 700;

/** Cuts a text at line borders into passages of some hundred characters. */
export function toPassages(text: string, page: number | null): FilePassage[] {
  const passages: FilePassage[] = [];
  let lines: string[] = [];
  let size = 0;
  let from = 1;
  const flush = (next: number) => {
    const passage = lines.join('\n').trim();
    if (passage !== '') passages.push({ page, line: from, text: passage });
    lines = [];
    size = 0;
    from = next;
  };
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    // A paragraph without line breaks is one line, however long.
    for (const piece of line.match(/[\s\S]{1,700}(?=\s|$)|[\s\S]{1,700}/g) ?? ['']) {
      if (size + piece.length > PASSAGE_CHARS) flush(i + 1);
      if (lines.length === 0) from = i + 1;
      lines.push(piece);
      size += piece.length;
    }
  }
  flush(0);
  return passages;
}
