import { trimCharacters } from '../kernel/bounded-text.ts';
import { IDEOGRAPH, isUnspaced, SPELLED_CHARACTER } from './scripts.ts';
import { tokenize } from './tokenizer.ts';

/** Characters that are worth a word in Chinese and Japanese, and in Thai and its neighbours. */
const IDEOGRAPHS_PER_WORD = 2;
const LETTERS_PER_WORD = 4;
const IDEOGRAPHS = new RegExp(IDEOGRAPH, 'gu');
const SPELLED = new RegExp(SPELLED_CHARACTER, 'gu');

/**
 * Returns how many words a text has: what stands between white space. In scripts without spaces two
 * ideographs or four letters count as one word.
 */
export function countWords(text: string): number {
  if (!isUnspaced(text)) return text.match(/\S+/gu)?.length ?? 0;
  const ideographs = text.match(IDEOGRAPHS)?.length ?? 0;
  const letters = text.match(SPELLED)?.length ?? 0;
  const rest = text.replace(IDEOGRAPHS, ' ').replace(SPELLED, ' ');
  const spaced = (rest.match(/\S+/gu) ?? []).filter((part) => /[\p{L}\p{N}]/u.test(part));
  const ideographic = Math.ceil(ideographs / IDEOGRAPHS_PER_WORD);
  return spaced.length + ideographic + Math.ceil(letters / LETTERS_PER_WORD);
}

/**
 * Returns the first `count` words of a text with one space between them, without punctuation left
 * hanging if words were cut off.
 */
export function clipWords(text: string, count: number): string {
  const parts = text.trim().split(/\s+/u);
  const kept: string[] = [];
  let left = count;
  for (const part of parts) {
    if (left <= 0) break;
    const words = isUnspaced(part) ? tokenize(part) : [];
    if (words.length > left) {
      const last = words[left - 1];
      kept.push(last ? part.slice(0, last.index + last.text.length) : part);
      left = 0;
      break;
    }
    kept.push(part);
    left -= Math.max(1, words.length);
  }
  const clipped = kept.join(' ');
  return clipped === parts.join(' ') ? clipped : trimCharacters(clipped, '', ' ,;:–-');
}
