const SHOWN_CHARACTERS = 70;

/** What is shown of a locked text: its first 70 characters. Texts that are not locked stay whole. */
export function shortenLocked(text: string, isLocked: boolean): string {
  return isLocked && text.length > SHOWN_CHARACTERS
    ? `${text.slice(0, SHOWN_CHARACTERS)}...`
    : text;
}
