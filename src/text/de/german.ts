import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** German: function words only; words are compared as they are written. */
export const GERMAN: Language = {
  code: 'de',
  words: {
    ...NO_WORDS,
    grammar: `
      aber als am an auch auf aus bei bin bis das dass dein dem den der des die du ein eine einem
      einen einer er es euch für habe haben hat hatte ich ihm ihn ihr im in ist ja kein keine mein
      mit nach nicht noch nur oder schon sehr sein seine sich sie sind über und uns unter von vor
      wann war waren was wenn wer werden wie wir wird wurde zu zum zur`,
  },
  abbreviations: 'Dr Hr Prof bzw usw ca vgl',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
};
