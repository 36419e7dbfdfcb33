import { parentPort, workerData } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';

/** What the worker is given: the file, and where it has to stop. */
export interface PdfJob {
  bytes: Uint8Array;
  maxPages: number;
  maxChars: number;
}

/** The text of the pages that were read, in their order. */
export interface PdfText {
  pages: string[];
  pageCount: number;
}

/** What is used of PDF.js' text items; marked content has no text. */
interface PdfItem {
  str?: string;
  hasEOL?: boolean;
}

async function readPdf({ bytes, maxPages, maxChars }: PdfJob): Promise<PdfText> {
  // Errors only: a broken file warns of each of its faults, and would quote itself.
  const pdf = await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false });
  const pages: string[] = [];
  let chars = 0;
  for (let n = 1; n <= Math.min(pdf.numPages, maxPages) && chars < maxChars; n += 1) {
    const page = await pdf.getPage(n);
    const { items } = await page.getTextContent();
    const text = (items as PdfItem[])
      .map(({ str, hasEOL }) => (str === undefined ? '' : `${str}${hasEOL ? '\n' : ''}`))
      .join('')
      .slice(0, maxChars - chars);
    pages.push(text);
    chars += text.length;
    page.cleanup();
  }
  return { pages, pageCount: pdf.numPages };
}

parentPort?.postMessage(await readPdf(workerData as PdfJob));
