import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLenientJson } from '../../../src/listen/lenient-json.ts';

describe('parseLenientJson', () => {
  it('reads all JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseLenientJson(text)).toEqual(JSON.parse(text));
        expect(parseLenientJson(`\uFEFF${text}`)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('reads what Python writes for numbers that are none', () => {
    expect(
      parseLenientJson('{"a":NaN,"b":[Infinity,-Infinity,-1],"c":"NaN \\" Infinity"}'),
    ).toEqual({
      a: null,
      b: [null, null, -1],
      c: 'NaN " Infinity',
    });
  });

  it.each(['', 'ping', '{"a":NaN', '{"a":NaNa}', '"NaN', '\\', '{"a":-}', 'Infinity-'])(
    'returns undefined for %j',
    (text) => {
      expect(parseLenientJson(text)).toBeUndefined();
    },
  );
});
