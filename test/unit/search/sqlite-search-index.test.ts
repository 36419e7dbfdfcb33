import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { openSqlite } from '../../../src/kernel/sqlite/open-sqlite.ts';
import {
  openSqliteSearchIndex,
  type SqliteSearchIndex,
} from '../../../src/search/adapters/sqlite/sqlite-search-index.ts';
import { WorkerClient } from '../../../src/search/adapters/sqlite/worker-client.ts';
import type { SearchEmbeddings } from '../../../src/search/search-index.ts';
import { HashedEmbeddings } from '../../contract/hashed-embeddings.ts';
import { makeDocument, makeRequest, makeUpdate } from '../../contract/search-index-suite.ts';

let directory: string;
let index: SqliteSearchIndex;

async function reopen(embeddings: SearchEmbeddings | null = null): Promise<void> {
  await index?.close();
  index = await openSqliteSearchIndex({
    directory,
    embeddings,
    vectors: null,
    logger: silentLogger,
    maxOpen: 2,
  });
}

const give = (id: string, text: string, uid = 'u') =>
  index.apply(uid, [makeUpdate(id, [makeDocument({ id, text })])], 5);

const ids = async (query: string, uid = 'u') =>
  (await index.search(uid, makeRequest(query))).map((hit) => hit.id);

const indexFiles = () => readdirSync(directory).filter((name) => name.endsWith('.sqlite'));

function onlyFile(): string {
  const [name] = indexFiles();
  if (name === undefined) throw new Error('There is no index file.');
  return join(directory, name);
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sqlite-search-'));
  await reopen();
});
afterEach(async () => {
  await index.close();
  rmSync(directory, { recursive: true });
});

describe('files', () => {
  it('are named by nothing that a user id says, one for each user', async () => {
    await give('a', 'fig', '../../etc/passwd');
    await give('b', 'fig', 'x\u0000y');
    expect(indexFiles()).toHaveLength(2);
    for (const name of indexFiles()) expect(name).toMatch(/^[0-9a-f]{40}\.sqlite$/);
  });

  it('are opened and closed as users come and go', async () => {
    for (const uid of ['1', '2', '3', '4']) await give(uid, 'fig', uid);
    for (const uid of ['1', '2', '3', '4']) expect(await ids('fig', uid)).toEqual([uid]);
    // Closing a file removes its log: at most the two open ones still have one.
    const logs = readdirSync(directory).filter((name) => name.endsWith('-wal'));
    expect(logs.length).toBeLessThanOrEqual(2);
  });

  it('vanish with the user', async () => {
    await give('a', 'fig');
    await index.deleteUser('u');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('damage', () => {
  it.each(['search', 'watermark'] as const)('empties the index at a %s', async (operation) => {
    await give('a', 'fig');
    await index.close();
    writeFileSync(onlyFile(), 'this is no database, and longer than the header of one '.repeat(99));
    await reopen();
    if (operation === 'search') expect(await ids('fig')).toEqual([]);
    expect(await index.watermark('u')).toBe(0);
    await give('a', 'fig');
    expect(await ids('fig')).toEqual(['a']);
  });

  it('in the middle of a file is noticed and the file deleted', async () => {
    await index.apply(
      'u',
      Array.from({ length: 40 }, (_, n) =>
        makeUpdate(`c${n}`, [
          makeDocument({ id: `c${n}`, text: `fig ${'word '.repeat(500)}${n}` }),
        ]),
      ),
      5,
    );
    await index.close();
    const db = openSqlite(onlyFile());
    const size = Number(db.pragma('page_size', { simple: true }));
    const pages = Number(db.pragma('page_count', { simple: true }));
    db.close();
    const bytes = Buffer.alloc(size * pages, 0x5a);
    const first = readFileSync(onlyFile()).subarray(0, size);
    first.copy(bytes);
    writeFileSync(onlyFile(), bytes);
    await reopen();
    expect(await ids('fig')).toEqual([]);
    expect(await index.watermark('u')).toBe(0);
  });

  it('refuses updates that would leap over what was lost, and then starts anew', async () => {
    await give('a', 'fig');
    expect(await index.watermark('u')).toBe(5);
    await index.close();
    const path = onlyFile();
    await reopen();
    expect(await index.watermark('u')).toBe(5);
    // Another process clears the directory; this one closes the file because others are used.
    await give('x', 'fig', 'v');
    await give('y', 'fig', 'w');
    rmSync(path);
    await expect(
      index.apply('u', [makeUpdate('b', [makeDocument({ id: 'b', text: 'fig' })])], 9),
    ).rejects.toMatchObject({ code: 'conflict', retryable: true });
    expect(await index.watermark('u')).toBe(0);
    await give('a', 'fig');
    expect(await ids('fig')).toEqual(['a']);
  });

  it('a file of another schema is built anew', async () => {
    await give('a', 'fig');
    await index.close();
    const db = openSqlite(onlyFile());
    db.pragma('user_version = 999');
    db.close();
    await reopen();
    expect(await index.watermark('u')).toBe(0);
    expect(await ids('fig')).toEqual([]);
  });
});

describe('the worker', () => {
  it('is replaced after its death, which fails only the calls under way', async () => {
    await give('a', 'fig');
    await index.close();
    const settings = { directory, maxOpen: 2, embeddingModel: null, vectorHome: null };
    const client = new WorkerClient(settings, silentLogger);
    const request = makeRequest('fig');
    expect((await client.call('words', 'u', request)).words).toHaveLength(1);
    const calls = Array.from({ length: 50 }, () => client.call('words', 'u', request));
    const outcomes = Promise.allSettled(calls);
    await client.kill();
    const failed = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of failed) {
      expect(reason).toMatchObject({ code: 'internal', retryable: true });
    }
    expect(failed.length).toBeGreaterThan(0);
    expect((await client.call('words', 'u', request)).words).toHaveLength(1);
    await client.close();
  });

  it('fails the opening where the directory cannot be made', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await expect(
      openSqliteSearchIndex({
        directory: join(file, 'inside'),
        embeddings: null,
        vectors: null,
        logger: silentLogger,
        maxOpen: 1,
      }),
    ).rejects.toMatchObject({ code: 'internal' });
    expect(existsSync(join(file, 'inside'))).toBe(false);
  });
});

describe('meaning', () => {
  const synonyms = [['car', 'automobile', 'vehicle']];

  it('finds what no word says, and tells how it was found', async () => {
    await reopen(new HashedEmbeddings('m', 32, synonyms));
    await give('a', 'automobile');
    await give('b', 'turnip soup recipe');
    await index.embedded();
    const [first] = await index.search('u', makeRequest('vehicle'));
    expect(first).toMatchObject({ id: 'a', matched: ['meaning'] });
    const [both] = await index.search('u', makeRequest('automobile'));
    expect(both).toMatchObject({ id: 'a', matched: ['words', 'meaning'] });
  });

  it('keeps the spoken phrase first', async () => {
    await reopen(new HashedEmbeddings('m', 32, synonyms));
    await give('near', 'car car car vehicle wash');
    await give('phrase', `We all went to ${'some other place and then '.repeat(8)} the car wash.`);
    await index.embedded();
    expect((await ids('car wash'))[0]).toBe('phrase');
  });

  it('answers by words while the model fails, and fills in what is missing later', async () => {
    const embeddings = new HashedEmbeddings('m', 32, synonyms);
    embeddings.failing = true;
    await reopen(embeddings);
    await give('a', 'automobile');
    const [hit] = await index.search('u', makeRequest('automobile'));
    expect(hit?.matched).toEqual(['words']);
    expect(await ids('vehicle')).toEqual([]);
    embeddings.failing = false;
    await reopen(embeddings);
    await index.watermark('u');
    await index.embedded();
    expect(await ids('vehicle')).toEqual(['a']);
  });

  it('embeds a document once, and again when it changes', async () => {
    const embeddings = new HashedEmbeddings();
    await reopen(embeddings);
    for (const text of ['fig', 'fig', 'pear']) {
      await give('a', text);
      await index.embedded();
    }
    expect(embeddings.texts).toEqual(['fig', 'pear']);
  });

  it.each([
    ['another model', new HashedEmbeddings('other', 32, synonyms)],
    ['another dimension', new HashedEmbeddings('other', 48, synonyms)],
  ])('embeds everything again for %s', async (_, other) => {
    await reopen(new HashedEmbeddings('m', 32, synonyms));
    await give('a', 'automobile');
    await index.embedded();
    await reopen(other);
    await index.watermark('u');
    await index.embedded();
    expect(other.texts).toEqual(['automobile']);
    expect(await ids('vehicle')).toEqual(['a']);
  });

  it('goes on deleting vectors without a model, and embeds what came meanwhile', async () => {
    await reopen(new HashedEmbeddings('m', 32, synonyms));
    await give('a', 'automobile');
    await give('b', 'vehicle');
    await index.embedded();
    await reopen(null);
    await index.apply('u', [makeUpdate('a', [])], 6);
    await give('c', 'car');
    expect(await ids('car')).toEqual(['c']);
    const embeddings = new HashedEmbeddings('m', 32, synonyms);
    await reopen(embeddings);
    await index.watermark('u');
    await index.embedded();
    expect(embeddings.texts).toEqual(['car']);
    expect((await ids('automobile')).sort()).toEqual(['b', 'c']);
  });

  it('respects the filters', async () => {
    await reopen(new HashedEmbeddings('m', 32, synonyms));
    await index.apply(
      'u',
      [
        makeUpdate('a', [makeDocument({ id: 'a', text: 'automobile', happenedAt: 1000 })]),
        makeUpdate('b', [makeDocument({ id: 'b', text: 'automobile', happenedAt: 2000 })]),
        makeUpdate('c', [makeDocument({ id: 'c', text: 'automobile', discarded: true })]),
        makeUpdate('d', [makeDocument({ id: 'd', text: 'automobile', kind: 'conversation' })]),
      ],
      5,
    );
    await index.embedded();
    const search = async (parts: Parameters<typeof makeRequest>[1]) =>
      (await index.search('u', makeRequest('vehicle', parts))).map((hit) => hit.id).sort();
    expect(await search({})).toEqual(['a', 'b', 'd']);
    expect(await search({ kinds: ['window'] })).toEqual(['a', 'b']);
    expect(await search({ from: 1500, to: 2000 })).toEqual(['b']);
    expect(await search({ includeDiscarded: true })).toEqual(['a', 'b', 'c', 'd']);
    expect(await search({ limit: 1 })).toHaveLength(1);
  });
});
