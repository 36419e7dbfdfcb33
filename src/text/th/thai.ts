import { type Language, NO_WORDS, unchanged } from '../language.ts';

/** Thai. Words of a script without spaces as dictionaries divide them. */
export const THAI: Language = {
  code: 'th',
  words: {
    ...NO_WORDS,
    phatic: 'สวัสดี ครับ ค่ะ ขอบคุณ',
    grammar: `
      ที่ และ ใน ของ เป็น มี ได้ ให้ ไป มา กับ จะ ก็ ว่า นี้ นั้น อะไร ไหน ที่ไหน เมื่อไร
      เมื่อไหร่ เมื่อ ใคร ทำไม อย่างไร ยังไง เท่าไร เท่าไหร่ ไหม มั้ย คะ ครับ ค่ะ เรา ฉัน ผม เขา
      เธอ คุณ มัน แล้ว ไม่ การ ความ จาก ถึง อยู่ คือ หรือ แต่ เพราะ ถ้า นะ บ้าง เคย พูด บอก
      เกี่ยวกับ`,
  },
  abbreviations: '',
  numberAbbreviations: '',
  questionOpeners: '',
  questionLeads: '',
  stem: unchanged,
  frames: null,
};
