import { Pinecone } from '@pinecone-database/pinecone';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PineconeSimulator } from '../simulators/pinecone-simulator.ts';

/** The official client speaks to the simulator, so that the simulator is held to something not ours. */
describe("Pinecone's client against the simulator", () => {
  let simulator: PineconeSimulator;
  let client: Pinecone;

  beforeAll(async () => {
    simulator = await PineconeSimulator.start({ dimension: 3, indexName: 'memories' });
    client = new Pinecone({
      apiKey: 'pinecone-key',
      controllerHostUrl: simulator.baseUrl,
      maxRetries: 0,
    });
  });
  beforeEach(() => {
    simulator.fault = 'none';
    simulator.records.clear();
  });
  afterAll(() => simulator.close());

  const space = () => client.index({ host: simulator.baseUrl, namespace: 'ns1' });
  const record = (id: string, values: number[], metadata = {}) => ({ id, values, metadata });

  it('describes the index', async () => {
    expect(await client.describeIndex('memories')).toMatchObject({
      dimension: 3,
      metric: 'cosine',
      host: simulator.baseUrl,
      status: { ready: true },
    });
    expect((await client.listIndexes()).indexes?.map(({ name }) => name)).toEqual(['memories']);
    await expect(client.describeIndex('other')).rejects.toMatchObject({
      name: 'PineconeNotFoundError',
    });
  });

  it('writes, finds by filter, reads, changes and counts', async () => {
    await space().upsert({
      records: [
        record('u-a', [1, 0, 0], { uid: 'u', people: ['Ann'], created_at: 5 }),
        record('u-b', [0.9, 0.1, 0], { uid: 'u', people: ['Ben', 'Cid'], created_at: 9 }),
        record('v-c', [1, 0, 0], { uid: 'v', people: [], created_at: 5 }),
      ],
    });
    const find = async (filter: object) =>
      (await space().query({ vector: [1, 0, 0], topK: 5, filter })).matches.map(({ id }) => id);
    expect(await find({ uid: { $eq: 'u' } })).toEqual(['u-a', 'u-b']);
    expect(await find({ uid: 'u', created_at: { $gte: 6, $lte: 9 } })).toEqual(['u-b']);
    const any = { $or: [{ people: { $in: ['Cid'] } }, { topics: { $in: ['x'] } }] };
    expect(await find({ $and: [{ uid: { $eq: 'u' } }, any] })).toEqual(['u-b']);
    await space().update({ id: 'u-a', metadata: { created_at: 7 } });
    const { records } = await space().fetch({ ids: ['u-a', 'gone'] });
    expect(Object.keys(records)).toEqual(['u-a']);
    expect(records['u-a']?.metadata).toMatchObject({ uid: 'u', created_at: 7 });
    expect(await space().describeIndexStats()).toMatchObject({
      dimension: 3,
      totalRecordCount: 3,
      namespaces: { ns1: { recordCount: 3 } },
    });
  });

  it('lists by the beginning of the id, page by page, and deletes', async () => {
    const ids = Array.from({ length: 5 }, (_, i) => `u-${i}`);
    await space().upsert({
      records: [...ids, 'v-1'].map((id) => record(id, [1, 0, 0], { uid: id[0] })),
    });
    const first = await space().listPaginated({ prefix: 'u-', limit: 3 });
    expect(first.vectors?.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const paginationToken = first.pagination?.next ?? '';
    const second = await space().listPaginated({ prefix: 'u-', limit: 3, paginationToken });
    expect(second.vectors?.map(({ id }) => id)).toEqual(ids.slice(3));
    expect(second.pagination).toBeUndefined();
    await space().deleteOne({ id: 'u-0' });
    await space().deleteMany({ ids: ['u-1', 'u-2'] });
    await space().deleteMany({ filter: { uid: { $eq: 'v' } } });
    const left = await space().listPaginated({});
    expect(left.vectors?.map(({ id }) => id)).toEqual(['u-3', 'u-4']);
  });

  it.each([
    ['unauthorized', 'PineconeAuthorizationError'],
    // What the client makes of any 5xx once it has no tries left.
    ['server-error', 'PineconeMaxRetriesExceededError'],
    ['unavailable-once', 'PineconeMaxRetriesExceededError'],
    ['rate-limited', 'PineconeUnmappedHttpError'],
    ['drop', 'PineconeConnectionError'],
  ] as const)('fails as the service does: %s', async (fault, name) => {
    simulator.fault = fault;
    await expect(space().query({ vector: [1, 0, 0], topK: 1 })).rejects.toMatchObject({ name });
  });

  it('refuses another dimension, key, operator and namespace', async () => {
    const bad = { name: 'PineconeBadRequestError' };
    await expect(space().upsert({ records: [record('a', [1])] })).rejects.toMatchObject(bad);
    const query = { vector: [1, 0, 0], topK: 1, filter: { uid: { $like: 'u' } } };
    await expect(space().query(query)).rejects.toMatchObject(bad);
    await expect(space().deleteMany({ ids: ['a'] })).rejects.toMatchObject({
      name: 'PineconeNotFoundError',
    });
    const other = new Pinecone({ apiKey: 'wrong', maxRetries: 0 });
    await expect(
      other.index({ host: simulator.baseUrl, namespace: 'ns1' }).fetch({ ids: ['a'] }),
    ).rejects.toMatchObject({ name: 'PineconeAuthorizationError' });
  });
});
