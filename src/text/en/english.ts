import type { Language } from '../language.ts';
import { stem } from './stem.ts';
import { ENGLISH_WORDS } from './words.ts';

export const ENGLISH: Language = {
  code: 'en',
  words: ENGLISH_WORDS,
  abbreviations: 'Dr Mr Mrs Ms Prof St vs etc Jr Sr',
  numberAbbreviations: 'No',
  questionOpeners:
    'what when where which who whom whose why how did do does is are was were can could has have had will would should summarise summarize describe explain list find search show tell give recall remind',
  questionLeads: 'and so but ok okay please hey',
  stem,
  frames: null,
};
