import { describe, expect, it } from 'vitest';
import { basePathOf, withoutBasePath } from '../../../src/kernel/base-path.ts';

describe('the path of a public address', () => {
  it.each([
    [null, '/'],
    ['https://omi.example.com', '/'],
    ['https://example.com/omi', '/omi/'],
    ['https://example.com/a/omi//', '/a/omi/'],
  ])('is taken from %s', (address, path) => {
    expect(basePathOf(address)).toBe(path);
  });

  it.each([
    ['/v1/conversations?limit=1', '/', '/v1/conversations?limit=1'],
    ['/omi/v1/conversations?limit=1', '/omi/', '/v1/conversations?limit=1'],
    ['/v1/conversations', '/omi/', '/v1/conversations'],
    ['/omi', '/omi/', '/'],
    ['/omi?a=1', '/omi/', '/?a=1'],
    ['/omission', '/omi/', '/omission'],
  ])('is taken out of %s below %s', (target, path, expected) => {
    expect(withoutBasePath(target, path)).toBe(expected);
  });
});
