import { createHash } from 'node:crypto';
import type { SearchEmbeddings } from '../../src/search/search-index.ts';

/**
 * A deterministic stand-in for an embedding model: each word's direction comes from its hash, and
 * the words of a synonym group share one. It knows as much of meaning as a test tells it.
 */
export class HashedEmbeddings implements SearchEmbeddings {
  readonly model: string;
  readonly #dimension: number;
  readonly #synonyms = new Map<string, string>();
  /** Set to make the model fail. */
  failing = false;
  /** Texts that were embedded, in order. */
  readonly texts: string[] = [];

  constructor(model = 'hashed', dimension = 32, synonyms: readonly (readonly string[])[] = []) {
    this.model = model;
    this.#dimension = dimension;
    for (const [first, ...others] of synonyms) {
      for (const other of others) if (first !== undefined) this.#synonyms.set(other, first);
    }
  }

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    if (this.failing) return Promise.reject(new Error('The model is down.'));
    this.texts.push(...texts);
    return Promise.resolve(texts.map((text) => this.#vector(text)));
  }

  #vector(text: string): Float32Array {
    const vector = new Float32Array(this.#dimension);
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
      const hash = createHash('sha512')
        .update(this.#synonyms.get(word) ?? word)
        .digest();
      for (let i = 0; i < vector.length; i += 1) {
        vector[i] = (vector[i] ?? 0) + ((hash[i % hash.length] ?? 0) - 127.5);
      }
    }
    const length = Math.hypot(...vector) || 1;
    return vector.map((x) => x / length);
  }
}
