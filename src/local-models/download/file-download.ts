import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, stat, truncate } from 'node:fs/promises';
import { type BackoffPolicy, backoffDelay, wait } from '../../kernel/backoff.ts';
import { AppError, isAppError } from '../../kernel/errors.ts';
import type { CatalogueFile } from '../catalogue/catalogue-model.ts';
import { connectionError, type HubClient, type HubFile } from './hub-client.ts';

/** How the content of a file was checked. */
export type CheckedBy = 'catalogue' | 'hub' | 'nothing';

/** A file that is on the disk. */
export interface FetchedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
  checkedBy: CheckedBy;
  /** The commit that the revision stood for; null if the hub does not say. */
  commit: string | null;
}

export interface FileSource {
  repository: string;
  revision: string;
  file: CatalogueFile;
}

export interface DownloadHooks {
  /** So many bytes of the file are there. */
  onProgress(doneBytes: number, sizeBytes: number | null): void;
  /** Throws `disk-full` if so many further bytes do not fit. */
  assertSpace(bytes: number): Promise<void>;
}

/** Attempts without a single new byte between them. */
const ATTEMPTS = 5;
const BACKOFF: BackoffPolicy = { initialMs: 500, maxMs: 20_000, jitter: 0.3 };
/** Longest wait that a hub may ask for. */
const MAX_WAIT_MS = 120_000;
/** A file of which nobody says the size is not let grow beyond this. */
const MAX_BYTES = 8 * 2 ** 30;
const FLUSH_BYTES = 4 * 2 ** 20;

/**
 * Downloads one file to `target`. What is there of it already is kept and only the rest is asked
 * for; a connection that breaks off is made again. The content is compared with the hash of the
 * catalogue, else with the one that the hub sends.
 *
 * @throws AppError `provider-unavailable`, `timeout`, `not-found`, `forbidden`, `rate-limited`,
 *   `disk-full`, `invalid-model` if the content is not what was promised
 */
export async function downloadFile(
  hub: HubClient,
  source: FileSource,
  target: string,
  hooks: DownloadHooks,
  signal: AbortSignal,
  backoff: BackoffPolicy = BACKOFF,
): Promise<FetchedFile> {
  let failures = 0;
  let isFresh = false;
  for (;;) {
    const before = await sizeOf(target);
    try {
      return await new Attempt(hub, source, target, hooks, signal).run();
    } catch (error) {
      signal.throwIfAborted();
      if (isAppError(error, 'invalid-model') && !isFresh) {
        // What was kept of an earlier attempt may have been wrong.
        await rm(target, { force: true });
        isFresh = true;
        continue;
      }
      if (!(error instanceof AppError) || !error.retryable || error.code === 'disk-full') {
        throw error;
      }
      failures = (await sizeOf(target)) > before ? 1 : failures + 1;
      if (failures >= ATTEMPTS) throw error;
      const delayMs = Math.max(backoffDelay(backoff, failures - 1), error.retryAfterMs ?? 0);
      await wait(Math.min(delayMs, MAX_WAIT_MS), signal);
    }
  }
}

/** The size of a file, 0 if there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** One connection, and the check of what is there after it. */
class Attempt {
  readonly #hub: HubClient;
  readonly #source: FileSource;
  readonly #target: string;
  readonly #hooks: DownloadHooks;
  readonly #signal: AbortSignal;

  constructor(
    hub: HubClient,
    source: FileSource,
    target: string,
    hooks: DownloadHooks,
    signal: AbortSignal,
  ) {
    this.#hub = hub;
    this.#source = source;
    this.#target = target;
    this.#hooks = hooks;
    this.#signal = signal;
  }

  async run(): Promise<FetchedFile> {
    const { file } = this.#source;
    let there = await sizeOf(this.#target);
    if (file.sizeBytes !== null && there > file.sizeBytes) {
      await truncate(this.#target, 0);
      there = 0;
    }
    if (file.sha256 !== null && there === file.sizeBytes) {
      return this.#finish({ sha256: null, gitBlob: null, commit: null, sizeBytes: null });
    }
    const found = await this.#hub.get({ ...this.#source, path: file.path }, there, this.#signal);
    try {
      this.#compareClaims(found);
      const isWhole = await this.#receive(found, there);
      if (!isWhole) throw new AppError('provider-unavailable', 'The download broke off.');
      return await this.#finish(found);
    } finally {
      found.body.on('error', () => undefined).destroy();
    }
  }

  /** The hub must speak of the file that the catalogue means. */
  #compareClaims({ sha256, sizeBytes }: HubFile): void {
    const { file } = this.#source;
    const isOther =
      (file.sha256 !== null && sha256 !== null && file.sha256 !== sha256) ||
      (file.sizeBytes !== null && sizeBytes !== null && file.sizeBytes !== sizeBytes);
    if (isOther) {
      throw new AppError(
        'invalid-model',
        `The hub offers another file ${file.path} than the catalogue describes (${sizeBytes ?? 'unknown'} bytes instead of ${file.sizeBytes}).`,
      );
    }
  }

  /** Writes the body to the file; false if it ended too early. */
  async #receive(found: HubFile, there: number): Promise<boolean> {
    const sizeBytes = this.#source.file.sizeBytes ?? found.sizeBytes;
    if (found.status === 416) {
      // Nothing is left to send, or the hub does not take ranges: the hash tells.
      if (there > 0 && (sizeBytes === null || there === sizeBytes)) return true;
      await truncate(this.#target, 0);
      throw new AppError('provider-unavailable', 'The hub refuses to resume the download (416).');
    }
    // A server that does not resume sends everything from the start.
    const resumes = found.status === 206 && found.rangeStart === there;
    if (found.status === 206 && !resumes) {
      await truncate(this.#target, 0);
      throw new AppError('provider-unavailable', 'The hub sent another byte range than requested.');
    }
    const from = resumes ? there : 0;
    if (sizeBytes !== null) await this.#hooks.assertSpace(sizeBytes - from);
    const file = await open(this.#target, resumes ? 'a' : 'w');
    try {
      const written = await this.#write(found, file, from, sizeBytes);
      await file.sync();
      return sizeBytes === null || written === sizeBytes;
    } finally {
      await file.close();
    }
  }

  async #write(
    { body }: HubFile,
    file: FileHandle,
    from: number,
    sizeBytes: number | null,
  ): Promise<number> {
    let done = from;
    let unchecked = 0;
    try {
      for await (const part of body as AsyncIterable<Buffer>) {
        done += part.length;
        if (done > (sizeBytes ?? MAX_BYTES)) {
          throw new AppError(
            'invalid-model',
            `The hub sends more of ${this.#source.file.path} than it promised.`,
          );
        }
        unchecked += part.length;
        if (sizeBytes === null && unchecked >= FLUSH_BYTES) {
          await this.#hooks.assertSpace(FLUSH_BYTES);
          unchecked = 0;
        }
        await file.write(part);
        this.#hooks.onProgress(done, sizeBytes);
      }
    } catch (error) {
      this.#signal.throwIfAborted();
      if (error instanceof AppError) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw new AppError(
          'disk-full',
          'The disk is full. Free some space and pull again: what is there is kept.',
          { cause: error },
        );
      }
      throw connectionError(error, 'the hub');
    }
    return done;
  }

  /** Compares the content with whatever is known of it. */
  async #finish(
    claims: Pick<HubFile, 'sha256' | 'gitBlob' | 'commit' | 'sizeBytes'>,
  ): Promise<FetchedFile> {
    const { file } = this.#source;
    const sizeBytes = await sizeOf(this.#target);
    this.#hooks.onProgress(sizeBytes, sizeBytes);
    const { sha256, gitBlob } = await hashFile(this.#target, sizeBytes, this.#signal);
    const expected = file.sha256 ?? claims.sha256;
    const isWrong =
      (expected !== null && expected !== sha256) ||
      (expected === null && claims.gitBlob !== null && claims.gitBlob !== gitBlob) ||
      (file.sizeBytes !== null && file.sizeBytes !== sizeBytes);
    if (isWrong) {
      await rm(this.#target, { force: true });
      throw new AppError(
        'invalid-model',
        `The content of ${file.path} is not what it should be: its hash is ${sha256}${expected === null ? '' : `, not ${expected}`}.`,
      );
    }
    return {
      path: file.path,
      sizeBytes,
      sha256,
      checkedBy: checkedBy(file, claims),
      commit: claims.commit,
    };
  }
}

function checkedBy(
  file: CatalogueFile,
  { sha256, gitBlob }: Pick<HubFile, 'sha256' | 'gitBlob'>,
): CheckedBy {
  if (file.sha256 !== null) return 'catalogue';
  return sha256 !== null || gitBlob !== null ? 'hub' : 'nothing';
}

/**
 * SHA-256 of a file, and Git's name of it as a blob (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects).
 * Lower-case hexadecimal.
 */
export async function hashFile(
  path: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<{ sha256: string; gitBlob: string }> {
  const hashes: readonly [Hash, Hash] = [createHash('sha256'), createHash('sha1')];
  hashes[1].update(`blob ${sizeBytes}\0`);
  for await (const part of createReadStream(path, { signal, highWaterMark: 1024 * 1024 })) {
    for (const hash of hashes) hash.update(part);
  }
  return { sha256: hashes[0].digest('hex'), gitBlob: hashes[1].digest('hex') };
}
