import { type Language, NO_WORDS, unchanged } from '../language.ts';
import { SPANISH_FRAMES } from './frames.ts';

/** Spanish: function words only; words are compared as they are written. */
export const SPANISH: Language = {
  code: 'es',
  words: {
    ...NO_WORDS,
    phatic:
      'hola buenos buenas días tardes noches gracias adiós sí no vale bien hasta luego ok prueba',
    grammar: `
      al como con cuando cómo de del donde dónde e el era es esta están está este fue ha la las lo los
      mas más mi muy no nos o para pero por porque que quién qué se si sin son su sus un una uno y yo`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: SPANISH_FRAMES,
};
