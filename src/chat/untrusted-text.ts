/** Longest result of a tool that a model is given, characters. */
export const MAX_TOOL_OUTPUT = 60_000;

/**
 * Marks text that somebody spoke or wrote as data for the model: nothing in it is an instruction,
 * which the instructions say. It cannot close its own mark.
 */
export function markAsData(source: string, text: string): string {
  return `<data source="${source}">\n${escapeMarks(text)}\n</data>`;
}

function escapeMarks(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Returns a text that holds data as it was before it was marked. */
export function unmarkData(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A text of at most `limit` characters; where it was longer, it says so at its end. */
export function limitText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = '\n[cut off: too long]';
  return `${text.slice(0, limit - note.length).replace(/[\uD800-\uDBFF]$/, '')}${note}`;
}
