import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../src/config/config.ts';
import { readSecrets } from '../src/config/secrets.ts';
import { openContext } from '../src/context.ts';
import { createLogger } from '../src/kernel/logger.ts';
import { startServer } from '../src/server.ts';

/**
 * Runs the general scenarios of MCP's own conformance suite against the product, behind a proxy that adds
 * a key, since the suite has none. The suite needs Node 22, so it runs with the `node` package of npm.
 */
const SUITE = ['-y', '-p', 'node@22', '-p', '@modelcontextprotocol/conformance@0.1.16'];
const SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'prompts-list',
  'dns-rebinding-protection',
];

const available = spawnSync('npx', [...SUITE, 'conformance', '--version'], { encoding: 'utf8' });
if (available.status !== 0) {
  console.log('Skipped: npx cannot get node@22 and the conformance suite from the registry.');
  process.exit(process.env.REQUIRE_ENGINES === '1' ? 1 : 0);
}

const directory = await mkdtemp(path.join(tmpdir(), 'omi-check-mcp-'));
const env = { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: directory };
const config = readConfig(env);
const logger = createLogger(config.log);
const context = await openContext({ config, secrets: readSecrets(env), logger });
const owner = await context.accounts.ensureOwner();
if (!owner) throw new Error('The new data directory has an owner already.');
const newKey = { name: 'conformance', scopes: null, expiresAt: null };
const { key } = await context.apiKeys.create(owner.user.id, 'mcp', newKey);
const server = await startServer(context);
const proxy = http.createServer(withKey(server.url, key));
await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
const { port } = proxy.address() as AddressInfo;

const failed: string[] = [];
for (const scenario of SCENARIOS) {
  const url = `http://localhost:${port}/mcp`;
  const code = await run(['conformance', 'server', '--url', url, '--scenario', scenario]);
  if (code !== 0) failed.push(scenario);
}
proxy.close();
await server.close();
await rm(directory, { recursive: true, force: true });
console.log(
  failed.length === 0
    ? `All ${SCENARIOS.length} scenarios passed.`
    : `Failed: ${failed.join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function run(args: string[]): Promise<number> {
  // In the temporary directory: the suite leaves its results where it runs.
  const child = spawn('npx', [...SUITE, ...args], { cwd: directory, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Sends each request on, with the key, and everything else as it came. */
function withKey(target: string, bearer: string): http.RequestListener {
  const { hostname, port: targetPort } = new URL(target);
  return (request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${bearer}` };
    const { url, method } = request;
    const to = { host: hostname, port: targetPort, path: url, method, headers };
    const onward = http.request(to, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  };
}
