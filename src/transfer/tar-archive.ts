import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { AppError, isAppError } from '../kernel/errors.ts';
import { randomToken } from '../kernel/ids.ts';

/** The last entry of an archive; `sha256sum -c` can check it after unpacking. */
export const CHECKSUMS = 'checksums.sha256';
const GZIP_MAGIC = [0x1f, 0x8b];
/** Of a compressed archive: text packs to a tenth, silence to a hundredth; a bomb to a thousandth. */
const MAX_RATIO = 200;
/** What a small archive may unpack to in any case. */
const ALWAYS_UNPACKED = 256 * 1024 * 1024;
/** Two million files. */
const MAX_CHECKSUMS_BYTES = 256 * 1024 * 1024;
export const MAX_MANIFEST_BYTES = 1024 * 1024;

/**
 * Writes a tar file (compressed if its name ends with `.gz` or `.tgz`). The same entries give the same
 * bytes: it contains no time and no user.
 */
export class TarWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #pack = pack();
  readonly #written: Promise<void>;
  readonly #checksums: string[] = [];

  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${randomToken(6)}.part`;
    const file = createWriteStream(this.#temporary, { mode: 0o600, flags: 'wx' });
    this.#written = /\.(gz|tgz)$/.test(path)
      ? pipeline(this.#pack, createGzip({ level: 6 }), file)
      : pipeline(this.#pack, file);
    // The failure is reported at the end, or at the next entry.
    this.#written.catch(() => this.#pack.destroy());
  }

  /** Adds a file of exactly `size` bytes. */
  async add(name: string, size: number, source: AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash('sha256');
    const entry = this.#pack.entry(headerOf(name, size));
    await pipeline(
      Readable.from(source, { objectMode: false }),
      async function* (parts: AsyncIterable<Uint8Array>) {
        for await (const part of parts) {
          hash.update(part);
          yield part;
        }
      },
      entry,
    );
    this.#checksums.push(`${hash.digest('hex')}  ${name}`);
  }

  async addText(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    await this.add(name, bytes.length, Readable.from([bytes]));
  }

  /** Adds a file of this machine with its current size. */
  async addFile(name: string, path: string): Promise<void> {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const source =
        size === 0
          ? Readable.from([])
          : handle.createReadStream({ start: 0, end: size - 1, autoClose: false });
      await this.add(name, size, source);
    } finally {
      await handle.close();
    }
  }

  /** Completes the archive; the file gets its name only now. */
  async finish(): Promise<void> {
    const text = `${this.#checksums.join('\n')}\n`;
    const bytes = Buffer.from(text, 'utf8');
    this.#pack.entry(headerOf(CHECKSUMS, bytes.length), bytes);
    this.#pack.finalize();
    await this.#written;
    await rename(this.#temporary, this.#path);
  }

  /** Deletes the incomplete file. */
  async abort(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}

/** Header fields that could differ from run to run have fixed values. */
function headerOf(name: string, size: number) {
  return { name, size, mode: 0o600, mtime: new Date(0), type: 'file' as const };
}

/** One file of an archive; its body must be read before the next file. */
export interface TarEntry {
  name: string;
  size: number;
  body: AsyncIterable<Buffer>;
}

/**
 * The files of an archive, one after the other.
 *
 * @throws AppError `bad-request` for what cannot be read or is no archive, or unpacks to more than one of its size
 */
export async function* readTar(path: string): AsyncGenerator<TarEntry> {
  const maxBytes = await unpackedLimit(path).catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = isMissing ? `There is no file ${path}.` : `The archive ${path} cannot be read.`;
    throw new AppError('bad-request', reason, { cause });
  });
  const file = createReadStream(path);
  const unpack = extract();
  const flow =
    maxBytes === null
      ? pipeline(file, unpack)
      : pipeline(file, createGunzip(), bounded(maxBytes), unpack);
  const failed = flow.catch((cause) => {
    throw notWhole(cause);
  });
  failed.catch(() => undefined);
  try {
    for await (const entry of unpack) {
      const { name, size = 0, type } = entry.header;
      if (type === 'file') yield { name, size, body: wholeBody(entry) };
      entry.resume();
    }
    await failed;
  } catch (error) {
    await failed;
    throw error;
  } finally {
    file.destroy();
  }
}

async function* wholeBody(entry: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const part of entry) yield part as Buffer;
  } catch (cause) {
    throw notWhole(cause);
  }
}

function notWhole(cause: unknown): AppError {
  if (isAppError(cause)) return cause;
  return new AppError('bad-request', 'The file is not a complete archive of this program.', {
    cause,
  });
}

/** Bytes that a compressed archive may unpack to, null for one that is not compressed. */
async function unpackedLimit(path: string): Promise<number | null> {
  if (!(await isGzip(path))) return null;
  return Math.max(ALWAYS_UNPACKED, (await stat(path)).size * MAX_RATIO);
}

/** Passes bytes on until there are too many: a few megabytes can unpack to terabytes. */
function bounded(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      bytes += part.length;
      if (bytes <= maxBytes) done(null, part);
      else {
        const message = 'The archive unpacks to far more than an archive of its size holds.';
        done(new AppError('bad-request', message));
      }
    },
  });
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && GZIP_MAGIC.every((byte, i) => buffer[i] === byte);
  } finally {
    await handle.close();
  }
}

/**
 * Reads an archive once and compares every file with its checksum. Throws `bad-request` if one is
 * missing, changed or not listed. Returns the number of files.
 *
 * @param onEntry told of each file before it is read, with its bytes; may throw
 */
export async function verifyTar(
  path: string,
  onEntry: (name: string, size: number) => void = () => undefined,
): Promise<number> {
  const found = new Map<string, string>();
  let listed: string | undefined;
  for await (const { name, size, body } of readTar(path)) {
    onEntry(name, size);
    if (name === CHECKSUMS) {
      listed = (await readAll(body, MAX_CHECKSUMS_BYTES)).toString('utf8');
      continue;
    }
    const hash = createHash('sha256');
    for await (const part of body) hash.update(part);
    found.set(name, hash.digest('hex'));
  }
  if (listed === undefined) throw new AppError('bad-request', 'The archive is truncated.');
  const expected = listed.split('\n').filter((line) => line !== '');
  const isSame =
    expected.length === found.size &&
    expected.every((line) => found.get(line.slice(66)) === line.slice(0, 64));
  if (!isSame) throw new AppError('bad-request', 'The archive is damaged: a checksum is wrong.');
  return found.size;
}

/** Everything of a small entry. @throws AppError `bad-request` if it is larger than `maxBytes` */
export async function readAll(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) throw new AppError('bad-request', 'A list in the archive is too long.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
