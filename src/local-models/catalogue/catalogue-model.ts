import type { ModelTask } from '../model-kind.ts';

/** One file of a model at the hub. */
export interface CatalogueFile {
  /** Path inside the repository of the model. */
  path: string;
  /** Only if a public catalogue that pins it was read; see `source`. Lower-case hexadecimal. */
  sha256: string | null;
  /** Bytes, under the same condition. */
  sizeBytes: number | null;
}

/** A figure that somebody else has published. */
export interface PublishedFigure {
  text: string;
  source: string;
}

/** A model that can be downloaded. Nothing here is guessed: what is not known is null. */
export interface CatalogueModel {
  /** Name for `models pull`, `STT_LOCAL_MODEL` and the folder. */
  id: string;
  task: ModelTask;
  title: string;
  /** BCP-47; empty: it finds out by itself, and nobody has listed here what it knows. */
  languages: readonly string[];
  /** Repository at the hub: `owner/name`. */
  repository: string;
  /** Commit or branch. */
  revision: string;
  files: readonly CatalogueFile[];
  /** Where the file names, sizes and hashes were read. */
  source: string;
  licence: PublishedFigure;
  /** Speed and quality as published. */
  figures: readonly PublishedFigure[];
  /** By the size of its weights: below 100 MB, below 300 MB, larger. */
  weight: 'light' | 'medium' | 'heavy';
}

/** A file with the size and the hash that a public catalogue pins. */
export function pinnedFile(path: string, sizeBytes: number, sha256: string): CatalogueFile {
  return { path, sizeBytes, sha256 };
}
