import { parentPort, workerData } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import { type FilePassage, toPassages } from './split-passages.ts';

/** What the worker is given: the file, what it is, and where to stop. */
export interface FileJob {
  kind: 'pdf' | 'text';
  bytes: Uint8Array;
  maxPages: number;
  maxChars: number;
}

/** The text of a file, as far as it was read. */
export interface ReadText {
  passages: FilePassage[];
  /** Pages of the file, and how many of them were read; null for a file without pages. */
  pages: { count: number; read: number } | null;
  /** The text was longer than what was read of it. */
  isCut: boolean;
}

/** What is used of PDF.js' text items; marked content has no text. */
interface PdfItem {
  str?: string;
  hasEOL?: boolean;
}

async function readPdf({ bytes, maxPages, maxChars }: FileJob): Promise<ReadText> {
  // Errors only: a broken file warns of each of its faults, and would quote itself.
  const pdf = await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false });
  const passages: FilePassage[] = [];
  let chars = 0;
  let read = 0;
  while (read < Math.min(pdf.numPages, maxPages) && chars < maxChars) {
    read += 1;
    const page = await pdf.getPage(read);
    const { items } = await page.getTextContent();
    const text = (items as PdfItem[])
      .map(({ str, hasEOL }) => (str === undefined ? '' : `${str}${hasEOL ? '\n' : ''}`))
      .join('')
      .slice(0, maxChars - chars);
    passages.push(...toPassages(text, read));
    chars += text.length;
    page.cleanup();
  }
  return { passages, pages: { count: pdf.numPages, read }, isCut: read < pdf.numPages };
}

function readText({ bytes, maxChars }: FileJob): ReadText {
  const text = new TextDecoder('utf-8').decode(bytes);
  const isCut = text.length > maxChars;
  // Not within a character of two units.
  const kept = isCut ? text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '') : text;
  return { passages: toPassages(kept, null), pages: null, isCut };
}

async function read(job: FileJob): Promise<void> {
  parentPort?.postMessage(job.kind === 'pdf' ? await readPdf(job) : readText(job));
}

void read(workerData as FileJob);
