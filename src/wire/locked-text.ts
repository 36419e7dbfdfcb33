import { clipText } from '../kernel/bounded-text.ts';

const SHOWN_CHARACTERS = 70;

/** What is shown of a locked text: its first 70 characters. Texts that are not locked stay whole. */
export function shortenLocked(text: string, isLocked: boolean): string {
  return isLocked && text.length > SHOWN_CHARACTERS
    ? `${clipText(text, SHOWN_CHARACTERS)}...`
    : text;
}
