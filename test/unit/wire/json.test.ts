import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOUBLE_FIELDS, stringifyWire } from '../../../src/wire/json.ts';

describe('stringifyWire', () => {
  it('pins whole numbers in double fields', () => {
    expect(stringifyWire({ latitude: 5, longitude: -7, n: 5, price: 5.5, score: null })).toBe(
      '{"latitude":5.0,"longitude":-7.0,"n":5,"price":5.5,"score":null}',
    );
    expect(stringifyWire([{ rating_avg: 0 }, { a: { money_made: 12 }, price: 1 }])).toBe(
      '[{"rating_avg":0.0},{"a":{"money_made":12.0},"price":1.0}]',
    );
  });

  it('leaves text alone that looks like a double field', () => {
    const text = '{"latitude":5,"longitude":6}';
    expect(JSON.parse(stringifyWire({ text, 'x,"price": ': text }))).toEqual({
      text,
      'x,"price": ': text,
    });
    const key = '{"score":1,"score';
    expect(JSON.parse(stringifyWire({ [key]: 1, list: [key, ',"price":4,'] }))).toEqual({
      [key]: 1,
      list: [key, ',"price":4,'],
    });
    expect(stringifyWire({ 'a"price': 4 })).toBe('{"a\\"price":4}');
  });

  it('writes what JSON cannot say as null', () => {
    expect(stringifyWire(undefined)).toBe('null');
    expect(stringifyWire(null)).toBe('null');
  });

  it('means the same as JSON.stringify, with a fraction in every double field', () => {
    const key = fc.oneof(
      fc.constantFrom(...DOUBLE_FIELDS),
      fc.string({ unit: fc.constantFrom('"', ',', '{', '}', ':', '\\', '5', 'p', 'price') }),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        key,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const text = stringifyWire(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...DOUBLE_FIELDS), fc.integer(), key, (field, whole, other) => {
        fc.pre(other !== field && other !== '5');
        expect(stringifyWire({ [other]: other, [field]: whole })).toContain(
          `"${field}":${whole}.0`,
        );
      }),
      { numRuns: 300 },
    );
  });
});
