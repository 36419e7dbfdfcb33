import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const SOURCES = path.join(import.meta.dirname, '../../../console/src');

/** Files of the console that open a connection in a way that `pattern` finds. */
function filesWith(pattern: RegExp): string[] {
  return readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => pattern.test(readFileSync(path.join(SOURCES, file), 'utf8')))
    .sort();
}

it("calls the server through the package's client, but for what a browser does only otherwise", () => {
  expect(filesWith(/createOmiClient\(/)).toEqual(['api/client.ts', 'capture/signed-in-user.ts']);
  // The first is given to the client; the others load files of the console.
  expect(filesWith(/(?<![\w.])fetch\(/)).toEqual([
    'api/client.ts',
    'api/console-version.ts',
    'capture/microphone.ts',
  ]);
  // Only this one tells how much was sent.
  expect(filesWith(/new XMLHttpRequest\(/)).toEqual(['api/upload.ts']);
});
