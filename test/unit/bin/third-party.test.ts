import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thirdPartyNotices } from '../../../bin/third-party.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'omi-licences-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Adds a package and returns the path of a file in it. */
function add(name: string, manifest: object, files: Record<string, string> = {}): string {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ name, version: '1.2.3', ...manifest });
  for (const [file, content] of Object.entries({ 'package.json': text, ...files })) {
    writeFileSync(join(folder, file), content);
  }
  return `node_modules/${name}/lib/index.js`;
}

describe('thirdPartyNotices', () => {
  it('gives each package once, with its source and all of its texts', () => {
    const repository = { url: 'git+https://example.com/a.git' };
    const files = { LICENSE: 'The Apache text', 'NOTICE.md': 'The notice', 'README.md': 'Read me' };
    const path = add('@scope/a', { license: 'Apache-2.0', repository }, files);
    const text = thirdPartyNotices(root, [path, path.replace('index', 'other'), 'src/main.ts']);
    expect(
      text.match(/@scope\/a 1\.2\.3 \(Apache-2\.0\)\nhttps:\/\/example\.com\/a\n/g),
    ).toHaveLength(1);
    expect(text).toContain('The Apache text\n\nThe notice');
    expect(text).not.toContain('Read me');
  });

  it('adds the text of the licence and the author if a package names them only', () => {
    const path = add('a', { license: 'MIT', author: { name: 'Ann' } });
    const text = thirdPartyNotices(root, [path]);
    expect(text).toContain('Copyright (c) Ann\n\nPermission is hereby granted');
  });

  it('adds the licence of the library that a package holds', () => {
    const path = add('opus-decoder', { license: 'MIT' });
    expect(thirdPartyNotices(root, [path])).toContain('libopus, in opus-decoder\n\nCopyright 2001');
  });

  it('names the authors and the licence of data in a file of ours', () => {
    const path = 'src/understanding/rules/english/dates/holiday-table.json';
    expect(thirdPartyNotices(root, [path])).toContain('date-holidays (CC BY-SA 3.0)');
  });

  it.each(['LGPL-3.0-or-later', 'GPL-3.0', 'UNLICENSED', undefined])(
    'refuses to bundle a package with the licence %s',
    (license) => {
      const path = add('a', { license }, { LICENSE: 'text' });
      expect(() => thirdPartyNotices(root, [path])).toThrow(
        `a has the licence ${license}: make it a dependency`,
      );
    },
  );

  it('refuses a package without the text of a licence that needs it', () => {
    const path = add('a', { license: 'Apache-2.0' });
    expect(() => thirdPartyNotices(root, [path])).toThrow('comes without the text');
  });
});
