import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { BadFilterError, fitsFilter } from './pinecone-filter.ts';
import { PineconeNamespaces, type StoredRecord } from './pinecone-namespaces.ts';

/** What goes wrong. `*-once` ends after the first request it hit; the others last until changed. */
export type PineconeFault =
  | 'none'
  | 'unauthorized'
  | 'rate-limited'
  | 'rate-limited-once'
  | 'server-error'
  | 'server-error-once'
  | 'unavailable-once'
  | 'drop'
  | 'hang'
  /** Deleting by metadata is refused, as on indexes that run on pods. */
  | 'no-delete-by-filter';

export interface PineconeSimulatorOptions {
  apiKey?: string;
  indexName?: string;
  dimension?: number;
  port?: number;
}

/** Limits of the service: https://docs.pinecone.io/reference/api/database-limits */
const MAX_BODY_BYTES = 2 * 2 ** 20;
const MAX_UPSERTED = 1000;
const MAX_TOP_K = 10_000;
const MAX_DELETED = 1000;
const MAX_LISTED = 100;
const MAX_METADATA_BYTES = 40 * 1024;
const MAX_ID_LENGTH = 512;

const metadataSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);
const recordSchema = z.object({
  id: z.string().min(1).max(MAX_ID_LENGTH),
  values: z.array(z.number()),
  metadata: metadataSchema.optional(),
});
const upsertSchema = z.object({
  vectors: z.array(recordSchema).min(1).max(MAX_UPSERTED),
  namespace: z.string().optional(),
});
const querySchema = z.object({
  vector: z.array(z.number()),
  topK: z.number().int().min(1).max(MAX_TOP_K),
  namespace: z.string().optional(),
  filter: z.unknown().optional(),
  includeMetadata: z.boolean().optional(),
  includeValues: z.boolean().optional(),
});
const deleteSchema = z.object({
  ids: z.array(z.string()).min(1).max(MAX_DELETED).optional(),
  filter: z.unknown().optional(),
  deleteAll: z.boolean().optional(),
  namespace: z.string().optional(),
});
const updateSchema = z.object({
  id: z.string(),
  values: z.array(z.number()).optional(),
  setMetadata: metadataSchema.optional(),
  namespace: z.string().optional(),
});

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * A server that speaks Pinecone's REST protocol: describing the one index that it has, and its
 * vectors (upsert, query, fetch, list, update, delete, statistics), with its limits and faults.
 * Source: https://docs.pinecone.io/reference/api/
 */
export class PineconeSimulator {
  readonly records = new PineconeNamespaces();
  /** Requests so far, `METHOD path`. */
  readonly requests: string[] = [];
  /** Parsed bodies of queries, in order. */
  readonly queries: z.infer<typeof querySchema>[] = [];
  fault: PineconeFault = 'none';
  readonly #options: Required<Omit<PineconeSimulatorOptions, 'port'>>;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  private constructor(options: PineconeSimulatorOptions) {
    this.#options = {
      apiKey: options.apiKey ?? 'pinecone-key',
      indexName: options.indexName ?? 'memories',
      dimension: options.dimension ?? 3072,
    };
  }

  static async start(options: PineconeSimulatorOptions = {}): Promise<PineconeSimulator> {
    const simulator = new PineconeSimulator(options);
    await simulator.listen(options.port ?? 0);
    return simulator;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Starts again after `close`, on the same port if it is given; records are kept. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const body = await readBody(request);
    this.requests.push(`${request.method} ${url.pathname}`);
    if (this.#break(request, response)) return;
    try {
      if (request.headers['api-key'] !== this.#options.apiKey) {
        throw new Refusal(401, 'Invalid API Key');
      }
      if (body.length > MAX_BODY_BYTES) throw new Refusal(400, 'Request size exceeds 2 MB');
      const json: unknown = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
      send(response, 200, this.#answer(request.method ?? '', url, json));
    } catch (error) {
      if (error instanceof Refusal) send(response, error.status, refusalOf(error));
      else if (error instanceof z.ZodError || error instanceof BadFilterError) {
        send(response, 400, { code: 3, message: error.message, details: [] });
      } else throw error;
    }
  }

  /** True if the fault answered, or never will. */
  #break(request: IncomingMessage, response: ServerResponse): boolean {
    const { fault } = this;
    if (fault.endsWith('-once')) this.fault = 'none';
    switch (fault) {
      case 'unauthorized':
        send(response, 401, { code: 16, message: 'Invalid API Key', details: [] });
        return true;
      case 'rate-limited':
        send(response, 429, { code: 8, message: 'Too many requests', details: [] }, '60');
        return true;
      case 'rate-limited-once':
        send(response, 429, { code: 8, message: 'Too many requests', details: [] }, '0');
        return true;
      case 'server-error':
      case 'server-error-once':
        send(response, 500, { code: 13, message: 'Internal error', details: [] });
        return true;
      case 'unavailable-once':
        send(response, 503, { code: 14, message: 'Unavailable', details: [] });
        return true;
      case 'drop':
        request.socket.destroy();
        return true;
      case 'hang':
        return true;
      default:
        return false;
    }
  }

  #answer(method: string, url: URL, body: unknown): unknown {
    const route = `${method} ${url.pathname}`;
    switch (route) {
      case 'POST /describe_index_stats':
        return this.#statistics();
      case 'POST /vectors/upsert':
        return this.#upsert(upsertSchema.parse(body));
      case 'POST /query':
        return this.#query(querySchema.parse(body));
      case 'GET /vectors/fetch':
        return this.#fetch(url);
      case 'GET /vectors/list':
        return this.#list(url);
      case 'POST /vectors/update':
        return this.#update(updateSchema.parse(body));
      case 'POST /vectors/delete':
        return this.#delete(deleteSchema.parse(body));
      case `GET /indexes/${this.#options.indexName}`:
        return this.#describe();
      case 'GET /indexes':
        return { indexes: [this.#describe()] };
      default:
        throw new Refusal(404, 'Resource not found');
    }
  }

  #describe() {
    return {
      name: this.#options.indexName,
      dimension: this.#options.dimension,
      metric: 'cosine',
      host: this.baseUrl,
      spec: { serverless: { cloud: 'aws', region: 'us-east-1' } },
      status: { ready: true, state: 'Ready' },
      vector_type: 'dense',
      deletion_protection: 'disabled',
    };
  }

  #statistics() {
    const namespaces = this.records.counts();
    const total = Object.values(namespaces).reduce((sum, { vectorCount }) => sum + vectorCount, 0);
    return { namespaces, dimension: this.#options.dimension, totalVectorCount: total };
  }

  #upsert({ vectors, namespace }: z.infer<typeof upsertSchema>) {
    const records: StoredRecord[] = vectors.map(({ id, values, metadata }) => {
      this.#checkDimension(values);
      if (!/^[\x20-\x7e]+$/.test(id)) throw new Refusal(400, 'Vector ID must be ASCII');
      if (JSON.stringify(metadata ?? {}).length > MAX_METADATA_BYTES) {
        throw new Refusal(400, 'Metadata size exceeds the limit of 40960 bytes');
      }
      return { id, values, metadata: metadata ?? {} };
    });
    this.records.upsert(namespace ?? '', records);
    return { upsertedCount: records.length };
  }

  #query(query: z.infer<typeof querySchema>) {
    this.queries.push(query);
    this.#checkDimension(query.vector);
    // A filter that makes no sense is refused whatever there is to be filtered.
    if (query.filter !== undefined) fitsFilter({}, query.filter);
    const { vector, topK, filter } = query;
    const found = this.records.nearest(query.namespace ?? '', { vector, topK, filter });
    const matches = found.map(({ id, score, metadata, values }) => ({
      id,
      score,
      values: query.includeValues ? values : [],
      ...(query.includeMetadata ? { metadata } : {}),
    }));
    return { matches, namespace: query.namespace ?? '', usage: { readUnits: 1 } };
  }

  #fetch(url: URL) {
    const stored = this.records.find(url.searchParams.get('namespace') ?? '');
    const ids = url.searchParams.getAll('ids');
    const vectors = Object.fromEntries(
      ids.flatMap((id) => {
        const record = stored?.get(id);
        return record ? [[id, record]] : [];
      }),
    );
    return { vectors, namespace: url.searchParams.get('namespace') ?? '' };
  }

  #list(url: URL) {
    const prefix = url.searchParams.get('prefix') ?? '';
    const limit = Math.min(MAX_LISTED, Number(url.searchParams.get('limit') ?? MAX_LISTED));
    const after = url.searchParams.get('paginationToken') ?? '';
    const namespace = url.searchParams.get('namespace') ?? '';
    const ids = [...(this.records.find(namespace)?.keys() ?? [])]
      .filter((id) => id.startsWith(prefix) && id > after)
      .sort();
    const page = ids.slice(0, limit);
    return {
      vectors: page.map((id) => ({ id })),
      ...(ids.length > page.length ? { pagination: { next: page.at(-1) } } : {}),
      namespace,
    };
  }

  #update({ id, values, setMetadata, namespace }: z.infer<typeof updateSchema>) {
    const record = this.records.find(namespace ?? '')?.get(id);
    if (!record) return {};
    if (values) {
      this.#checkDimension(values);
      record.values = values;
    }
    Object.assign(record.metadata, setMetadata);
    return {};
  }

  #delete({ ids, filter, deleteAll, namespace }: z.infer<typeof deleteSchema>) {
    const stored = this.records.find(namespace ?? '');
    if (!stored) throw new Refusal(404, 'Namespace not found');
    if (filter !== undefined && this.fault === 'no-delete-by-filter') {
      throw new Refusal(400, 'Deleting by metadata is not supported by this index');
    }
    for (const record of [...stored.values()]) {
      const isMeant =
        deleteAll === true ||
        ids?.includes(record.id) === true ||
        (filter !== undefined && fitsFilter(record.metadata, filter));
      if (isMeant) stored.delete(record.id);
    }
    return {};
  }

  #checkDimension(values: readonly number[]): void {
    const { dimension } = this.#options;
    if (values.length === dimension) return;
    const message = `Vector dimension ${values.length} does not match the dimension of the index ${dimension}`;
    throw new Refusal(400, message);
  }
}

function refusalOf({ status, message }: Refusal) {
  return { code: status === 404 ? 5 : status === 401 ? 16 : 3, message, details: [] };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function send(response: ServerResponse, status: number, body: unknown, retryAfter?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
  response.end(JSON.stringify(body));
}
