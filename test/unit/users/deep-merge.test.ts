import { describe, expect, it } from 'vitest';
import { deepMerge } from '../../../src/users/deep-merge.ts';

describe('deepMerge', () => {
  it('merges objects and replaces everything else', () => {
    const base = { a: { x: 1, y: [1, 2] }, b: 'old' };
    expect(deepMerge(base, { a: { y: [3], z: null }, c: true })).toEqual({
      a: { x: 1, y: [3], z: null },
      b: 'old',
      c: true,
    });
    expect(base).toEqual({ a: { x: 1, y: [1, 2] }, b: 'old' });
  });

  it('treats __proto__ as a key like any other', () => {
    const merged = deepMerge({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(merged.polluted).toBeUndefined();
    expect(Object.keys(merged)).toEqual(['__proto__']);
  });
});
