import { createContext, useContext } from 'react';
import { de } from './de.ts';
import { en, type Strings } from './en.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUE: Record<Language, Strings> = { en, de };
const KEY = 'omi.language';

/** The language that was chosen here, else the browser's first that there is, else English. */
export function initialLanguage(): Language {
  const stored = localStorage.getItem(KEY);
  const wanted = [...(stored ? [stored] : []), ...navigator.languages];
  const found = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag in CATALOGUE);
  return (found ?? 'en') as Language;
}

/** Remembers the language; the page is loaded again to show it everywhere. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  location.reload();
}

export const LanguageContext = createContext<Language>('en');

/** The sentences in the language of the console. */
export function useStrings(): Strings {
  return CATALOGUE[useContext(LanguageContext)];
}

/** Language tag for `Intl`: the console's language in the browser's region. */
export function useLocale(): string {
  const language = useContext(LanguageContext);
  return navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
}
