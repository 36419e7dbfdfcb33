/** Scripts that write no spaces between words and whose characters are words or parts of words. */
const IDEOGRAPHIC = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}';
/** Scripts that write no spaces between words and spell them with letters. */
const SPELLED = '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const UNSPACED = new RegExp(`[${IDEOGRAPHIC}${SPELLED}]`, 'u');
/** Scripts that write a syllable or a whole word with one character. */
const SYLLABIC = new RegExp(`[${IDEOGRAPHIC}\\p{Script=Hangul}]`, 'u');

/** Patterns of one character of such a script, with the marks that belong to it, for the flag `u`. */
export const IDEOGRAPH = `[${IDEOGRAPHIC}]`;
export const UNSPACED_CHARACTER = `[${IDEOGRAPHIC}${SPELLED}]\\p{M}*`;
export const SPELLED_CHARACTER = `[${SPELLED}]\\p{M}*`;

/** True if the text holds characters of a script without spaces between words. */
export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

/**
 * Letters that a word is worth, for limits that are set for alphabets: a Chinese character or a
 * Korean syllable counts as two, a mark as none.
 */
export function letterCount(word: string): number {
  let count = 0;
  for (const character of word) {
    if (/\p{M}/u.test(character)) continue;
    count += SYLLABIC.test(character) ? 2 : 1;
  }
  return count;
}

/** True for words of a script in which particles follow a word without a space: Korean. */
export function takesParticles(word: string): boolean {
  return /\p{Script=Hangul}/u.test(word);
}
