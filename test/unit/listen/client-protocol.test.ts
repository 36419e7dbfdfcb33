import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** What the page must name is read out of the code itself. */
async function textOf(path: string): Promise<string> {
  return readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

describe('docs/client-protocol.md', () => {
  it('names every parameter of the live socket', async () => {
    const [page, code] = await Promise.all([
      textOf('docs/client-protocol.md'),
      textOf('src/listen/listen-query.ts'),
    ]);
    const schema = code.slice(code.indexOf('const querySchema'), code.indexOf('});'));
    const names = [...schema.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(page).toContain(`| \`${name}\` |`);
  });

  it('names every message that the server sends', async () => {
    const [page, code] = await Promise.all([
      textOf('docs/client-protocol.md'),
      textOf('src/listen/listen-frames.ts'),
    ]);
    const types = [...code.matchAll(/(?:type: |\? |: )'([a-z]+(?:_[a-z]+)+)'/g)].map(
      ([, name]) => name,
    );
    expect(types.length).toBeGreaterThan(10);
    for (const type of types) expect(page).toContain(`\`${type}\``);
  });
});
