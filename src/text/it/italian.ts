import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Italian: function words only; words are compared as they are written. */
export const ITALIAN: Language = {
  code: 'it',
  words: {
    ...NO_WORDS,
    grammar: `
      al alla che con da del della delle di e era gli ha il in io la le lo mi nel no non o per se si
      sono su suo un una uno`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
};
