import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CATALOGUE, findCatalogueModel } from './catalogue/catalogue.ts';
import type { CatalogueModel } from './catalogue/catalogue-model.ts';

/** Written last into the folder of a model that was downloaded: the model is complete. */
export const LOCK_FILE = 'model.lock.json';

/** A downloaded model. */
export interface PulledModel {
  model: CatalogueModel;
  folder: string;
}

/**
 * The folder in which models are kept: one folder each, named after the catalogue's id. Reads the
 * disk each time, so that a model that another process has downloaded is found at once.
 */
export class ModelLibrary {
  /** Absolute. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** Downloaded models in the catalogue's order: for a task and a language the preferred first. */
  pulled(): PulledModel[] {
    const names = new Set(this.#names());
    return CATALOGUE.filter(({ id }) => names.has(id))
      .map((model) => ({ model, folder: join(this.folder, model.id) }))
      .filter(({ folder }) => existsSync(join(folder, LOCK_FILE)));
  }

  /**
   * The folder of a model, which need not exist: of a catalogue's id, of a name in the library, or
   * the given path.
   */
  folderOf(name: string): string {
    const model = findCatalogueModel(name);
    if (model !== undefined) return join(this.folder, model.id);
    return isPath(name) ? resolve(name) : join(this.folder, name);
  }

  #names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

/** True for a path, false for the name of a model. */
export function isPath(name: string): boolean {
  return /[/\\]/.test(name) || name.startsWith('.');
}
