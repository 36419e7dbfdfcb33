import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { openPineconeVectors } from '../../../src/search/adapters/pinecone/pinecone-vectors.ts';
import {
  openSqliteSearchIndex,
  SqliteSearchIndex,
} from '../../../src/search/adapters/sqlite/sqlite-search-index.ts';
import { HashedEmbeddings } from '../../contract/hashed-embeddings.ts';
import { makeDocument, makeRequest, makeUpdate } from '../../contract/search-index-suite.ts';
import { PineconeSimulator } from '../../simulators/pinecone-simulator.ts';

const DIMENSION = 32;
const UID = 'u1';

let simulator: PineconeSimulator;
let directory: string;
let embeddings: HashedEmbeddings;
let index: SqliteSearchIndex;

async function reopen(engine: 'sqlite' | 'pinecone' = 'pinecone'): Promise<void> {
  await index?.close();
  const settings = {
    apiKey: 'pinecone-key',
    indexName: 'memories',
    host: simulator.baseUrl,
    baseUrl: simulator.baseUrl,
    dimension: DIMENSION,
  };
  const opened = await openSqliteSearchIndex({
    directory,
    embeddings,
    vectors: engine === 'sqlite' ? null : await openPineconeVectors(settings, silentLogger),
    logger: silentLogger,
    maxOpen: 2,
  });
  if (!(opened instanceof SqliteSearchIndex)) throw new Error('Another index was opened.');
  index = opened;
}

/** Opens again with Pinecone back, as the next start or the next pause of the backlog would. */
async function comeBack(): Promise<void> {
  simulator.fault = 'none';
  await reopen();
  await index.watermark(UID);
  await index.embedded();
}

const give = (id: string, text: string, parts = {}) =>
  index.apply(UID, [makeUpdate(id, [makeDocument({ id, text, ...parts })])], 5);
const ids = async (query: string) =>
  (await index.search(UID, makeRequest(query))).map((hit) => hit.id);
const written = () => [...(simulator.records.find('transcript-windows')?.keys() ?? [])].sort();

beforeAll(async () => {
  simulator = await PineconeSimulator.start({ dimension: DIMENSION });
});
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pinecone-search-'));
  embeddings = new HashedEmbeddings('m', DIMENSION, [['car', 'automobile', 'vehicle']]);
  await reopen();
});
afterEach(async () => {
  simulator.fault = 'none';
  simulator.records.clear();
  await index.close();
  rmSync(directory, { recursive: true });
});
afterAll(() => simulator.close());

describe('with Pinecone', () => {
  it('finds by meaning what no word finds', async () => {
    await give('a', 'automobile');
    await give('b', 'a boat');
    await index.embedded();
    const [hit] = await index.search(UID, makeRequest('vehicle'));
    expect(hit).toMatchObject({ id: 'a', matched: ['meaning'] });
  });

  it('writes a document once, again when it changes, and forgets what is gone', async () => {
    await give('a', 'fig');
    await give('a', 'fig');
    await index.embedded();
    await give('a', 'pear');
    await give('b', 'plum');
    await index.embedded();
    expect([...embeddings.texts].sort()).toEqual(['fig', 'pear', 'plum']);
    expect(written()).toEqual(['u1-a', 'u1-b']);
    await index.apply(UID, [makeUpdate('a', [])], 6);
    await index.embedded();
    expect(written()).toEqual(['u1-b']);
  });

  it('does not write what was discarded, and takes back what is discarded later', async () => {
    await give('a', 'fig', { discarded: true });
    await give('b', 'fig');
    await index.embedded();
    expect(written()).toEqual(['u1-b']);
    await give('b', 'fig', { discarded: true });
    await index.embedded();
    expect(written()).toEqual([]);
    await give('b', 'fig');
    await index.embedded();
    expect(written()).toEqual(['u1-b']);
  });

  it('ignores vectors of which the store says nothing', async () => {
    await give('a', 'automobile');
    await index.embedded();
    const [vector] = await embeddings.embed(['vehicle']);
    simulator.records.upsert('transcript-windows', [
      { id: 'u1-stranger', values: [...(vector ?? [])], metadata: { uid: UID, created_at: 1 } },
    ]);
    expect(await ids('vehicle')).toEqual(['a']);
  });
});

describe('without Pinecone', () => {
  it('words answer, the watermark moves, and the vectors follow later', async () => {
    simulator.fault = 'unauthorized';
    await give('a', 'automobile');
    expect(await index.watermark(UID)).toBe(5);
    const [hit] = await index.search(UID, makeRequest('automobile'));
    expect(hit).toMatchObject({ id: 'a', matched: ['words'] });
    expect(written()).toEqual([]);
    await comeBack();
    expect(written()).toEqual(['u1-a']);
    expect(await ids('vehicle')).toEqual(['a']);
  });

  it('a deletion is remembered, also over a restart', async () => {
    await give('a', 'automobile');
    await give('b', 'boat');
    await index.embedded();
    simulator.fault = 'unauthorized';
    await index.apply(UID, [makeUpdate('a', [])], 6);
    await give('b', 'ship');
    expect(await ids('automobile')).not.toContain('a');
    expect(written()).toEqual(['u1-a', 'u1-b']);
    await comeBack();
    expect(written()).toEqual(['u1-b']);
  });

  it('is not waited for by every search', async () => {
    await give('a', 'automobile');
    await index.embedded();
    simulator.fault = 'unauthorized';
    await ids('automobile');
    const asked = simulator.requests.length;
    expect(await ids('automobile')).toEqual(['a']);
    expect(simulator.requests.length).toBe(asked);
  });

  it('a user is not deleted by halves: the call fails, and works when it is made again', async () => {
    await give('a', 'fig');
    await index.embedded();
    simulator.fault = 'unauthorized';
    await expect(index.deleteUser(UID)).rejects.toMatchObject({ code: 'provider-unauthorized' });
    expect(await ids('fig')).toEqual(['a']);
    simulator.fault = 'none';
    await index.deleteUser(UID);
    expect(written()).toEqual([]);
    expect(await ids('fig')).toEqual([]);
  });
});

describe('moving', () => {
  it('there writes everything, and back keeps everything in the files again', async () => {
    await reopen('sqlite');
    await give('a', 'automobile');
    await index.embedded();
    expect(written()).toEqual([]);
    await comeBack();
    expect(written()).toEqual(['u1-a']);
    await reopen('sqlite');
    await index.watermark(UID);
    await index.embedded();
    simulator.fault = 'unauthorized';
    expect(await ids('vehicle')).toEqual(['a']);
  });

  it('to another embedding model writes everything anew', async () => {
    await give('a', 'automobile');
    await index.embedded();
    embeddings = new HashedEmbeddings('other', DIMENSION);
    await comeBack();
    expect(embeddings.texts).toEqual(['automobile']);
  });
});
