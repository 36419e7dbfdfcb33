import { isSmallInTitles } from './word-classes.ts';

/** Returns `text` with its first letter in upper case. */
export function capitalize(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Returns Title Case: small words stay small inside, acronyms and inner capitals stay as they are. */
export function titleCase(text: string): string {
  const words = text.split(' ');
  return words
    .map((word, index) => {
      if (/\p{Lu}/u.test(word.slice(1))) return word;
      const inside = index > 0 && index < words.length - 1;
      const lower = word.toLowerCase();
      return inside && isSmallInTitles(lower) ? lower : capitalize(word);
    })
    .join(' ');
}
