import { PassThrough, type Readable } from 'node:stream';
import yauzl from 'yauzl';
import { AppError } from '../../kernel/errors.ts';

/** Bytes of one file in an archive; a talk of a day has a hundredth of it. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** Files in an archive. */
const MAX_FILES = 500_000;

/** An archive of which only what is asked for is read. */
export interface ZipSource {
  /** Bytes. */
  size: number;
  /** Opens the bytes from `start` to before `end`. */
  open(start: number, end: number): Promise<Readable>;
}

/** A file in an archive. */
export interface ZippedFile {
  name: string;
  /** @throws AppError `bad-request` if it is damaged, encrypted or unpacks to too much */
  text(): Promise<string>;
}

/**
 * Yields the files of a ZIP archive whose names `isWanted` takes, in the order of the archive.
 *
 * @throws AppError `bad-request` if it is no ZIP archive or its list of files is damaged
 */
export async function* readZip(
  source: ZipSource,
  isWanted: (name: string) => boolean,
): AsyncGenerator<ZippedFile> {
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
      lazyEntries: true,
      autoClose: false,
    });
  } catch (cause) {
    throw damaged(cause);
  }
  if (zip.entryCount > MAX_FILES) {
    throw new AppError('bad-request', `An archive holds ${MAX_FILES} files at most.`);
  }
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (isWanted(name)) yield { name, text: () => textOf(zip, entry) };
    }
  } catch (error) {
    throw error instanceof AppError ? error : damaged(error);
  } finally {
    zip.close();
  }
}

async function textOf(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<string> {
  if (entry.uncompressedSize > MAX_FILE_BYTES) {
    throw new AppError('bad-request', 'A file in the archive is too large.');
  }
  try {
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    return Buffer.concat(parts).toString('utf8');
  } catch (cause) {
    throw new AppError('bad-request', 'A file in the archive is damaged.', { cause });
  }
}

function damaged(cause: unknown): AppError {
  return new AppError('bad-request', 'This is no ZIP archive, or it is damaged.', { cause });
}

/** Reads an archive by parts, as `yauzl` asks for them. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ZipSource;

  constructor(source: ZipSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const out = new PassThrough();
    this.#source.open(start, end).then(
      (stream) => {
        stream.on('error', (error) => out.destroy(error));
        out.on('close', () => stream.destroy());
        stream.pipe(out);
      },
      (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return out;
  }
}
