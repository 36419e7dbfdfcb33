import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Dutch: function words only; words are compared as they are written. */
export const DUTCH: Language = {
  code: 'nl',
  words: {
    ...NO_WORDS,
    phatic: 'hallo hoi dag goedemorgen dank bedankt ja nee oké ok goed doei test',
    grammar: `
      dat de die een en er het hij ik is je maar met niet of om ook op te van voor we wij ze zijn`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
