import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { excerptOf, matchedTerms, questionTerms } from '../question-terms.ts';
import type { FilePassage } from './split-passages.ts';

export const filePassageSchema = z.object({
  page: z.number().int().nullable(),
  line: z.number().int(),
  text: z.string(),
}) satisfies z.ZodType<FilePassage>;

/** Passages after which others get their turn: a question may be asked of millions of words. */
const AT_ONCE = 100;
/** Saturation and length normalisation of BM25, at the values that are common for prose. */
const K1 = 1.2;
const B = 0.75;

export interface FoundPassage<T> extends FilePassage {
  file: T;
  score: number;
}

/** The passages that share most with a question, best first (BM25 over all of the files). */
export async function rankPassages<T>(
  files: readonly { file: T; passages: readonly FilePassage[] }[],
  question: string,
  limit: number,
): Promise<FoundPassage<T>[]> {
  const terms = questionTerms(question);
  const all: (FilePassage & { file: T; matched: Set<string> })[] = [];
  for (const { file, passages } of files) {
    for (const passage of passages) {
      all.push({ ...passage, file, matched: matchedTerms(passage.text, terms) });
      if (all.length % AT_ONCE === 0) await setImmediate();
    }
  }
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
