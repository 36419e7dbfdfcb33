import type { z } from 'zod';
import type { AnyCollection } from '../../../model/collection.ts';

/** JSON of the documents that are kept, characters. */
const MAX_CHARACTERS = 4 * 2 ** 20;
/** A document with more JSON than this is not kept. */
const MAX_DOCUMENT_CHARACTERS = 2 ** 18;

interface Entry {
  /** What the document was checked by. */
  schema: z.ZodType;
  version: number;
  document: object;
  characters: number;
}

/**
 * Documents that this process has read or written lately, each at one version, so that a document which is
 * read again after each change is not parsed and checked again. The caller reads the stored version first:
 * versions are random, so an equal one means an equal document, whoever wrote it. The least recently used
 * documents are dropped.
 */
export class DocumentCache {
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  /** True if some version of the document is kept. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Returns the document at this version; it must not be changed. */
  find(key: string, { schema }: AnyCollection, version: number): object | undefined {
    const entry = this.#entries.get(key);
    if (entry?.version !== version || entry.schema !== schema) return undefined;
    // The map is in the order of use.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.document;
  }

  /**
   * @param document must not be changed afterwards
   * @param characters length of its JSON
   */
  keep(
    key: string,
    { schema }: AnyCollection,
    version: number,
    document: object,
    characters: number,
  ): void {
    this.drop(key);
    if (characters > MAX_DOCUMENT_CHARACTERS) return;
    this.#entries.set(key, { schema, version, document, characters });
    this.#characters += characters;
    for (const oldest of this.#entries.keys()) {
      if (this.#characters <= MAX_CHARACTERS) break;
      this.drop(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#characters = 0;
  }

  drop(key: string): void {
    this.#characters -= this.#entries.get(key)?.characters ?? 0;
    this.#entries.delete(key);
  }
}
