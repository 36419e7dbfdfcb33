import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import type { PineconeSettings } from '../../../src/search/adapters/pinecone/pinecone-client.ts';
import {
  openPineconeVectors,
  PineconeVectors,
} from '../../../src/search/adapters/pinecone/pinecone-vectors.ts';
import type { VectorQuery, VectorRecord } from '../../../src/search/vector-store.ts';
import { PineconeSimulator } from '../../simulators/pinecone-simulator.ts';

const signal = new AbortController().signal;
const NONE = { people: [], topics: [], entities: [], dates: [] };

let simulator: PineconeSimulator;
let vectors: PineconeVectors;

const settings = (parts: Partial<PineconeSettings> = {}): PineconeSettings => ({
  apiKey: 'pinecone-key',
  indexName: 'memories',
  host: null,
  baseUrl: simulator.baseUrl,
  dimension: 3,
  ...parts,
});

function record(parts: Partial<VectorRecord> & Pick<VectorRecord, 'kind' | 'id'>): VectorRecord {
  return {
    conversationId: null,
    happenedAt: 1_700_000_000_999,
    facets: NONE,
    category: null,
    vector: Float32Array.of(1, 0, 0),
    ...parts,
  };
}

function query(parts: Partial<VectorQuery> = {}): VectorQuery {
  return {
    kind: 'conversation',
    vector: Float32Array.of(1, 0, 0),
    from: null,
    to: null,
    people: [],
    topics: [],
    entities: [],
    limit: 10,
    ...parts,
  };
}

const stored = (namespace: string) =>
  Object.fromEntries(
    [...(simulator.records.find(namespace) ?? [])].map(([id, { metadata }]) => [id, metadata]),
  );

beforeAll(async () => {
  simulator = await PineconeSimulator.start({ dimension: 3 });
});
beforeEach(() => {
  simulator.fault = 'none';
  simulator.records.clear();
  simulator.queries.length = 0;
  simulator.requests.length = 0;
  vectors = new PineconeVectors(settings());
});
afterAll(() => simulator.close());

describe('what is written', () => {
  it("has Omi's namespaces, ids and metadata, and windows a namespace of their own", async () => {
    const facets = {
      people: ['Ann'],
      topics: ['boats'],
      entities: ['Porto'],
      dates: ['2026-05-01'],
    };
    await vectors.upsertVectors(
      'u1',
      [
        record({ kind: 'conversation', id: 'c1', conversationId: 'c1', facets }),
        record({ kind: 'memory', id: 'm1', category: 'interesting' }),
        record({ kind: 'action_item', id: 'a1' }),
        record({
          kind: 'window',
          id: 'c1:4',
          conversationId: 'c1',
          facets: { ...NONE, people: ['Ann', 'Ben'] },
        }),
      ],
      signal,
    );
    expect(stored('ns1')).toEqual({
      'u1-c1': {
        uid: 'u1',
        memory_id: 'c1',
        created_at: 1_700_000_000,
        people: ['Ann'],
        topics: ['boats'],
        entities: ['Porto'],
        dates: ['2026-05-01'],
      },
    });
    expect(stored('ns2')).toEqual({
      'u1-m1': { uid: 'u1', memory_id: 'm1', category: 'interesting', created_at: 1_700_000_000 },
    });
    expect(stored('ns4')).toEqual({
      'u1-ai-a1': { uid: 'u1', action_item_id: 'a1', created_at: 1_700_000_000 },
    });
    expect(stored('transcript-windows')).toEqual({
      'u1-c1:4': { uid: 'u1', memory_id: 'c1', created_at: 1_700_000_000, people: ['Ann', 'Ben'] },
    });
  });

  it('keeps within the limits of one request, however much there is', async () => {
    const large = await PineconeSimulator.start({ dimension: 3072 });
    try {
      const own = new PineconeVectors(settings({ baseUrl: large.baseUrl, dimension: 3072 }));
      const records = Array.from({ length: 130 }, (_, i) =>
        record({
          kind: 'window',
          id: `c:${i}`,
          vector: Float32Array.from({ length: 3072 }, (_, n) => Math.sin(i * 3072 + n) / 55),
        }),
      );
      await own.upsertVectors('u1', records, signal);
      expect(large.records.find('transcript-windows')?.size).toBe(130);
      const [first] = await own.queryVectors(
        'u1',
        query({ kind: 'window', vector: records[77]?.vector ?? new Float32Array(3072) }),
        signal,
      );
      expect(first?.id).toBe('c:77');
      expect(first?.similarity).toBeCloseTo(1, 6);
      // More bytes than one request may have, and more ids than one may delete are rare, but are.
      expect(large.requests.filter((r) => r === 'POST /vectors/upsert').length).toBeGreaterThan(1);
      const keys = records.map(({ kind, id }) => ({ kind, id }));
      const many = Array.from(
        { length: 2100 },
        (_, i) => keys[i % keys.length] ?? { kind: 'window' as const, id: '' },
      );
      await own.deleteVectors('u1', many, signal);
      expect(large.records.find('transcript-windows')?.size).toBe(0);
    } finally {
      await large.close();
    }
  });
});

describe('what is asked', () => {
  beforeEach(async () => {
    const at = (second: number) => ({ conversationId: null, happenedAt: second * 1000 });
    await vectors.upsertVectors(
      'u1',
      [
        record({
          kind: 'conversation',
          id: 'ann',
          ...at(100),
          facets: { ...NONE, people: ['Ann'] },
        }),
        record({
          kind: 'conversation',
          id: 'boats',
          ...at(200),
          facets: { ...NONE, topics: ['boats'] },
        }),
        record({ kind: 'conversation', id: 'far', ...at(300), vector: Float32Array.of(0, 1, 0) }),
      ],
      signal,
    );
    await vectors.upsertVectors('u2', [record({ kind: 'conversation', id: 'theirs' })], signal);
  });
  const ids = async (parts: Partial<VectorQuery>) =>
    (await vectors.queryVectors('u1', query(parts), signal)).map(({ id }) => id);

  it('is of the user and the time', async () => {
    expect(await ids({})).toEqual(['ann', 'boats', 'far']);
    expect(simulator.queries.at(-1)).toMatchObject({
      namespace: 'ns1',
      filter: { uid: { $eq: 'u1' } },
    });
    expect(await ids({ from: 200_000, to: 300_500 })).toEqual(['boats', 'far']);
    expect(simulator.queries.at(-1)?.filter).toEqual({
      $and: [{ uid: { $eq: 'u1' } }, { created_at: { $gte: 200, $lte: 300 } }],
    });
  });

  it('is of any of the people, topics and entities, at most 1000 of them', async () => {
    expect(await ids({ people: ['Ann'], topics: ['boats'], to: 900_000 })).toEqual([
      'ann',
      'boats',
    ]);
    expect(simulator.queries.at(-1)).toMatchObject({
      topK: 1000,
      filter: {
        $and: [
          { uid: { $eq: 'u1' } },
          { $or: [{ people: { $in: ['Ann'] } }, { topics: { $in: ['boats'] } }] },
          { created_at: { $lte: 900 } },
        ],
      },
    });
  });

  it('is asked again without them where they leave nothing', async () => {
    expect(await ids({ people: ['Zoe'], limit: 50 })).toEqual(['ann', 'boats', 'far']);
    expect(simulator.queries.map(({ topK }) => topK)).toEqual([1000, 20]);
    expect(simulator.queries.at(-1)?.filter).toEqual({ uid: { $eq: 'u1' } });
  });
});

describe('what goes wrong', () => {
  it.each(['rate-limited-once', 'server-error-once', 'unavailable-once'] as const)(
    'for a moment is tried again: %s',
    async (fault) => {
      await vectors.upsertVectors('u1', [record({ kind: 'memory', id: 'm1' })], signal);
      simulator.fault = fault;
      await vectors.upsertVectors('u1', [record({ kind: 'memory', id: 'm2' })], signal);
      expect(Object.keys(stored('ns2'))).toEqual(['u1-m1', 'u1-m2']);
    },
  );

  it('for longer is an error that says whether to try again, and nobody waits for a minute', async () => {
    await vectors.check(signal);
    simulator.fault = 'rate-limited';
    const write = () => vectors.upsertVectors('u1', [record({ kind: 'memory', id: 'm' })], signal);
    await expect(write()).rejects.toMatchObject({ code: 'provider-unavailable', retryable: true });
    simulator.fault = 'unauthorized';
    await expect(write()).rejects.toMatchObject({ code: 'provider-unauthorized' });
    simulator.fault = 'hang';
    const soon = AbortSignal.timeout(30);
    await expect(vectors.queryVectors('u1', query(), soon)).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  it('at the start is told, unless Pinecone is only out of reach', async () => {
    const open = (parts: Partial<PineconeSettings>) =>
      openPineconeVectors(settings(parts), silentLogger);
    await expect(open({ dimension: 3072 })).rejects.toThrow(/3 dimensions.*3072/);
    await expect(open({ apiKey: 'wrong' })).rejects.toThrow(/PINECONE_API_KEY/);
    await expect(open({ indexName: 'other' })).rejects.toThrow(/PINECONE_INDEX_NAME/);
    await open({ indexName: null, host: simulator.baseUrl });
    simulator.fault = 'rate-limited';
    await open({});
  });

  it('with a namespace that nothing was written to yet is nothing', async () => {
    expect(await vectors.queryVectors('u1', query(), signal)).toEqual([]);
    await vectors.deleteVectors('u1', [{ kind: 'memory', id: 'm' }], signal);
    await vectors.deleteUser('u1', signal);
  });
});

describe('deleting a user', () => {
  it.each(['none', 'no-delete-by-filter'] as const)(
    'leaves nothing, and everything of a user whose id begins alike: %s',
    async (fault) => {
      const kinds = ['conversation', 'window', 'memory', 'action_item'] as const;
      for (const uid of ['u', 'u-2']) {
        const records = kinds.flatMap((kind) =>
          Array.from({ length: 60 }, (_, i) => record({ kind, id: `x${i}` })),
        );
        await vectors.upsertVectors(uid, records, signal);
      }
      simulator.fault = fault;
      await vectors.deleteUser('u', signal);
      for (const namespace of ['ns1', 'transcript-windows', 'ns2', 'ns4']) {
        const owners = Object.values(stored(namespace)).map(({ uid }) => uid);
        expect(new Set(owners), namespace).toEqual(new Set(['u-2']));
        expect(owners).toHaveLength(60);
      }
    },
  );
});
