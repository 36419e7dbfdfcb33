import { ARABIC } from './ar/arabic.ts';
import { GERMAN } from './de/german.ts';
import { ENGLISH } from './en/english.ts';
import { SPANISH } from './es/spanish.ts';
import { FRENCH } from './fr/french.ts';
import { HEBREW } from './he/hebrew.ts';
import { HINDI } from './hi/hindi.ts';
import { ITALIAN } from './it/italian.ts';
import { JAPANESE } from './ja/japanese.ts';
import { KOREAN } from './ko/korean.ts';
import type { Language } from './language.ts';
import { DUTCH } from './nl/dutch.ts';
import { PORTUGUESE } from './pt/portuguese.ts';
import { RUSSIAN } from './ru/russian.ts';
import { THAI } from './th/thai.ts';
import { CHINESE } from './zh/chinese.ts';

/** Every language whose words are known. A further language is one folder and one entry here. */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  GERMAN,
  FRENCH,
  SPANISH,
  PORTUGUESE,
  ITALIAN,
  DUTCH,
  JAPANESE,
  CHINESE,
  KOREAN,
  THAI,
  RUSSIAN,
  ARABIC,
  HEBREW,
  HINDI,
];
