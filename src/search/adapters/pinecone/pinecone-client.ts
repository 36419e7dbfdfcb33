import type { Index, Pinecone } from '@pinecone-database/pinecone';
import { AppError } from '../../../kernel/errors.ts';
import type { Metadata } from './pinecone-records.ts';
import { retryingFetch } from './retrying-fetch.ts';

/** How an index of Pinecone is reached. */
export interface PineconeSettings {
  apiKey: string | null;
  /** Null: only its host is known. */
  indexName: string | null;
  /** Address of the index itself, null: asked for by its name. */
  host: string | null;
  /** Address of the service that knows the indexes, null: Pinecone's own. */
  baseUrl: string | null;
  /** Dimensions that its vectors have to have. */
  dimension: number;
}

export type PineconeIndex = Index<Metadata>;

/** The official client, loaded when it is first used, and the index that it was told of. */
export class PineconeClient {
  readonly #settings: PineconeSettings;
  #client: Promise<Pinecone> | undefined;
  #host: Promise<string> | undefined;

  constructor(settings: PineconeSettings) {
    this.#settings = settings;
  }

  /** A namespace of the index. */
  async namespace(name: string): Promise<PineconeIndex> {
    const client = await this.#load();
    this.#host ??= this.#findHost(client).catch((error: unknown) => {
      // Not reached now; the next call asks again.
      this.#host = undefined;
      throw error;
    });
    return client.index<Metadata>({ host: await this.#host, namespace: name });
  }

  /** How many dimensions the index has. */
  async dimension(): Promise<number | undefined> {
    const { indexName } = this.#settings;
    const client = await this.#load();
    if (indexName !== null) return (await client.describeIndex(indexName)).dimension;
    return (await (await this.namespace('')).describeIndexStats()).dimension;
  }

  async #findHost(client: Pinecone): Promise<string> {
    const { host, indexName } = this.#settings;
    if (host !== null) return host;
    return (await client.describeIndex(indexName ?? '')).host;
  }

  #load(): Promise<Pinecone> {
    this.#client ??= load().then(
      (sdk) =>
        new sdk.Pinecone({
          // A server of one's own may want none; the client insists.
          apiKey: this.#settings.apiKey ?? 'none',
          ...(this.#settings.baseUrl === null ? {} : { controllerHostUrl: this.#settings.baseUrl }),
          maxRetries: 0,
          fetchApi: retryingFetch(),
        }),
    );
    return this.#client;
  }
}

async function load(): Promise<typeof import('@pinecone-database/pinecone')> {
  try {
    return await import('@pinecone-database/pinecone');
  } catch (cause) {
    throw new AppError(
      'invalid-configuration',
      'SEARCH=pinecone needs its client: npm install @pinecone-database/pinecone@8',
      { cause },
    );
  }
}
