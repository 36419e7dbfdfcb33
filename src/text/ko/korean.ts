import { type Language, NO_WORDS } from '../language.ts';
import { koreanStem } from './stem.ts';

/** Korean. Particles are cut off by the stem. */
export const KOREAN: Language = {
  code: 'ko',
  words: {
    ...NO_WORDS,
    phatic: '안녕하세요 네 예 여보세요 감사합니다',
    grammar: `
      그 그것 그런 나 내 너 네 누가 누구 누굴 는 도 뭐 뭘 무슨 무엇 무엇을 뭐라고 몇 수 어느 어디 어디서 어디에 어디로 어떤 어떻게 언제 얼마 얼마나 왜 우리
      우린 저 저는 저희 제 이 이것 것 거 하고 했어 했어요 했나요 했지 했습니까 있어 있어요 있나요 있습니까 있었어 없어 이야 입니까 인가요 말했어 말했어요 말했나요
      대해 대한 관해 및 또는 그리고 하지만`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: koreanStem,
  frames: null,
};
