import { createContext, useContext } from 'react';
import type { Strings } from './en.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

/** Loads the sentences of a language: only those of one are sent to a browser. */
const LOADERS: Record<Language, () => Promise<Strings>> = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
};
const KEY = 'omi.language';

/** The language that was chosen here, else the browser's first that there is, else English. */
export function initialLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  const wanted = [...(stored ? [stored] : []), ...navigator.languages];
  const found = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag in LOADERS);
  return (found ?? 'en') as Language;
}

/** Remembers the language; the page is loaded again to show it everywhere. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  location.reload();
}

/** A language with its sentences. */
export interface Catalogue {
  language: Language;
  strings: Strings;
}

export async function loadCatalogue(language: Language): Promise<Catalogue> {
  return { language, strings: await LOADERS[language]() };
}

export const LanguageContext = createContext<Catalogue | null>(null);

function useCatalogue(): Catalogue {
  const catalogue = useContext(LanguageContext);
  if (!catalogue) throw new Error('The sentences are not loaded yet.');
  return catalogue;
}

/** The sentences in the language of the console. */
export function useStrings(): Strings {
  return useCatalogue().strings;
}

/** Language tag for `Intl`: the console's language in the browser's region. */
export function useLocale(): string {
  const { language } = useCatalogue();
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}
