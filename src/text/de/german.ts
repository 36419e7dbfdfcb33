import { type Language, NO_WORDS, unchanged } from '../language.ts';
import { GERMAN_FRAMES } from './frames.ts';

/** German: function words only; words are compared as they are written. */
export const GERMAN: Language = {
  code: 'de',
  words: {
    ...NO_WORDS,
    phatic:
      'hallo hi hey moin servus tschüss ciao danke bitte ja nein genau gut guten morgen tag abend okay ok hm äh test',
    grammar: `
      aber als am an auch auf aus bei bin bis da dann das dass dein dem den der des die doch du
      ein eine einem einen einer er es euch für habe haben hat hatte hier ich ihm ihn ihr im in
      ist ja kann kein keine können mal mein mit muss nach nicht noch nun nur oder schon sehr sein
      seine sich sie sind so soll um und uns unter von vor wann war waren was wenn wer werden wie
      wir wird wurde zu zum zur über`,
  },
  abbreviations: 'Dr Hr Prof bzw usw ca vgl',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: GERMAN_FRAMES,
};
