import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueModel } from '../../../src/local-models/catalogue/catalogue-model.ts';
import { downloadFile } from '../../../src/local-models/download/file-download.ts';
import { HubClient, type HubOptions } from '../../../src/local-models/download/hub-client.ts';
import {
  type ModelLock,
  type PullOptions,
  type PullProgress,
  pullModel,
  removeModel,
} from '../../../src/local-models/download/pull-model.ts';
import { LOCK_FILE, ModelLibrary } from '../../../src/local-models/model-library.ts';
import { TINY_OFFLINE, TINY_STREAMING } from '../../fixtures/spoken-clips.ts';
import { ModelHub } from '../../simulators/model-hub.ts';

const MODEL = readFileSync(`${TINY_STREAMING}/model.onnx`);
const TOKENS = readFileSync(`${TINY_STREAMING}/tokens.txt`);
const REPOSITORY = 'test/tiny-en';
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A catalogue's entry with hashes, or without. */
function model(pinned: boolean): CatalogueModel {
  const file = (name: string, content: Buffer) => ({
    path: name,
    sizeBytes: pinned ? content.length : null,
    sha256: pinned ? sha256(content) : null,
  });
  return {
    id: 'tiny-en',
    task: 'streaming-speech',
    title: 'a test',
    languages: ['en'],
    repository: REPOSITORY,
    revision: 'main',
    files: [file('model.onnx', MODEL), file('tokens.txt', TOKENS)],
    source: 'test',
    licence: { text: 'test', source: 'test' },
    figures: [],
    weight: 'light',
  };
}

let hub: ModelHub;
let folder: string;
let library: ModelLibrary;
let client: HubClient;
let seen: PullProgress[];
beforeEach(async () => {
  hub = await ModelHub.start({
    [`${REPOSITORY}/model.onnx`]: MODEL,
    [`${REPOSITORY}/tokens.txt`]: TOKENS,
  });
  folder = await mkdtemp(path.join(tmpdir(), 'omi-backend-pull-'));
  library = new ModelLibrary(folder);
  client = hubClient();
  seen = [];
});
afterEach(async () => {
  await client.close();
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const NO_PROXY = { http: null, https: null, no: null };
function hubClient(more: Partial<HubOptions> = {}): HubClient {
  return new HubClient({ mirror: hub.url, proxy: NO_PROXY, idleTimeoutMs: 400, ...more });
}

function pull(what: CatalogueModel = model(true), more: Partial<PullOptions> = {}) {
  return pullModel(what, {
    library,
    hub: client,
    mirror: 'http://127.0.0.1',
    directory: null,
    signal: new AbortController().signal,
    onProgress: (progress) => seen.push(progress),
    backoff: { initialMs: 1, maxMs: 5, jitter: 0 },
    ...more,
  });
}

async function expectInstalled(): Promise<ModelLock> {
  const installed = path.join(folder, 'tiny-en');
  expect(MODEL.equals(await readFile(path.join(installed, 'model.onnx')))).toBe(true);
  expect(TOKENS.equals(await readFile(path.join(installed, 'tokens.txt')))).toBe(true);
  expect(await readdir(folder)).toEqual(['tiny-en']);
  expect((await readdir(installed)).sort()).toEqual([LOCK_FILE, 'model.onnx', 'tokens.txt']);
  return JSON.parse(await readFile(path.join(installed, LOCK_FILE), 'utf8'));
}

describe('pullModel', () => {
  it('downloads a model, checks it against the catalogue and writes down what came', async () => {
    await pull();
    expect(await expectInstalled()).toMatchObject({
      id: 'tiny-en',
      repository: REPOSITORY,
      commit: 'c'.repeat(40),
      from: 'http://127.0.0.1',
      files: [
        { path: 'model.onnx', sha256: sha256(MODEL), checkedBy: 'catalogue' },
        { path: 'tokens.txt', sha256: sha256(TOKENS), checkedBy: 'catalogue' },
      ],
    });
    const total = MODEL.length + TOKENS.length;
    expect(seen.at(-1)).toEqual({
      phase: 'checking',
      file: 'tokens.txt',
      doneBytes: total,
      totalBytes: total,
    });
  });

  it('compares with the hashes of the hub where the catalogue has none, and says so', async () => {
    await pull(model(false));
    expect((await expectInstalled()).files.map(({ checkedBy }) => checkedBy)).toEqual([
      'hub',
      'hub',
    ]);
  });

  it('says that nobody gave a hash', async () => {
    hub.tellsHashes = false;
    await pull(model(false));
    expect((await expectInstalled()).files.map(({ checkedBy }) => checkedBy)).toEqual([
      'nothing',
      'nothing',
    ]);
  });

  it.each([
    ['breaks off', { kind: 'break', afterBytes: 500_000 }],
    ['stalls', { kind: 'stall', afterBytes: 500_000 }],
  ] as const)('goes on by ranges where the connection %s', async (_name, fault) => {
    hub.faults.push(fault);
    await pull();
    await expectInstalled();
    const [first, second] = hub.requests;
    expect(first).toEqual({ path: 'model.onnx', range: null });
    expect(second?.range).toMatch(/^bytes=[1-9]\d+-$/);
  });

  it('goes on where an earlier pull stopped, also after another process died in it', async () => {
    const partial = path.join(folder, '.tiny-en.partial');
    await mkdir(partial);
    await writeFile(path.join(partial, 'model.onnx'), MODEL.subarray(0, 700_000));
    const dead = { pid: 2 ** 22 + 1, host: hostname() };
    await writeFile(path.join(partial, 'pull.lock'), JSON.stringify(dead));
    await pull();
    await expectInstalled();
    expect(hub.requests[0]?.range).toBe('bytes=700000-');
  });

  it.each([
    ['answers 200 to a range request', { kind: 'ignore-range' }],
    ['answers 416', { kind: 'no-range' }],
    ['sends another part', { kind: 'other-range' }],
    ['fails', { kind: 'status', status: 500 }],
    ['has no time', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
  ] as const)('ends well though the hub %s when the rest is asked for', async (_name, fault) => {
    hub.faults.push({ kind: 'break', afterBytes: 500_000 }, fault);
    await pull();
    await expectInstalled();
  });

  it('begins anew where what was kept is wrong', async () => {
    const partial = path.join(folder, '.tiny-en.partial');
    await mkdir(partial);
    await writeFile(path.join(partial, 'model.onnx'), Buffer.alloc(700_000));
    await pull();
    await expectInstalled();
  });

  it('begins anew where more is there than the file has', async () => {
    const partial = path.join(folder, '.tiny-en.partial');
    await mkdir(partial);
    await writeFile(path.join(partial, 'model.onnx'), Buffer.alloc(MODEL.length + 1));
    await pull();
    await expectInstalled();
  });

  it.each([
    ['wrong bytes', [{ kind: 'wrong-bytes' }, { kind: 'wrong-bytes' }], true],
    [
      'wrong bytes, by the hash of the hub',
      [{ kind: 'wrong-bytes' }, { kind: 'wrong-bytes' }],
      false,
    ],
    ['an endless body', [{ kind: 'endless' }, { kind: 'endless' }], true],
  ] as const)('refuses %s and installs nothing', async (_name, faults, pinned) => {
    hub.faults.push(...faults);
    await expect(pull(model(pinned))).rejects.toMatchObject({
      code: 'invalid-model',
      message: expect.stringMatching(/its hash is|more of model\.onnx than it promised/),
    });
    expect(library.pulled()).toEqual([]);
    expect(existsSync(path.join(folder, 'tiny-en'))).toBe(false);
  });

  it('refuses another file than the catalogue describes before it is downloaded', async () => {
    hub.files.set(`${REPOSITORY}/model.onnx`, Buffer.concat([MODEL, Buffer.alloc(5)]));
    await expect(pull()).rejects.toThrow(/offers another file model\.onnx/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [{ kind: 'status', status: 404 }, 'not-found', /has no file model\.onnx/],
    [{ kind: 'status', status: 403 }, 'forbidden', /refuses the download of model\.onnx \(403\)/],
    [{ kind: 'status', status: 400 }, 'provider-unavailable', /answers 400/],
    [{ kind: 'redirect', location: 'http://127.0.0.1:1/x' }, 'forbidden', /only https addresses/],
    [{ kind: 'redirect', location: 'https://127.0.0.1:1/x' }, 'forbidden', /only https addresses/],
    [{ kind: 'redirect', location: 'ftp://example.com/x' }, 'forbidden', /only https addresses/],
  ] as const)('gives %o up at once and says why', async (fault, code, message) => {
    hub.faults.push(fault);
    await expect(pull()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(hub.requests).toHaveLength(1);
  });

  it('gives up after several attempts that brought nothing', async () => {
    hub.faults.push(
      ...Array.from({ length: 20 }, () => ({ kind: 'status', status: 503 }) as const),
    );
    await expect(pull()).rejects.toThrow(/answers 503/);
    expect(hub.requests).toHaveLength(5);
  });

  it('says that nobody is there', async () => {
    const { url } = hub;
    await hub.close();
    await expect(pull()).rejects.toThrow(`${new URL(url).host} refuses the connection`);
    hub = await ModelHub.start({});
  });

  it('lets one of two pulls at once do the work', async () => {
    hub.bytesPerSecond = 5_000_000;
    const first = pull();
    await expect.poll(() => hub.requests.length).toBe(1);
    await expect(pull()).rejects.toMatchObject({ code: 'conflict' });
    await first;
    await expectInstalled();
  });

  it('stops when it is told to, and keeps what is there', async () => {
    hub.bytesPerSecond = 1_000_000;
    const abort = new AbortController();
    const pulled = pull(model(true), { signal: abort.signal });
    await expect.poll(() => (seen.at(-1)?.doneBytes ?? 0) > 100_000).toBe(true);
    abort.abort();
    await expect(pulled).rejects.toThrow();
    hub.bytesPerSecond = null;
    await pull();
    await expectInstalled();
    expect(hub.requests[1]?.range).toMatch(/^bytes=\d{6,}-$/);
  });

  it('takes the files from a folder, without a network', async () => {
    await pull(model(true), { hub: null, directory: TINY_STREAMING });
    expect(await expectInstalled()).toMatchObject({ from: TINY_STREAMING });
    expect(hub.requests).toEqual([]);
  });

  it('refuses files from a folder that are not the ones of the catalogue, or not there', async () => {
    const other = pull(model(true), { hub: null, directory: TINY_OFFLINE });
    await expect(other).rejects.toThrow(/is not the file of the catalogue/);
    const empty = await mkdtemp(path.join(tmpdir(), 'omi-backend-empty-'));
    const missing = pull(model(true), { hub: null, directory: empty });
    await expect(missing).rejects.toThrow(/has no file model\.onnx/);
    await rm(empty, { recursive: true });
  });

  it('does not install files that make no model', async () => {
    hub.files.set(`${REPOSITORY}/model.onnx`, Buffer.alloc(200_000, 1));
    await expect(pull(model(false))).rejects.toMatchObject({ code: 'invalid-model' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('puts a new download in the place of an old one, and removes a model', async () => {
    await pull();
    await pull();
    await expectInstalled();
    expect(await removeModel(library, 'tiny-en')).toBe(true);
    expect(await readdir(folder)).toEqual([]);
    expect(await removeModel(library, 'tiny-en')).toBe(false);
  });

  it('goes through a proxy', async () => {
    const asked: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, socket: net.Socket) => {
      asked.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket]) end.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const proxied = hubClient({ proxy: { http: url, https: url, no: null } });
    try {
      await pull(model(true), { hub: proxied });
      await expectInstalled();
      expect(asked.length).toBeGreaterThan(0);
      asked.splice(0);
      const direct = hubClient({ proxy: { http: url, https: url, no: '127.0.0.1' } });
      await pull(model(true), { hub: direct });
      await direct.close();
      expect(asked).toEqual([]);
    } finally {
      await proxied.close();
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe('downloadFile', () => {
  const source = {
    repository: REPOSITORY,
    revision: 'main',
    file: { path: 'model.onnx', sizeBytes: null, sha256: null },
  };
  const { signal } = new AbortController();

  it('says that the disk is full before it writes', async () => {
    const hooks = {
      onProgress: () => undefined,
      assertSpace: async (bytes: number) => {
        throw Object.assign(new Error(`${bytes} do not fit`), { code: 'disk-full' });
      },
    };
    const target = path.join(folder, 'model.onnx');
    await expect(downloadFile(client, source, target, hooks, signal)).rejects.toThrow(
      `${MODEL.length} do not fit`,
    );
    expect(existsSync(target)).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full in mid-download', async () => {
    const hooks = { onProgress: () => undefined, assertSpace: async () => undefined };
    await expect(downloadFile(client, source, '/dev/full', hooks, signal)).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('what is there is kept'),
    });
  });
});
