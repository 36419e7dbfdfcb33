import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildServer } from './crash/child-server.ts';

/** Packages that a start does without: each is large, and many servers never need it. */
const LATE = [
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@google-cloud/firestore',
  '@google-cloud/storage',
  '@langchain/core',
  '@langchain/langgraph',
  '@modelcontextprotocol/server',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace',
  '@pinecone-database/pinecone',
  '@wasm-audio-decoders/flac',
  '@wasm-audio-decoders/ogg-vorbis',
  'ajv',
  'chrono-node',
  'html-to-text',
  'ical-generator',
  'ioredis',
  'koffi',
  'mediabunny',
  'mpg123-decoder',
  'openai',
  'postal-mime',
  'sherpa-onnx-node',
  'undici',
  'unpdf',
  'wink-eng-lite-web-model',
  'wink-nlp',
  'yaml',
];

/**
 * Notes each module that the process loads, by Node's own hook, and each file that it reads, as scripts of the bundle
 * are loaded; it runs before anything else.
 */
const HOOK = `
import fs from 'node:fs';
import { register } from 'node:module';
const { readFileSync } = fs;
fs.readFileSync = (path, ...options) => {
  fs.appendFileSync(process.env.LOADED_MODULES, String(path) + '\\n');
  return readFileSync(path, ...options);
};
register('data:text/javascript,' + encodeURIComponent(\`
  import { appendFileSync } from 'node:fs';
  export async function load(url, context, nextLoad) {
    appendFileSync(\${JSON.stringify(process.env.LOADED_MODULES)}, url + '\\\\n');
    return nextLoad(url, context);
  }\`));
`;

let directory: string;
let server: ChildServer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'omi-lazy-'));
  server = await ChildServer.start(directory, {
    LOADED_MODULES: path.join(directory, 'loaded.txt'),
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(HOOK)}`,
    OPENAI_API_KEY: 'sk-test',
  });
});

afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('a start of the server', () => {
  it('loads no package that it can do without', async () => {
    const packages = await loadedPackages();
    // Otherwise nothing was noted, and this proves nothing.
    expect(packages).toContain('@fastify/static');
    expect(packages).toContain('fastify');
    expect(packages).toContain('zod');
    expect(LATE.filter((name) => packages.has(name))).toEqual([]);
  });

  it('loads what a request needs when it comes', async () => {
    const description = await fetch(`${server.url}/openapi.json`);
    expect(Object.keys(((await description.json()) as { paths: object }).paths)).toContain(
      '/v1/conversations',
    );
    const page = await fetch(`${server.url}/docs/static/swagger-ui.css`);
    expect(page.headers.get('content-type')).toMatch(/^text\/css/);
    expect((await fetch(`${server.url}/docs/nothing`)).status).toBe(404);
    const packages = await loadedPackages();
    expect(packages).toContain('@fastify/swagger');
    expect(packages).toContain('@fastify/swagger-ui');
    expect(packages).not.toContain('@modelcontextprotocol/server');
  });
});

/** The packages of all modules that the server has loaded so far, those in bundled files included. */
async function loadedPackages(): Promise<Set<string>> {
  const bundle = new URL('../../dist/bundle/packages.json', import.meta.url);
  const inBundle: Record<string, string[]> = JSON.parse(await readFile(bundle, 'utf8'));
  const urls = (await readFile(path.join(directory, 'loaded.txt'), 'utf8')).trim().split('\n');
  return new Set(
    urls.flatMap((url) => {
      const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
      if (name !== undefined) return [name];
      return url.includes('/dist/bundle/') ? (inBundle[path.basename(url)] ?? []) : [];
    }),
  );
}
