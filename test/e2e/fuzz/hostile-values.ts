import fc from 'fast-check';

/** Strings that have broken parsers, paths, patterns and stores before. */
const HOSTILE_STRINGS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202Eabc',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%',
  '%zz',
  '__proto__',
  'constructor',
  'toString',
  "' OR 1=1 --",
  '"); DROP TABLE documents; --',
  '<script>alert(1)</script>',
  '{{7*7}}',
  '*',
  'NEAR(',
  '"',
  '“'.repeat(2_000),
  '('.repeat(2_000),
  'next tuesday at 3pm or '.repeat(200),
  'a'.repeat(20_000),
  '🧨'.repeat(500),
  '-1',
  '1e309',
  'NaN',
  '9007199254740993',
  '0x7fffffff',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30',
  '+275760-09-13T00:00:00.001Z',
  'null',
  'undefined',
  '[object Object]',
];

const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  0.1,
  -0.5,
  1e21,
  -1e21,
  1e308,
  5e-324,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 53 + 2,
  8.64e15,
  8.64e15 + 1,
];

/** Strings, the known bad ones as often as arbitrary ones. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_STRINGS),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Any JSON value; names of fields include those of prototypes. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileString },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE_NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], [{}]) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constant(nested(2_000)) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 3_000 }, (_, index) => index)) },
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** A copy of a JSON value in which one place holds something else. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value) && value.length > 0) {
    const items: unknown[] = value;
    return fc.oneof(
      hostileJson,
      fc
        .nat(items.length - 1)
        .chain((at) => mutated(items[at]).map((changed) => items.with(at, changed))),
    );
  }
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    const fields = value as Record<string, unknown>;
    return fc.oneof(
      { weight: 1, arbitrary: hostileJson },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...Object.keys(fields)).map((name) => {
          const { [name]: _, ...rest } = fields;
          return rest;
        }),
      },
      {
        weight: 8,
        arbitrary: fc
          .constantFrom(...Object.keys(fields))
          .chain((name) =>
            mutated(fields[name]).map((changed) => ({ ...fields, [name]: changed })),
          ),
      },
    );
  }
  return hostileJson;
}
