import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Italian: function words only; words are compared as they are written. */
export const ITALIAN: Language = {
  code: 'it',
  words: {
    ...NO_WORDS,
    phatic: 'ciao buongiorno buonasera grazie sì no ok bene arrivederci pronto prego prova',
    grammar: `
      abbiamo agli al alla alle allo che ci con da dagli dal dalla dalle dallo degli dei del della
      delle dello di e era è gli ha hanno i il in io la le lo mi negli nel nella nelle nello no non
      o per questa questo se si sono su sugli sul sulla sulle sullo suo un una uno vi`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
