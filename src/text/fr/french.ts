import { type Language, NO_WORDS, unchanged } from '../language.ts';
import { FRENCH_FRAMES } from './frames.ts';

/** French: function words only; words are compared as they are written. */
export const FRENCH: Language = {
  code: 'fr',
  words: {
    ...NO_WORDS,
    phatic: 'bonjour bonsoir salut merci oui non ok bon bien voilà au revoir ça va allô test',
    grammar: `
      au aux avec c ce ces cette dans de des du elle elles en est et était il ils je l la le les
      leur lui ma mais me mes mon n ne nous on ou par pas pour qu que qui quoi sa se ses son sont
      sur ta tu un une vous y`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: FRENCH_FRAMES,
};
