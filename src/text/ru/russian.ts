import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Russian: function words and words to ask with. */
export const RUSSIAN: Language = {
  code: 'ru',
  words: {
    ...NO_WORDS,
    phatic: 'привет здравствуйте спасибо да нет пока ладно алло',
    grammar: `
      а без бы был была были было в вам вас ваш во вот все всё вы где да для до его ее её если
      есть еще ещё же за и из или им их к как какая какие какой кем ко кого когда который кто ли
      мне мной мой моя мы на над нам нас наш не него нет ни но ну о об он она они оно от откуда
      очень по под при про с сам себя сказал сказала сказали со сколько так там тебе тебя то тот
      ты у уже чего чей чем что чтобы эта эти это этот я куда почему зачем`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
