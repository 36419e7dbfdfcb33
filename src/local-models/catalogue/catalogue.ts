import type { CatalogueModel } from './catalogue-model.ts';
import { FILE_MODELS } from './file-models.ts';
import { STREAMING_MODELS } from './streaming-models.ts';
import { VOICE_MODELS } from './voice-models.ts';

/** Every model that can be downloaded by name, the better ones for a task first. */
export const CATALOGUE: readonly CatalogueModel[] = [
  ...STREAMING_MODELS,
  ...FILE_MODELS,
  ...VOICE_MODELS,
];

/** The model of that id, or of that repository at the hub; undefined if there is none. */
export function findCatalogueModel(name: string): CatalogueModel | undefined {
  return CATALOGUE.find(
    ({ id, repository }) => id === name || repository === name || repository.split('/')[1] === name,
  );
}
