const MAX_KEYWORDS = 100;

/** Words to listen for, as a client gives them: with commas between, 2 to 80 characters, 100 at most. */
export function parseKeywords(text: string | null | undefined): string[] {
  const words = (text ?? '').split(',').map((word) => word.trim());
  return words.filter((word) => word.length >= 2 && word.length <= 80).slice(0, MAX_KEYWORDS);
}
