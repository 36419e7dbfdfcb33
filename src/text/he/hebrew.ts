import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Hebrew: function words and words to ask with. */
export const HEBREW: Language = {
  code: 'he',
  words: {
    ...NO_WORDS,
    phatic: 'שלום תודה כן לא היי',
    grammar: `
      של את על עם לא כן אני אתה הוא היא אנחנו אתם הם הן זה זאת זו מה מי מתי איפה איך למה כמה איזה
      אילו האם כי אם או גם רק כבר עוד היה הייתה היו יש אין אל מן אבל כל אמר אמרה אמרנו לי לך לו לה
      לנו להם`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
