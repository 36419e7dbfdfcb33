import { GERMAN } from './de/german.ts';
import { ENGLISH } from './en/english.ts';
import { SPANISH } from './es/spanish.ts';
import { FRENCH } from './fr/french.ts';
import { ITALIAN } from './it/italian.ts';
import type { Language } from './language.ts';
import { DUTCH } from './nl/dutch.ts';
import { PORTUGUESE } from './pt/portuguese.ts';

/** Every language whose words are known. A further language is one folder and one entry here. */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  GERMAN,
  FRENCH,
  SPANISH,
  PORTUGUESE,
  ITALIAN,
  DUTCH,
];
