import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReleaseNotes } from '../../../scripts/publish/changelog.ts';
import { VERSION } from '../../../src/kernel/version.ts';

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- One thing, described
  in two lines.
- Another.

### Fixed

- A third.

## [0.2.0] - 2026-11-30

- Second release.

## [0.1.0] - 2026-10-01

- First release.
`;
const REAL = readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8');

describe('readReleaseNotes', () => {
  it('returns the section of a version', () => {
    expect(readReleaseNotes(CHANGELOG, '0.2.0').text).toBe(
      '## [0.2.0] - 2026-11-30\n\n- Second release.\n\n',
    );
    expect(readReleaseNotes(CHANGELOG, '0.1.0').text).toContain('First release');
  });

  it('counts the entries that belong to no version', () => {
    expect(readReleaseNotes(CHANGELOG, '0.2.0').unreleasedEntries).toBe(3);
    const released = CHANGELOG.replace(/(## \[Unreleased\]\n)[\s\S]*?(?=## \[0)/, '$1\n');
    expect(readReleaseNotes(released, '0.2.0').unreleasedEntries).toBe(0);
    const without = CHANGELOG.slice(CHANGELOG.indexOf('## [0.2.0]'));
    expect(readReleaseNotes(without, '0.2.0').unreleasedEntries).toBe(0);
  });

  it('refuses a version without entries', () => {
    expect(() => readReleaseNotes(CHANGELOG, '0.3.0')).toThrow(/no entries for 0\.3\.0/);
    const empty = CHANGELOG.replace('- Second release.\n', '');
    expect(() => readReleaseNotes(empty, '0.2.0')).toThrow(/no entries for 0\.2\.0/);
  });
});

describe('CHANGELOG.md', () => {
  it('has notes for the version of the package', () => {
    expect(readReleaseNotes(REAL, VERSION).text).toContain('What matters to users');
  });

  it('has each heading once in a version, and no entry twice', () => {
    for (const section of REAL.split(/^(?=## \[)/m)) {
      const lines = section.split('\n').filter((line) => /^(?:###|-) /.test(line));
      expect(lines.filter((line, at) => lines.indexOf(line) !== at)).toEqual([]);
    }
  });
});
