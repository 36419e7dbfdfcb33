import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Portuguese: function words only; words are compared as they are written. */
export const PORTUGUESE: Language = {
  code: 'pt',
  words: {
    ...NO_WORDS,
    phatic: 'olá oi bom boa dia tarde noite obrigado obrigada sim não ok tchau teste',
    grammar: `
      a as com como da das de do dos e ela ele em era esta este foi mais mas na não no nos o os para
      por que se seu si sua um uma`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
