import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInstalled, userDataDirectory } from '../../../src/config/env.ts';

describe('the folders of an installed program', () => {
  it.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', {}, '/home/anna/.local/share/omi-backend'],
    ['linux', { XDG_DATA_HOME: '/srv/data' }, '/srv/data/omi-backend'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/anna/.local/share/omi-backend'],
    ['darwin', {}, '/home/anna/Library/Application Support/omi-backend'],
  ])('are on %s with %j: %s', (platform, env, folder) => {
    expect(userDataDirectory(env, platform, '/home/anna')).toBe(folder);
  });

  it('are used unless the sources are there', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'omi-package-'));
    expect(isInstalled(folder)).toBe(true);
    mkdirSync(path.join(folder, 'src'));
    writeFileSync(path.join(folder, 'src', 'main.ts'), '');
    expect(isInstalled(folder)).toBe(false);
    expect(isInstalled()).toBe(false);
  });
});
