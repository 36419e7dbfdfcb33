import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../src/config/config.ts';
import { readSecrets } from '../src/config/secrets.ts';
import { openContext } from '../src/context.ts';
import { buildHttpApp } from '../src/http/app.ts';
import { createLogger } from '../src/kernel/logger.ts';
import { McpHttp } from '../src/mcp/mcp-http.ts';
import { mcpFrontDoor } from '../src/server/mcp-front-door.ts';
import { startServer } from '../src/server.ts';
import { createFixtureServer } from '../test/mcp-conformance/fixture-server.ts';

new Command('npm run check:mcp --')
  .description(
    "Runs MCP's own conformance suite: the general scenarios against the product, all others against a server that has the product's transport and sign-in before the suite's fixtures. Gets the suite, and the Node 22 that it needs, from the npm registry.",
  )
  .parse();
const PACKAGES = ['node@22', '@modelcontextprotocol/conformance@0.1.16'];
const PRODUCT_SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'prompts-list',
  'dns-rebinding-protection',
];
const FIXTURE_SCENARIOS = [
  'logging-set-level',
  'completion-complete',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-with-logging',
  'tools-call-error',
  'tools-call-with-progress',
  'json-schema-2020-12',
  'server-sse-polling',
  'server-sse-multiple-streams',
  'resources-read-text',
  'resources-read-binary',
  'resources-templates-read',
  'resources-subscribe',
  'resources-unsubscribe',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-embedded-resource',
  'prompts-get-with-image',
  'tools-call-sampling',
  'tools-call-elicitation',
  'elicitation-sep1034-defaults',
  'elicitation-sep1330-enums',
];
/**
 * The transport keeps nothing between requests, so that any server of an installation serves any of
 * them. A server can then ask the client nothing while a call runs. No tool of the product does, and the
 * revision of 2026-07-28 has no such requests any more.
 */
const NO_QUESTIONS = 'The server asks the client nothing while a call runs.';
const EXPECTED_FAILURES: Readonly<Record<string, string>> = {
  'tools-call-sampling': NO_QUESTIONS,
  'tools-call-elicitation': NO_QUESTIONS,
  'elicitation-sep1034-defaults': NO_QUESTIONS,
  'elicitation-sep1330-enums': NO_QUESTIONS,
};

const directory = await mkdtemp(path.join(tmpdir(), 'omi-check-mcp-'));
const suite = path.join(directory, 'suite');
const install = ['install', '--prefix', suite, '--no-audit', '--no-fund', '--silent', ...PACKAGES];
if (spawnSync('npm', install, { stdio: 'inherit' }).status !== 0) {
  console.log(`Skipped: npm cannot get ${PACKAGES.join(' and ')} from the registry.`);
  await rm(directory, { recursive: true, force: true });
  process.exit(process.env.REQUIRE_ENGINES === '1' ? 1 : 0);
}
const modules = path.join(suite, 'node_modules');
const node = path.join(modules, 'node', 'bin', 'node');
const conformance = path.join(modules, '@modelcontextprotocol', 'conformance', 'dist', 'index.js');

const env = { PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: path.join(directory, 'data') };
const config = readConfig(env);
const logger = createLogger(config.log);
const context = await openContext({ config, secrets: readSecrets(env), env, logger });
const owner = await context.accounts.ensureOwner();
if (!owner) throw new Error('The new data directory has an owner already.');
const newKey = { name: 'conformance', scopes: null, expiresAt: null };
const { key } = await context.apiKeys.create(owner.user.id, 'mcp', newKey);
const fixtures = buildHttpApp({
  logger,
  userApiKeys: context.userApiKeys,
  verifier: context.verifier,
  corsOrigins: [],
  routes: [
    mcpFrontDoor(context, async () => new McpHttp({ createServer: createFixtureServer, logger })),
  ],
  health: async () => ({}),
});
const fixtureUrl = await fixtures.listen({ port: 0, host: '127.0.0.1' });
const server = await startServer(context);

const failed: string[] = [];
let passed = 0;
await check(server.url, PRODUCT_SCENARIOS);
await check(fixtureUrl, FIXTURE_SCENARIOS);
await fixtures.close();
await server.close();
await rm(directory, { recursive: true, force: true });
console.log(`${passed} scenarios passed.`);
for (const [scenario, reason] of Object.entries(EXPECTED_FAILURES)) {
  console.log(`Expected to fail: ${scenario}. ${reason}`);
}
if (failed.length > 0) console.log(`Not as expected: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function check(target: string, scenarios: readonly string[]): Promise<void> {
  const proxy = http.createServer(withKey(target, key));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  for (const scenario of scenarios) {
    const url = `http://localhost:${port}/mcp`;
    const code = await run(['server', '--url', url, '--scenario', scenario]);
    const isExpected = (code === 0) === !(scenario in EXPECTED_FAILURES);
    if (!isExpected) failed.push(scenario);
    else if (code === 0) passed += 1;
  }
  proxy.close();
}

function run(args: string[]): Promise<number> {
  // In the temporary directory: the suite leaves its results where it runs.
  const child = spawn(node, [conformance, ...args], { cwd: suite, stdio: 'inherit' });
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
