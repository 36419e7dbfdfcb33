import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { API_TYPES, generateApiTypes } from '../../scripts/generate/api-types.ts';

it('the console is built with the types of the API as it is (npm run docs writes them)', async () => {
  expect(await readFile(new URL(`../../${API_TYPES}`, import.meta.url), 'utf8')).toBe(
    await generateApiTypes(),
  );
});
