import { tokenize } from './tokenizer.ts';
import { isPhaticWord } from './word-classes.ts';

/** True if a text only greets, thanks or agrees, in any known language. */
export function isPhaticText(text: string): boolean {
  return tokenize(text).every(({ lower }) => isPhaticWord(lower));
}
