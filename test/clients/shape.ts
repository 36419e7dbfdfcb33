/**
 * What a parser needs of JSON. `double`: a number with a fraction in the text itself, which Dart needs for a
 * field of type double. `date`: a time with its zone. `|null`: the key must be there and may be null.
 * `?`: the key may be absent or null. In a list, every element has the shape of the first.
 */
export type Shape =
  | ShapeWord
  | `${ShapeWord}|null`
  | `${ShapeWord}?`
  | readonly [Shape]
  | { readonly [key: string]: Shape };
type ShapeWord = 'string' | 'int' | 'number' | 'double' | 'bool' | 'date' | 'object' | 'list';

/** A number as it stands in the text, so that `5` and `5.0` differ. */
class WrittenNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Reads JSON with numbers as they are written. */
export function parseWritten(text: string): unknown {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gu, (token) =>
    token.startsWith('"') ? token : `{"#written":"${token}"}`,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '#written' in value
      ? new WrittenNumber(String(value['#written']))
      : value,
  );
}

/** Returns what of a parsed answer does not have the shape; null if all of it has. */
export function misfit(value: unknown, shape: Shape, at = ''): string | null {
  if (typeof shape === 'string') return wordMisfit(value, shape, at);
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${at || 'answer'}: want a list, got ${kindOf(value)}`;
    const of = (shape as readonly [Shape])[0];
    return firstOf(value.map((element, i) => () => misfit(element, of, `${at}[${i}]`)));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${at || 'answer'}: want an object, got ${kindOf(value)}`;
  }
  const fields = value as Record<string, unknown>;
  return firstOf(
    Object.entries(shape).map(
      ([key, of]) =>
        () =>
          misfit(fields[key], of, at === '' ? key : `${at}.${key}`),
    ),
  );
}

function wordMisfit(value: unknown, shape: string, at: string): string | null {
  const word = shape.replace(/\?$|\|null$/u, '');
  if (shape.endsWith('?') && (value === undefined || value === null)) return null;
  if (shape.endsWith('|null') && value === null) return null;
  return hasType(value, word) ? null : `${at || 'answer'}: want ${shape}, got ${kindOf(value)}`;
}

function hasType(value: unknown, word: string): boolean {
  const written = value instanceof WrittenNumber ? value.text : null;
  switch (word) {
    case 'string':
      return typeof value === 'string';
    case 'int':
      return written !== null && /^-?\d+$/u.test(written);
    case 'number':
      return written !== null;
    case 'double':
      return written !== null && /[.eE]/u.test(written);
    case 'bool':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && /T.*(?:Z|[+-]\d{2}:\d{2})$/u.test(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return Array.isArray(value);
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof WrittenNumber) return value.text;
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
}

function firstOf(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}
