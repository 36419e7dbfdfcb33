import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Arabic: function words and words to ask with. */
export const ARABIC: Language = {
  code: 'ar',
  words: {
    ...NO_WORDS,
    phatic: 'مرحبا شكرا نعم لا السلام',
    grammar: `
      في من إلى الى على عن مع أن ان إن لا ما لم لن هل هذا هذه ذلك تلك هو هي هم نحن أنا انا أنت انت
      كان كانت قد ثم أو او و ف ب ل كل بعد قبل بين حتى إذا اذا لكن متى أين اين كيف لماذا ماذا كم أي
      اي التي الذي الذين قال قالت قلنا عند`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
