import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withoutVariable, withVariable } from '../../../src/cli/settings-text.ts';

describe('the file of settings', () => {
  it('keeps comments and order, and replaces a value in its place', () => {
    const text = '# mine\nPORT=1\nHOST=0.0.0.0\n';
    expect(withVariable(text, 'PORT', '8080')).toBe('# mine\nPORT=8080\nHOST=0.0.0.0\n');
    expect(withVariable(text, 'LOG_LEVEL', 'warn')).toBe(`${text}LOG_LEVEL=warn\n`);
    expect(withVariable('', 'PORT', '1')).toBe('PORT=1\n');
    expect(withVariable('PORT=1\nexport PORT=2', 'PORT', '3')).toBe('PORT=3\n');
  });

  it('removes a value, and no other whose name begins the same', () => {
    expect(withoutVariable('A=1\nAB=2\n#A=3\n A = 4\n', 'A')).toBe('AB=2\n#A=3\n');
    expect(withoutVariable('A=1\n', 'A')).toBe('');
  });

  it.each(['plain', 'two words', "it's", 'say "x"', 'a#b', '$HOME', '{"m":{"input":1}}', 'a=b'])(
    'gives back %j as it was set',
    (value) => {
      expect(parseEnv(withVariable('X=0\n', 'NAME', value))).toEqual({ X: '0', NAME: value });
    },
  );

  it.each(['a\nb', `'"\``])('refuses %j, which the file cannot hold', (value) => {
    expect(() => withVariable('', 'NAME', value)).toThrow(/cannot be written/);
  });
});
