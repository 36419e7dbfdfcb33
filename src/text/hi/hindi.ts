import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Hindi: function words and words to ask with. */
export const HINDI: Language = {
  code: 'hi',
  words: {
    ...NO_WORDS,
    phatic: 'नमस्ते हाँ हां नहीं धन्यवाद',
    grammar: `
      का की के को में से पर और या है हैं था थी थे हो हूँ हूं मैं हम तुम आप वह वे यह ये ने भी ही तो
      नहीं न क्या कब कहाँ कहां कौन किस किसने क्यों कैसे कितना कितने कितनी कि जो लिए साथ एक कर करना
      किया गया गई कहा बात बारे मेरा मेरी मेरे हमारा अपना अपने`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
