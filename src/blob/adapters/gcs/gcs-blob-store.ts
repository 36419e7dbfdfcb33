import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { File, Storage } from '@google-cloud/storage';
import { AppError } from '../../../kernel/errors.ts';
import { assertBlobKey, assertBlobPrefix } from '../../blob-key.ts';
import type { BlobContent, BlobInfo, BlobStore, ByteRange, SignUrl } from '../../blob-store.ts';
import { type GcsBuckets, type GcsPlace, gcsPlace } from './gcs-place.ts';

/** A file up to this size is sent in one request; a longer one in a resumable session. */
const SINGLE_REQUEST_BYTES = 5 * 1024 * 1024;
/** Longest time for a call with all its retries, seconds. */
const TOTAL_TIMEOUT_S = 60;
const DELETES_AT_ONCE = 8;
/** Attempts to read a file that is replaced at the same moment. */
const READ_ATTEMPTS = 5;

export interface GcsBlobStoreOptions {
  buckets: GcsBuckets;
  /** A server that speaks the protocol; null for Google's. */
  baseUrl: string | null;
  /** Google's service account as JSON; null: the credentials of the environment. */
  serviceAccountJson: string | null;
}

/** Opens the store in Google Cloud Storage. @throws AppError `invalid-configuration` */
export async function openGcsBlobStore(options: GcsBlobStoreOptions): Promise<BlobStore> {
  const { Storage: Client, IdempotencyStrategy } = await loadClient();
  const { baseUrl, serviceAccountJson } = options;
  const account = serviceAccountJson === null ? null : parseAccount(serviceAccountJson);
  const client = new Client({
    ...(account === null ? {} : { credentials: account, projectId: account.project_id }),
    // A server of the operator's own is used without signing in, whatever its address.
    ...(baseUrl === null ? {} : { apiEndpoint: baseUrl, useAuthWithCustomEndpoint: false }),
    retryOptions: {
      autoRetry: true,
      // Every operation here can be repeated: a file is replaced as a whole.
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
      maxRetries: 4,
      totalTimeout: TOTAL_TIMEOUT_S,
      maxRetryDelay: 8,
    },
  });
  return new GcsBlobStore(client, options, account !== null || baseUrl === null);
}

async function loadClient(): Promise<typeof import('@google-cloud/storage')> {
  try {
    return await import('@google-cloud/storage');
  } catch (cause) {
    throw new AppError(
      'invalid-configuration',
      'BLOBS=gcs needs the npm package @google-cloud/storage: npm install @google-cloud/storage.',
      { cause },
    );
  }
}

function parseAccount(json: string) {
  try {
    const { client_email, private_key, project_id } = JSON.parse(json) as Record<string, string>;
    if (client_email && private_key && project_id) return { client_email, private_key, project_id };
  } catch {
    // The text is a secret, so the message says only that it is wrong.
  }
  throw new AppError('invalid-configuration', 'SERVICE_ACCOUNT_JSON is not a service account.');
}

/** Files as objects in Google's buckets; each write creates a new generation of an object. */
class GcsBlobStore implements BlobStore {
  readonly signUrl: SignUrl | null;
  readonly #client: Storage;
  readonly #buckets: GcsBuckets;

  constructor(client: Storage, { buckets, baseUrl }: GcsBlobStoreOptions, canSign: boolean) {
    this.#client = client;
    this.#buckets = buckets;
    this.signUrl = canSign ? (key, lifetimeMs) => this.#sign(key, lifetimeMs, baseUrl) : null;
  }

  async put(key: string, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<BlobInfo> {
    const file = this.#file(key);
    const source = data instanceof Uint8Array ? [data] : data;
    const { head, rest } = await takeHead(source, SINGLE_REQUEST_BYTES);
    const options = { validation: 'crc32c', contentType: 'application/octet-stream' };
    try {
      if (!rest) await file.save(head, { ...options, resumable: false });
      else {
        const whole = Readable.from(joined(head, rest), { objectMode: false });
        await pipeline(whole, file.createWriteStream({ ...options, resumable: true }));
      }
    } catch (error) {
      throw toAppError(error);
    }
    return infoOf(key, file);
  }

  async get(key: string, range: ByteRange | null): Promise<BlobContent> {
    for (let attempt = 1; ; attempt += 1) {
      const known = await this.#load(key);
      if (!known) throw new AppError('not-found', 'File not found');
      const info = infoOf(key, known);
      const { size } = info;
      if (range && !(range.start >= 0 && range.start <= range.end && range.end < size)) {
        throw new AppError('bad-request', 'The range is outside the file.');
      }
      // HTTP cannot express an empty range.
      if (size === 0) return { info, body: Readable.from([]) };
      const body = await this.#open(key, known, range).catch((error: unknown) => {
        // Replaced meanwhile: this generation no longer exists.
        if (statusOf(error) === 404 && attempt < READ_ATTEMPTS) return undefined;
        throw toAppError(error);
      });
      if (body) return { info, body };
    }
  }

  /** Returns the bytes of exactly this generation; resolves when the first bytes have arrived. */
  async #open(key: string, known: File, range: ByteRange | null): Promise<Readable> {
    const { generation } = known.metadata;
    const file = this.#file(key, generation === undefined ? undefined : Number(generation));
    // Only a whole file can be validated; its content encoding must not be decoded.
    const body = file.createReadStream({
      ...(range ?? {}),
      validation: range === null ? 'crc32c' : false,
      decompress: false,
    });
    body.read(0);
    // This event comes for a refusal, too; its error is then the stream's.
    const [{ statusCode }] = (await once(body, 'response')) as [{ statusCode: number }];
    if (statusCode < 400) return body;
    body.destroy();
    throw Object.assign(new Error('The download was refused.'), { code: statusCode });
  }

  async head(key: string): Promise<BlobInfo | undefined> {
    const file = await this.#load(key);
    return file && infoOf(key, file);
  }

  async *list(prefix: string): AsyncGenerator<BlobInfo> {
    assertBlobPrefix(prefix);
    const place = gcsPlace(this.#buckets, prefix);
    for await (const files of this.#pages(place)) {
      for (const file of files) yield infoOf(place.keyPrefix + file.name, file);
    }
  }

  async delete(key: string): Promise<void> {
    await remove(this.#file(key));
  }

  async deletePrefix(prefix: string): Promise<void> {
    assertBlobPrefix(prefix);
    for await (const files of this.#pages(gcsPlace(this.#buckets, prefix))) {
      for (let at = 0; at < files.length; at += DELETES_AT_ONCE) {
        await Promise.all(files.slice(at, at + DELETES_AT_ONCE).map(remove));
      }
    }
  }

  /** Reads page by page, so that a user's files need not fit into memory. */
  async *#pages({ bucket, name }: GcsPlace): AsyncGenerator<File[]> {
    let pageToken: string | undefined;
    do {
      const request = { prefix: name, autoPaginate: false, maxResults: 1_000 };
      try {
        const [files, next] = await this.#client
          .bucket(bucket)
          .getFiles({ ...request, ...(pageToken === undefined ? {} : { pageToken }) });
        pageToken = (next as { pageToken?: string } | null)?.pageToken;
        yield files;
      } catch (error) {
        throw toAppError(error);
      }
    } while (pageToken !== undefined);
  }

  async #load(key: string): Promise<File | undefined> {
    const file = this.#file(key);
    try {
      await file.getMetadata();
      return file;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw toAppError(error);
    }
  }

  async #sign(key: string, lifetimeMs: number, baseUrl: string | null): Promise<string> {
    const [url] = await this.#file(key).getSignedUrl({
      version: 'v4',
      action: 'read',
      expires: Date.now() + lifetimeMs,
      ...(baseUrl === null ? {} : { host: baseUrl }),
    });
    return url;
  }

  #file(key: string, generation?: number): File {
    assertBlobKey(key);
    const { bucket, name } = gcsPlace(this.#buckets, key);
    return this.#client.bucket(bucket).file(name, generation === undefined ? {} : { generation });
  }
}

/** Returns the beginning of a source; `rest` is null if that is all of it. */
async function takeHead(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ head: Buffer; rest: AsyncIterator<Uint8Array> | null }> {
  const iterator = toAsync(source);
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size <= bytes) {
    const { done, value } = await iterator.next();
    if (done) return { head: Buffer.concat(parts), rest: null };
    parts.push(value);
    size += value.length;
  }
  return { head: Buffer.concat(parts), rest: iterator };
}

async function* toAsync(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* source;
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield head;
  for (;;) {
    const { done, value } = await rest.next();
    if (done) return;
    yield value;
  }
}

async function remove(file: File): Promise<void> {
  try {
    await file.delete({ ignoreNotFound: true });
  } catch (error) {
    throw toAppError(error);
  }
}

function infoOf(key: string, { metadata }: File): BlobInfo {
  const { size, timeCreated } = metadata;
  return { key, size: Number(size), storedAt: Date.parse(timeCreated ?? '') };
}

/** Returns the HTTP status of an error of the client. */
function statusOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  return Number.isInteger(code) ? code : undefined;
}

/** Returns errors of the source and our own unchanged; those of the client without the text that they quote. */
function toAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  const isNetwork =
    error instanceof Error && 'code' in error && /^(E[A-Z]|CONTENT_)/.test(String(error.code));
  if (status === undefined && !isNetwork) return error;
  if (status === 401 || status === 403) {
    const message = 'Google Cloud Storage refused the service account.';
    return new AppError('provider-unauthorized', message, { cause: error });
  }
  if (status === 404) {
    const message = 'Google Cloud Storage has no such bucket or file.';
    return new AppError('not-found', message, { cause: error });
  }
  return new AppError('provider-unavailable', 'Google Cloud Storage is unreachable.', {
    cause: error,
  });
}
