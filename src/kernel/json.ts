/**
 * Returns what a JSON text says, `undefined` if it is not valid JSON. Never throws: the caller's
 * schema rejects `undefined` with a message that does not quote the text.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
