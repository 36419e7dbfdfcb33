import { z } from 'zod';
import { excerptOf, matchedTerms, questionTerms } from '../question-terms.ts';

/** A piece of a file's text that can be quoted by its place. */
export const filePassageSchema = z.object({
  /** Number of the page from 1, null for a file without pages. */
  page: z.number().int().nullable(),
  /** Number of the line from 1, within the page or the file. */
  line: z.number().int(),
  text: z.string(),
});
export type FilePassage = z.infer<typeof filePassageSchema>;

const PASSAGE_CHARS = 700;
/** Saturation and length normalisation of BM25, at the values that are common for prose. */
const K1 = 1.2;
const B = 0.75;

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

export interface FoundPassage<T> extends FilePassage {
  file: T;
  score: number;
}

/** The passages that share most with a question, best first (BM25 over all of the files). */
export function rankPassages<T>(
  files: readonly { file: T; passages: readonly FilePassage[] }[],
  question: string,
  limit: number,
): FoundPassage<T>[] {
  const terms = questionTerms(question);
  const all = files.flatMap(({ file, passages }) =>
    passages.map((passage) => ({ ...passage, file, matched: matchedTerms(passage.text, terms) })),
  );
  const mean = all.reduce((sum, { text }) => sum + text.length, 0) / Math.max(1, all.length);
  const weights = new Map(
    terms.map((term) => {
      const count = all.filter(({ matched }) => matched.has(term)).length;
      return [term, Math.log(1 + (all.length - count + 0.5) / (count + 0.5))] as const;
    }),
  );
  const scored = all.flatMap(({ matched, ...passage }) => {
    if (matched.size === 0) return [];
    const length = K1 * (1 - B + (B * passage.text.length) / mean);
    const score = [...matched].reduce(
      (sum, term) => sum + ((weights.get(term) ?? 0) * (K1 + 1)) / (1 + length),
      0,
    );
    return [{ ...passage, score }];
  });
  return scored.sort((a, b) => b.score - a.score).slice(0, limit);
}

/** The part of a passage that bears on a question. */
export function quoteOf(passage: FilePassage, question: string): string {
  return excerptOf(passage.text.replace(/\s+/g, ' '), questionTerms(question), 60);
}

/** Where a passage stands, for a reader: `page 3`, `line 12`. */
export function placeOf({ page, line }: FilePassage): string {
  return page === null ? `line ${line}` : `page ${page}`;
}
