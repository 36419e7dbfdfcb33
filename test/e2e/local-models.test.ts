import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TINY_SPEAKER, TINY_STREAMING } from '../fixtures/spoken-clips.ts';
import { ModelHub } from '../simulators/model-hub.ts';
import { CliInstallation } from './cli-process.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const ID = 'zipformer-en-2023-06-26';
const REPOSITORY = `csukuangfj/sherpa-onnx-streaming-${ID}`;
const ENCODER = 'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx';
/** Size of the encoder by the catalogue; its content is known to nobody here. */
const ENCODER_BYTES = 71_083_163;

interface Overview {
  id: string;
  installed: boolean;
  recommended: boolean;
  size_bytes: number;
  download: { state: string; done_bytes: number; total_bytes: number; error: string | null } | null;
}

let hub: ModelHub;
beforeAll(async () => {
  hub = await ModelHub.start({ [`${REPOSITORY}/${ENCODER}`]: Buffer.alloc(ENCODER_BYTES) });
  // They would give the file away before it is downloaded.
  hub.tellsHashes = false;
});
afterEach(() => {
  hub.requests.splice(0);
  hub.faults.splice(0);
  hub.bytesPerSecond = null;
});
afterAll(() => hub.close());

describe('local models over the API', () => {
  let server: TestServer;
  let otherToken: string;
  beforeAll(async () => {
    server = await startTestServer({ MODELS_MIRROR: hub.url });
    const { accounts } = server.context;
    const other = await accounts.createUser('bob');
    otherToken = (await accounts.createToken(other.id, 'test')).token;
  });
  afterAll(() => server.stop());

  const listed = async () => {
    const { body } = await server.api('GET', '/v1/local-models');
    const found = (body as { models: Overview[] }).models.find(({ id }) => id === ID);
    if (!found) throw new Error('the model is not listed');
    return found;
  };

  it('lists the catalogue, with what suits the machine', async () => {
    expect(await listed()).toMatchObject({ installed: false, download: null });
    const { body } = await server.api('GET', '/v1/local-models', undefined, otherToken);
    const { models } = body as { models: Overview[] };
    expect(models.length).toBeGreaterThan(10);
    expect(models.filter(({ recommended }) => recommended)).toHaveLength(1);
  });

  it.each([
    ['POST', `/v1/local-models/${ID}/pull`],
    ['DELETE', `/v1/local-models/${ID}/pull`],
    ['DELETE', `/v1/local-models/${ID}`],
  ])('lets only the owner %s %s', async (method, route) => {
    const { status } = await server.api(method, route, undefined, otherToken);
    expect(status).toBe(403);
    expect((await server.api(method, route, undefined, 'omi_nobody')).status).toBe(401);
  });

  it.each(['no-such-model', '..%2F..%2Fetc', 'x'.repeat(300)])('knows no model %s', async (id) => {
    const { status } = await server.api('POST', `/v1/local-models/${id}/pull`);
    expect([400, 404, 422]).toContain(status);
  });

  it('downloads in the background, tells how far it is, and can be stopped', async () => {
    hub.bytesPerSecond = 2_000_000;
    const started = await server.api('POST', `/v1/local-models/${ID}/pull`);
    expect(started.status).toBe(202);
    await expect
      .poll(async () => (await listed()).download?.done_bytes ?? 0)
      .toBeGreaterThan(50_000);
    expect((await listed()).download).toMatchObject({ state: 'running', total_bytes: 72_654_782 });
    expect((await server.api('DELETE', `/v1/local-models/${ID}/pull`)).status).toBe(200);
    expect((await listed()).download).toMatchObject({ state: 'cancelled', error: null });
    expect((await server.api('DELETE', `/v1/local-models/${ID}/pull`)).status).toBe(404);
    expect((await server.api('DELETE', `/v1/local-models/${ID}`)).status).toBe(200);
    expect((await server.api('DELETE', `/v1/local-models/${ID}`)).status).toBe(404);
  });

  it('says why a download failed', async () => {
    hub.faults.push({ kind: 'status', status: 403 });
    await server.api('POST', `/v1/local-models/${ID}/pull`);
    await expect.poll(async () => (await listed()).download?.state).toBe('failed');
    expect((await listed()).download?.error).toContain('refuses the download');
  });
});

describe('omi-backend models', () => {
  let cli: CliInstallation;
  let models: string;
  beforeAll(async () => {
    cli = await CliInstallation.create({ MODELS_MIRROR: hub.url });
    models = path.join(cli.dataDir, 'models');
  });
  afterAll(() => cli.remove());

  it('goes on with a download that was killed', async () => {
    hub.bytesPerSecond = 20_000_000;
    const killed = cli.start(['models', 'pull', ID]);
    const partial = path.join(models, `.${ID}.partial`, ENCODER);
    const size = () =>
      stat(partial).then(
        (found) => found.size,
        () => 0,
      );
    await expect.poll(size).toBeGreaterThan(1_000_000);
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    hub.requests.splice(0);
    hub.bytesPerSecond = null;
    // The rest is not what the catalogue promises: it is thrown away, and nothing is installed.
    const again = await cli.run(['models', 'pull', ID]);
    expect(hub.requests[0]?.range).toMatch(/^bytes=\d{7,}-$/);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/its hash is [0-9a-f]{64}, not 563fde43/);
    expect(await readdir(models)).toEqual([]);
  });

  it('lists, checks and refuses in sentences', async () => {
    expect((await cli.run(['models', 'list'])).stdout).toContain(ID);
    const check = await cli.run(['models', 'check', TINY_STREAMING]);
    expect(check.stdout).toMatch(/real-time factor 0\.\d+/);
    expect(check.stdout).toMatch(/live streams +\d+ at a time/);
    const voices = await cli.run(['models', 'check', TINY_SPEAKER]);
    expect(voices.stdout).toMatch(/a vector +has 64 numbers and takes [\d.]+ ms for a second/);
    const task = await cli.run(['models', 'pull', '--task', 'song']);
    expect(task.stderr).toMatch(/--task is live, file or voice, not song/);
    const voice = await cli.run(['models', 'pull', '--task', 'voice'], { PRIVATE: 'true' });
    expect(voice.stderr).toMatch(/--allow-network/);
    const unknown = await cli.run(['models', 'pull', 'no-such-model']);
    expect(unknown.stderr).toMatch(/There is no model no-such-model/);
    const closed = await cli.run(['models', 'pull', ID], { PRIVATE: 'true' });
    expect(closed.stderr).toMatch(/--allow-network/);
    expect([unknown.code, closed.code]).toEqual([1, 1]);
  });
});
