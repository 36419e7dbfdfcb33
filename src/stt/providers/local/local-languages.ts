import type { CatalogueModel } from '../../../local-models/catalogue/catalogue-model.ts';
import {
  ANY_LANGUAGE,
  languagesByPrimarySubtag,
  primarySubtag,
  type ServiceLanguages,
} from '../../service-languages.ts';

/** The service that takes whichever local model suits. */
export const LOCAL_SERVICE = 'local';

/** Languages as a list says; any if it is empty. */
export function servedLanguages(languages: readonly string[]): ServiceLanguages {
  if (languages.length === 0) return ANY_LANGUAGE;
  const set = new Set(languages);
  const follows = (tags: readonly string[]) =>
    languages.length > 1 && tags.every((tag) => set.has(primarySubtag(tag)));
  return languagesByPrimarySubtag(set, follows);
}

/** True for a model that recognises speech. */
export function recognises({ task }: CatalogueModel): boolean {
  return task === 'streaming-speech' || task === 'file-speech';
}
