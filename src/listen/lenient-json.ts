const NON_NUMBERS = ['-Infinity', 'Infinity', 'NaN'] as const;

/**
 * Parses JSON, also with a byte order mark in front, and with the `NaN` and `Infinity` that Python's
 * `json` writes: these become null. Returns undefined if it is no JSON. Linear in the text's length.
 */
export function parseLenientJson(text: string): unknown {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(plain);
  } catch {
    if (!plain.includes('NaN') && !plain.includes('Infinity')) return undefined;
  }
  try {
    return JSON.parse(withoutNonNumbers(plain));
  } catch {
    return undefined;
  }
}

/** The text with `null` for each `NaN` and `Infinity` that is outside of a string. */
function withoutNonNumbers(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at += 1;
      else if (character === '"') isString = false;
      continue;
    }
    if (character === '"') isString = true;
    if (character !== '-' && character !== 'I' && character !== 'N') continue;
    const found = NON_NUMBERS.find((name) => text.startsWith(name, at));
    if (found === undefined) continue;
    parts.push(text.slice(from, at), 'null');
    from = at + found.length;
    at = from - 1;
  }
  parts.push(text.slice(from));
  return parts.join('');
}
