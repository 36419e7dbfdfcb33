import { isAppError } from '../../kernel/errors.ts';
import type { FileKind } from './file-kind.ts';
import { type FilePassage, toPassages } from './file-passages.ts';
import { PDF_LIMITS, type PdfLimits, readPdf } from './read-pdf.ts';

/** What was read of a file. */
export interface FileText {
  passages: FilePassage[];
  pages: number | null;
  /** Why nothing, or not all, was read; null where all was. */
  unread: string | null;
}

const MAX_TEXT_CHARS = PDF_LIMITS.maxChars;
/** PDFs that are read at the same time. */
const AT_ONCE = 2;

/** Reads files, PDFs a few at a time; what cannot be read is answered with the reason. */
export class FileReader {
  readonly #limits: PdfLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: PdfLimits = PDF_LIMITS) {
    this.#limits = limits;
  }

  async read(bytes: Uint8Array, { kind, mimeType, extension }: FileKind): Promise<FileText> {
    if (kind === 'image') return { passages: [], pages: null, unread: null };
    if (kind === 'other') {
      const unread = `Files of type .${extension} cannot be read here; send a PDF or plain text.`;
      return { passages: [], pages: null, unread };
    }
    return mimeType === 'application/pdf' ? await this.#pdf(bytes) : readText(bytes);
  }

  async #pdf(bytes: Uint8Array): Promise<FileText> {
    if (this.#running >= AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      const { pages, pageCount } = await readPdf(bytes, this.#limits);
      const passages = pages.flatMap((text, i) => toPassages(text, i + 1));
      const unread =
        passages.length === 0
          ? 'The PDF holds no text; it may be scanned.'
          : pages.length < pageCount
            ? `Only the first ${pages.length} of ${pageCount} pages were read.`
            : null;
      return { passages, pages: pageCount, unread };
    } catch (error) {
      if (!isAppError(error, 'bad-request')) throw error;
      return { passages: [], pages: null, unread: error.message };
    } finally {
      // The place goes to whoever waits, or is free again.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function readText(bytes: Uint8Array): FileText {
  const text = new TextDecoder('utf-8').decode(bytes);
  const cut = text.length > MAX_TEXT_CHARS;
  const passages = toPassages(cut ? text.slice(0, MAX_TEXT_CHARS) : text, null);
  const unread = cut
    ? `Only the first ${MAX_TEXT_CHARS} characters were read.`
    : passages.length === 0
      ? 'The file is empty.'
      : null;
  return { passages, pages: null, unread };
}
