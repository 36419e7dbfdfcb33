import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDiskBlobStore } from '../../src/blob/adapters/disk/disk-blob-store.ts';
import { exportAccount } from '../../src/http/account-export.ts';
import { createLogger } from '../../src/kernel/logger.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import { memories } from '../../src/model/memory.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import {
  archivedCollections,
  LEFT_OUT,
  LEFT_OUT_GLOBALS,
  OWNED_GLOBALS,
} from '../../src/transfer/archive-collections.ts';
import { canonicalJson } from '../../src/transfer/canonical-json.ts';
import { backUp, restoreBackup } from '../../src/transfer/data-backup.ts';
import { DocumentDigest } from '../../src/transfer/document-digest.ts';
import { migrate } from '../../src/transfer/migration.ts';
import { TarWriter } from '../../src/transfer/tar-archive.ts';
import { writeUserArchive } from '../../src/transfer/user-archive.ts';
import { importUserArchive } from '../../src/transfer/user-import.ts';
import { uploadFiles } from './chat-world.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const quiet = createLogger({ level: 'silent', revealPii: false });
const nothing = () => undefined;

let folder: string;
let server: TestServer;
/** Where archives are refused: nothing is ever written into it. */
let empty: TestServer;
let conversationId: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'omi-moving-'));
  [server, empty] = await Promise.all([startTestServer(), startTestServer()]);
  conversationId = await speak(server, 'I will send the budget to Anna tomorrow.');
  await server.api('POST', '/v3/memories', { content: 'I live in Porto.' });
  await server.api('POST', '/v1/users/people', { name: 'Anna' });
  await uploadFiles(server, { 'lease.txt': 'The rent is ninety euros.' });
  await server.api('PATCH', `/v1/conversations/${conversationId}/visibility?value=shared`);
  const { blobs } = server.context;
  const voice = Buffer.alloc(200_000, 7);
  await blobs.put(`speech-profiles/${server.uid}/speech_profile.wav`, voice);
});
afterAll(async () => {
  await server?.stop();
  await empty?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function speak(target: TestServer, text: string): Promise<string> {
  const client = await ListenClient.connect(target.wsUrl, target.token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([{ text, start: 0, end: 4 }]);
  await client.until(() => client.segments.size > 0);
  const ended = await target.api('POST', '/v1/conversations', {});
  await client.close();
  return (ended.body as { conversation: { id: string } }).conversation.id;
}

async function exported(from: TestServer, uid: string, name: string): Promise<string> {
  const target = path.join(folder, name);
  await writeUserArchive({
    store: from.context.store,
    blobs: from.context.blobs,
    uid,
    target,
    apiExport: exportAccount(from.context.accountExport, uid),
    onProgress: nothing,
  });
  return target;
}

function imported(into: TestServer, file: string, overwrite = false) {
  const { store, blobs, clock } = into.context;
  return importUserArchive({ store, blobs, clock, path: file, overwrite, onProgress: nothing });
}

/** An archive as somebody with bad intentions would make one. */
async function forged(name: string, entries: Record<string, string>): Promise<string> {
  const target = path.join(folder, name);
  const tar = new TarWriter(target);
  for (const [entry, text] of Object.entries(entries)) await tar.addText(entry, text);
  await tar.finish();
  return target;
}

const manifestOf = (uid: string) =>
  JSON.stringify({ format: 'omi-backend-archive', version: 1, uid, documents: {}, files: 0 });

describe('an archive of a user', () => {
  it('holds every collection, or says why not', () => {
    const known = [
      'users',
      ...OWNED_GLOBALS.map(({ name }) => name),
      ...archivedCollections().map(({ name }) => name),
      ...Object.keys(LEFT_OUT),
      ...Object.keys(LEFT_OUT_GLOBALS),
    ];
    expect(known.sort()).toEqual(COLLECTIONS.map(({ name }) => name).sort());
  });

  it('taken over by an empty server gives the same archive, byte for byte', async () => {
    const first = await exported(server, server.uid, 'first.tar');
    const other = await startTestServer();
    try {
      const manifest = await imported(other, first);
      expect(manifest).toMatchObject({ uid: server.uid, files: 3 });
      const second = await exported(other, server.uid, 'second.tar');
      expect((await readFile(second)).equals(await readFile(first))).toBe(true);

      const { token } = await other.context.accounts.createToken(server.uid, 'test');
      const shown = await other.api('GET', `/v1/conversations/${conversationId}`, undefined, token);
      const was = await server.api('GET', `/v1/conversations/${conversationId}`);
      expect(shown).toEqual(was);
      const found = await other.api('POST', '/v1/conversations/search', { query: 'budget' }, token);
      expect((found.body as { items: unknown[] }).items).toHaveLength(1);
      const shared = await fetch(`${other.url}/v1/conversations/${conversationId}/shared`);
      expect(shared.status).toBe(200);

      // A second time it is refused, or asked for it does no harm.
      await expect(imported(other, first)).rejects.toMatchObject({ code: 'already-exists' });
      await imported(other, first, true);
      const third = await exported(other, server.uid, 'third.tar');
      expect((await readFile(third)).equals(await readFile(first))).toBe(true);
    } finally {
      await other.stop();
    }
  });

  it('compressed is the same, and shows people what was said', async () => {
    const file = await exported(server, server.uid, 'readable.tar.gz');
    const { readTar, readAll, verifyTar } = await import('../../src/transfer/tar-archive.ts');
    const texts = new Map<string, string>();
    for await (const { name, body } of readTar(file)) {
      texts.set(name, (await readAll(body, 2 ** 30)).toString('utf8'));
    }
    expect(await verifyTar(file)).toBe(texts.size - 1);
    const named = (ending: string) =>
      texts.get(
        [...texts.keys()].find((name) => name.endsWith(`${conversationId}${ending}`)) ?? '',
      );
    expect(named('.md')).toContain('I will send the budget to Anna tomorrow.');
    expect(named('.vtt')).toMatch(
      /^WEBVTT\n\n00:00:00\.000 --> 00:00:04\.000\n<v [^>]+>I will send the budget/,
    );
    expect(JSON.parse(texts.get('omi-export.json') ?? '')).toMatchObject({
      profile: { uid: server.uid },
      memories: [{ content: 'I live in Porto.' }],
    });
  });

  it.each([10, 600, 5000, 210_000])(
    'cut off after %i bytes is taken over by nobody',
    async (length) => {
      const whole = await readFile(await exported(server, server.uid, 'whole.tar'));
      const file = path.join(folder, 'cut.tar');
      await writeFile(file, whole.subarray(0, length));
      const other = await startTestServer();
      try {
        await expect(imported(other, file)).rejects.toMatchObject({ code: 'bad-request' });
        expect(await other.context.store.listOwners()).not.toContain(server.uid);
      } finally {
        await other.stop();
      }
    },
  );

  it('with one changed byte is refused before anything is written', async () => {
    const bytes = await readFile(await exported(server, server.uid, 'changed.tar'));
    const at = bytes.indexOf('Porto');
    bytes.write('Lagos', at);
    const file = path.join(folder, 'changed.tar');
    await writeFile(file, bytes);
    await expect(imported(empty, file)).rejects.toThrow('a checksum is wrong');
    expect(await empty.context.store.listOwners()).not.toContain(server.uid);
  });

  it('writes into nothing that is not its user’s', async () => {
    const victim = server.uid;
    const entries: [string, Record<string, string>][] = [
      ['user', { 'documents/users.jsonl': `${canonicalJson({ id: victim })}\n` }],
      ['file', { [`files/recordings/${victim}/a.wav`]: 'x' }],
      ['path', { 'files/recordings/mallory/../../../evil': 'x' }],
      ['unknown', { 'documents/jobs.jsonl': '{"id":"x"}\n' }],
      [
        'share',
        {
          'documents/shared_conversations.jsonl': `${canonicalJson({ id: conversationId, uid: 'mallory' })}\n`,
        },
      ],
    ];
    for (const [name, extra] of entries) {
      const file = await forged(`${name}.tar`, {
        'manifest.json': manifestOf('mallory'),
        ...extra,
      });
      await expect(imported(server, file), name).rejects.toMatchObject({ code: 'bad-request' });
    }
  });

  it('is not what a file of another kind is', async () => {
    const files: [string, Buffer | string][] = [
      ['text.tar', 'Anna: hello'],
      ['empty.tar', ''],
      ['zeros.tar', Buffer.alloc(10_240)],
    ];
    for (const [name, content] of files) {
      const file = path.join(folder, name);
      await writeFile(file, content);
      await expect(imported(server, file), name).rejects.toMatchObject({ code: 'bad-request' });
    }
    const newer = manifestOf('x').replace('"version":1', '"version":2');
    const file = await forged('newer.tar', { 'manifest.json': newer });
    await expect(imported(server, file)).rejects.toThrow('newer release');
  });
});

describe('what unpacks to more than it should', () => {
  const MB = 2 ** 20;

  /** A compressed archive that unpacks to zeros without an end. */
  async function bomb(name: string, first: string, text: string, entry: string): Promise<string> {
    const target = path.join(folder, name);
    const tar = new TarWriter(target);
    await tar.addText(first, text);
    await tar.add(
      entry,
      300 * MB,
      (async function* () {
        for (let i = 0; i < 300; i += 1) yield Buffer.alloc(MB);
      })(),
    );
    await tar.finish();
    return target;
  }

  it('is neither imported nor restored', async () => {
    const archive = await bomb(
      'bomb.tgz',
      'manifest.json',
      manifestOf('mallory'),
      'documents/memories.jsonl',
    );
    expect((await stat(archive)).size).toBeLessThan(MB);
    const tooMuch = 'unpacks to far more than an archive of its size';
    await expect(imported(server, archive)).rejects.toThrow(tooMuch);
    const made = '{"format":"omi-backend-backup","version":1,"madeAt":"2026-11-27T00:00:00Z"}';
    const backup = await bomb('backup-bomb.tgz', 'backup.json', made, 'blobs/zeros');
    const dataDir = path.join(folder, 'bombed');
    const restoring = restoreBackup({ source: backup, dataDir, onProgress: nothing });
    await expect(restoring).rejects.toThrow(tooMuch);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is refused as a line of documents and as a transcript', async () => {
    const long = await forged('line.tar', {
      'manifest.json': manifestOf('mallory'),
      'documents/memories.jsonl': 'x'.repeat(33 * MB),
    });
    await expect(imported(server, long)).rejects.toThrow('A line of the archive is too long.');
    const chunk = {
      id: 'c:0',
      conversationId: 'c',
      index: 0,
      segmentsZlibBase64: deflateSync(Buffer.alloc(100 * MB, ' ')).toString('base64'),
    };
    const zipped = await forged('zipped.tar', {
      'manifest.json': manifestOf('mallory'),
      'documents/transcript_chunks.jsonl': `${canonicalJson(chunk)}\n`,
    });
    await expect(imported(server, zipped)).rejects.toMatchObject({ code: 'bad-request' });
    expect(await server.context.store.listOwners()).not.toContain('mallory');
  });
});

describe('a backup', () => {
  const MADE = '{"format":"omi-backend-backup","version":1,"madeAt":"2026-11-27T00:00:00Z"}';

  it.each([
    ['is no database', { 'store.sqlite': 'SQLite format 3? Not at all.' }],
    ['holds no store.sqlite', { 'blob-link.key': 'x' }],
    ['is no database', { 'store.sqlite': '', 'audio-log/u/s/0.log': 'x' }],
  ])('whose store %s lays out nothing', async (_what, entries) => {
    const source = await forged('stray.tar', { 'backup.json': MADE, ...entries });
    const dataDir = path.join(folder, 'stray');
    const restoring = restoreBackup({ source, dataDir, onProgress: nothing });
    await expect(restoring).rejects.toMatchObject({ code: 'bad-request' });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('made while words come in is the store as of one moment', async () => {
    const target = path.join(folder, 'backup.tgz');
    const { store } = server.context;
    let isWriting = true;
    const writing = (async () => {
      for (let i = 0; isWriting; i += 1) await speakMemory(i);
    })();
    const snapshot = store.snapshot;
    if (!snapshot) throw new Error('no snapshot');
    const { dataDir } = server;
    await backUp({
      dataDir,
      snapshot,
      target,
      madeAt: '2026-11-27T00:00:00Z',
      onProgress: nothing,
    });
    isWriting = false;
    await writing;

    const restored = path.join(folder, 'restored');
    const options = { source: target, dataDir: restored, onProgress: nothing };
    expect(await restoreBackup(options)).toMatchObject({ madeAt: '2026-11-27T00:00:00Z' });
    await expect(restoreBackup(options)).rejects.toMatchObject({ code: 'conflict' });
    const again = await startTestServer({}, restored);
    try {
      const was = await server.api('GET', `/v1/conversations/${conversationId}`);
      expect(await again.api('GET', `/v1/conversations/${conversationId}`)).toEqual(was);
      const key = `speech-profiles/${server.uid}/speech_profile.wav`;
      expect((await again.context.blobs.head(key))?.size).toBe(200_000);
    } finally {
      await again.stop();
    }
  });

  async function speakMemory(i: number): Promise<void> {
    await server.api('POST', '/v3/memories', { content: `Fact number ${i}.` });
  }

  it('leads out of its directory with no name, and is checked first', async () => {
    const source = path.join(folder, 'evil.tar');
    const tar = new TarWriter(source);
    await tar.addText('backup.json', '{"format":"omi-backend-backup","version":1,"madeAt":"x"}');
    await tar.addText('blobs/../../outside', 'x');
    await tar.addText('server.json', 'x');
    const snapshot = path.join(folder, 'evil.sqlite');
    await server.context.store.snapshot?.(snapshot);
    await tar.addFile('store.sqlite', snapshot);
    await tar.finish();
    const dataDir = path.join(folder, 'evil', 'data');
    await restoreBackup({ source, dataDir, onProgress: nothing });
    await expect(readFile(path.join(folder, 'outside'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readFile(path.join(dataDir, 'server.json'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    const unchecked = pack();
    unchecked.entry(
      { name: 'backup.json' },
      '{"format":"omi-backend-backup","version":1,"madeAt":"x"}',
    );
    unchecked.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of unchecked) chunks.push(chunk as Buffer);
    await writeFile(source, Buffer.concat(chunks));
    await expect(
      restoreBackup({ source, dataDir: path.join(folder, 'never'), onProgress: nothing }),
    ).rejects.toThrow('cut off');
  });
});

describe('a migration', () => {
  async function engines(name: string) {
    const store = await openSqliteStore({
      path: path.join(folder, name, 'store.sqlite'),
      collections: COLLECTIONS,
      durability: 'process',
      logger: quiet,
    });
    const directory = path.join(folder, name, 'blobs');
    return { store, blobs: await openDiskBlobStore({ directory, fsync: false }) };
  }

  async function run(
    target: Awaited<ReturnType<typeof engines>>,
    onOwner: (owner: string, copied: unknown) => void,
    overwrite = false,
  ): Promise<void> {
    const { store, blobs } = server.context;
    await migrate({
      engines: {
        store: { from: store, to: target.store },
        blobs: { from: blobs, to: target.blobs },
        collections: COLLECTIONS,
      },
      owners: await store.listOwners(),
      names: { from: 'a', to: 'b' },
      stateFile: path.join(folder, 'migration.json'),
      overwrite,
      onProgress: nothing,
      onOwner,
    });
  }

  it('broken off goes on where it was, and both sides are the same', async () => {
    const target = await engines('target');
    const seen: string[] = [];
    await expect(
      run(target, (owner) => {
        seen.push(owner);
        throw new Error('pulled the plug');
      }),
    ).rejects.toThrow('pulled the plug');
    await run(target, (owner, copied) => seen.push(`${owner} ${JSON.stringify(copied)}`));
    expect(seen[0]).toBe(server.uid);
    expect(seen[1]).toBe(`${server.uid} "done-before"`);
    expect(seen[2]).toMatch(/^ \{"documents":\d+,"files":0,"bytes":0\}$/);
    for (const owner of [server.uid, GLOBAL]) {
      const [was, is] = [new DocumentDigest(), new DocumentDigest()];
      for await (const { collection, document } of server.context.store.exportOwner(owner)) {
        was.add(collection, document);
      }
      for await (const { collection, document } of target.store.exportOwner(owner)) {
        is.add(collection, document);
      }
      expect(is.equals(was)).toBe(true);
    }
    const key = `speech-profiles/${server.uid}/speech_profile.wav`;
    expect((await target.blobs.head(key))?.size).toBe(200_000);
    await target.store.close();
  });

  it('does not mix with what the target holds', async () => {
    const target = await engines('taken');
    const { store } = server.context;
    const { items } = await store.query(memories, server.uid, { query: 'byScoring', limit: 1 });
    const [memory] = items;
    if (!memory) throw new Error('no memory');
    const own = { ...memory, id: 'of-the-target' };
    await target.store.transact((tx) => tx.put(memories, server.uid, own));
    await expect(run(target, nothing)).rejects.toMatchObject({ code: 'conflict' });
    await rm(path.join(folder, 'migration.json'), { force: true });
    await expect(run(target, nothing, true)).rejects.toThrow('it has to be empty first');
    await target.store.close();
  });
});
