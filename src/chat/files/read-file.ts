import { isAppError } from '../../kernel/errors.ts';
import type { FileKind } from './file-kind.ts';
import { FILE_LIMITS, type FileLimits, readInThread } from './read-in-thread.ts';
import type { FilePassage } from './split-passages.ts';

/** What was read of a file. */
export interface FileText {
  passages: FilePassage[];
  pages: number | null;
  /** Why nothing, or not all, was read; null if all was. */
  unread: string | null;
}

/** Files that are read at the same time. */
const AT_ONCE = 2;

/** Reads files, a few at a time; what cannot be read is answered with the reason. */
export class FileReader {
  readonly #limits: FileLimits;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: FileLimits = FILE_LIMITS) {
    this.#limits = limits;
  }

  async read(bytes: Uint8Array, { kind, mimeType, extension }: FileKind): Promise<FileText> {
    if (kind === 'image') return { passages: [], pages: null, unread: null };
    if (kind === 'other') {
      const unread = `Files of type .${extension} cannot be read here; send a PDF or plain text.`;
      return { passages: [], pages: null, unread };
    }
    return await this.#text(bytes, mimeType === 'application/pdf' ? 'pdf' : 'text');
  }

  async #text(bytes: Uint8Array, kind: 'pdf' | 'text'): Promise<FileText> {
    if (this.#running >= AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      const { passages, pages, isCut } = await readInThread(kind, bytes, this.#limits);
      const read = pages
        ? `the first ${pages.read} of ${pages.count} pages`
        : `the first ${this.#limits.maxChars} characters`;
      const unread = passages.length === 0 ? EMPTY[kind] : isCut ? `Only ${read} were read.` : null;
      return { passages, pages: pages?.count ?? null, unread };
    } catch (error) {
      if (!isAppError(error, 'bad-request')) throw error;
      return { passages: [], pages: null, unread: error.message };
    } finally {
      // The slot goes to the next that waits, or is free again.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

const EMPTY = {
  pdf: 'The PDF holds no text; it may be scanned.',
  text: 'The file is empty.',
} as const;
