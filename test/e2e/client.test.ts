import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  asForm,
  createOmiClient,
  dataOf,
  LiveSocketError,
  OmiError,
} from '../../src/client/index.ts';
import { hasBrowser, launchBrowser } from '../fixtures/browser.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** True if there is Python to test with. With `REQUIRE_ENGINES=1` its absence fails the test. */
const hasPython =
  spawnSync('python3', ['--version']).status === 0 || process.env.REQUIRE_ENGINES === '1';

let pages: Server;
let server: TestServer;

/** Serves the example for browsers with the built client beside it. */
async function servePages(): Promise<Server> {
  const files: Record<string, [string, string]> = {
    '/': ['samples/client/browser.html', 'text/html'],
    '/client.js': ['dist/client/index.js', 'text/javascript'],
  };
  const made = createServer((request, response) => {
    const [file, type] = files[request.url ?? ''] ?? [];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    readFile(path.join(ROOT, file)).then(
      (bytes) => response.writeHead(200, { 'content-type': type }).end(bytes),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
}

const originOf = (made: Server) => `http://127.0.0.1:${(made.address() as AddressInfo).port}`;

beforeAll(async () => {
  pages = await servePages();
  server = await startTestServer({ CORS_ORIGINS: originOf(pages) });
});
afterAll(async () => {
  await server.stop();
  await new Promise((resolve) => pages.close(resolve));
});

const environment = () => ({ ...process.env, OMI_URL: server.url, OMI_TOKEN: server.token });

describe('the example', () => {
  it('for Node says sentences, ends the conversation and asks about it', async () => {
    const { stdout } = await run(process.execPath, ['samples/client/node.mjs'], {
      cwd: ROOT,
      env: environment(),
    });
    expect(stdout).toContain('SPEAKER_00: The red tiles fit the kitchen best.');
    expect(stdout).toMatch(/^Title: \S/m);
    expect(stdout).toMatch(/red tiles/);
    expect(stdout).toMatch(/^From: \S/m);
  });

  it.skipIf(!hasPython)(
    'for Python speaks the raw protocol (skipped without python3)',
    async () => {
      const { stdout } = await run('python3', ['samples/client/raw.py'], {
        cwd: ROOT,
        env: environment(),
      });
      expect(stdout).toBe('SPEAKER_00: The red tiles fit the kitchen best.\n');
    },
  );

  it.skipIf(!hasBrowser)('for browsers runs in one (skipped without Chromium)', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      const settings = new URLSearchParams({ url: server.url, token: server.token });
      await page.goto(`${originOf(pages)}/#${settings}`);
      await page.waitForFunction("title.textContent !== ''");
      expect(await page.textContent('#words')).toContain(
        'SPEAKER_00: The red tiles fit the kitchen best.',
      );
      expect(await page.textContent('#title')).toBe(`Signed in as ${server.uid}`);
    } finally {
      await browser.close();
    }
  });
});

describe('the client', () => {
  it('throws the code of the server if it is refused', async () => {
    const stranger = createOmiClient({ baseUrl: server.url, token: 'wrong', WebSocket });
    await expect(stranger.ask('Why?').next()).rejects.toThrow(OmiError);
    await expect(stranger.ask('Why?').next()).rejects.toMatchObject({
      status: 401,
      code: 'unauthenticated',
    });
    await expect(stranger.listen()).rejects.toThrow(LiveSocketError);
    const { error } = await stranger.api.GET('/v1/goals/all');
    expect(error?.code).toBe('unauthenticated');
    await expect(dataOf(stranger.api.GET('/v1/goals/all'))).rejects.toMatchObject({
      status: 401,
      code: 'unauthenticated',
    });
  });

  it('sends files as a form', async () => {
    const { api } = createOmiClient({ baseUrl: server.url, token: server.token });
    const note = new File(['The red tiles cost 40 euros.'], 'tiles.txt', { type: 'text/plain' });
    const [stored] = await dataOf(
      api.POST('/v2/files', { body: { files: [note] }, bodySerializer: asForm }),
    );
    expect(stored).toMatchObject({ name: 'tiles.txt', mime_type: 'text/plain' });
  });

  it('has types that a program outside of the repository compiles with', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'omi-client-types-'));
    try {
      const installed = path.join(folder, 'node_modules/omi-backend');
      await mkdir(installed, { recursive: true });
      await cp(path.join(ROOT, 'package.json'), path.join(installed, 'package.json'));
      await cp(path.join(ROOT, 'dist/client'), path.join(installed, 'dist/client'), {
        recursive: true,
      });
      for (const name of ['openapi-fetch', 'openapi-typescript-helpers']) {
        await cp(path.join(ROOT, 'node_modules', name), path.join(folder, 'node_modules', name), {
          recursive: true,
        });
      }
      await writeFile(
        path.join(folder, 'program.mts'),
        `import { createOmiClient } from 'omi-backend/client';
const client = createOmiClient({ baseUrl: 'http://127.0.0.1', token: 'x' });
const { data } = await client.api.GET('/v1/goals/all');
export const titles: string[] = (data ?? []).map((goal) => goal.title);
// @ts-expect-error a goal has no such field
export const wrong = (data ?? []).map((goal) => goal.nothing);
`,
      );
      const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
      const checked = spawnSync(
        process.execPath,
        [compiler, ...options, '--skipLibCheck', '--lib', 'es2022,dom', 'program.mts'],
        { cwd: folder, encoding: 'utf8' },
      );
      expect(checked.stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
