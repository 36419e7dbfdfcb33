import { basename } from 'node:path';
import { findCatalogueModel } from './catalogue/catalogue.ts';

/** Names of languages in folder names of published models. */
const SPELT_OUT: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  french: 'fr',
  spanish: 'es',
  russian: 'ru',
  korean: 'ko',
  chinese: 'zh',
  japanese: 'ja',
  cantonese: 'yue',
  vietnamese: 'vi',
  italian: 'it',
  portuguese: 'pt',
};
const CODES = new Set(Object.values(SPELT_OUT));

/**
 * Languages of a model, as far as its name says: those of the catalogue, else those in the folder's
 * name (`my-model-en`, `zipformer-bilingual-zh-en`). Empty if it says nothing.
 */
export function languagesByName(name: string): readonly string[] {
  const known = findCatalogueModel(name);
  if (known !== undefined) return known.languages;
  const parts = basename(name)
    .toLowerCase()
    .split(/[-_. ]+/);
  const found = parts.flatMap((part) => SPELT_OUT[part] ?? (CODES.has(part) ? part : []));
  return [...new Set(found)];
}
