import { AppError } from '../kernel/errors.ts';

/** How a WAV file encodes its samples, and where they are. */
export interface WavHeader {
  encoding: WavEncoding;
  channels: number;
  /** Hertz. */
  sampleRate: number;
  /** Bytes of one block: a sample of every channel, or a block of compressed ones. */
  blockBytes: number;
  /** Bytes of one sample in its container; 0 for compressed samples. */
  width: number;
  isLittleEndian: boolean;
  /** Where the samples begin and end, bytes from the file's beginning. */
  start: number;
  end: number;
}

export type WavEncoding =
  | 'integer'
  | 'float'
  | 'a-law'
  | 'mu-law'
  | 'ms-adpcm'
  | 'ima-adpcm'
  | 'mp3';

/** Codes of `wFormatTag` (RFC 2361). */
const ENCODINGS: Readonly<Record<number, WavEncoding>> = {
  1: 'integer',
  2: 'ms-adpcm',
  3: 'float',
  6: 'a-law',
  7: 'mu-law',
  17: 'ima-adpcm',
  85: 'mp3',
};
const EXTENSIBLE = 0xfffe;
/** Bytes of a sample that each encoding can have; compressed ones have none. */
const WIDTHS: Readonly<Record<WavEncoding, readonly number[]>> = {
  integer: [1, 2, 3, 4],
  float: [4, 8],
  'a-law': [1],
  'mu-law': [1],
  'ms-adpcm': [],
  'ima-adpcm': [],
  mp3: [],
};
/** A file with more chunks than this is no recording. */
const MAX_CHUNKS = 1_000;
const MAX_CHANNELS = 32;
/** Size of a chunk that its writer did not know. */
const UNKNOWN_SIZE = 0xffffffff;
const CHUNK_HEAD_BYTES = 8;

interface Chunk {
  tag: string;
  /** Where its content begins. */
  at: number;
  size: number;
}

/** Asks for parts of a file, from `start` up to, not including, `end`, and is given their bytes. */
export type WavReading<T> = Generator<{ start: number; end: number }, T, Uint8Array>;

/**
 * Reads the header of a WAV file, also of one that its recorder did not finish: a size of the samples that
 * is 0, unknown or larger than the file means that they go up to its end. RF64 and BW64 files tell the size
 * in a chunk of their own (EBU Tech 3306).
 *
 * Asks for the parts of the file that it needs, so that a file in memory and one that is read serve alike.
 *
 * @param fileSize bytes
 * @throws `bad-request` that says what is wrong
 */
export function* readWavHeader(fileSize: number): WavReading<WavHeader> {
  const head = Buffer.from(yield { start: 0, end: 12 });
  const form = head.subarray(0, 4).toString('latin1');
  const isKnown = ['RIFF', 'RIFX', 'RF64', 'BW64'].includes(form);
  if (!isKnown || head.subarray(8, 12).toString('latin1') !== 'WAVE') {
    throw invalidWav('it does not begin with a RIFF/WAVE header');
  }
  const isLittleEndian = form !== 'RIFX';
  const { format, data, largeSize } = yield* findChunks(fileSize, isLittleEndian);
  if (!format) throw invalidWav('it has no format chunk');
  const read = yield* readFormat(fileSize, format, isLittleEndian);
  if (!data) throw invalidWav('it has no data chunk');
  const size = data.size === UNKNOWN_SIZE && largeSize !== null ? largeSize : data.size;
  const rest = fileSize - data.at;
  const isUnfinished = size === 0 && !(yield* isEmptyOnPurpose(fileSize, data, isLittleEndian));
  const isCut = size > rest || isUnfinished;
  return { ...read, isLittleEndian, start: data.at, end: data.at + (isCut ? rest : size) };
}

export function invalidWav(what: string): AppError {
  return new AppError('bad-request', `The WAV file cannot be read: ${what}.`);
}

interface Found {
  format: Chunk | null;
  data: Chunk | null;
  largeSize: number | null;
}

/** The first chunks of each kind. One of odd size is followed by a byte that some writers forget. */
function* findChunks(fileSize: number, isLittleEndian: boolean): WavReading<Found> {
  const found: Found = { format: null, data: null, largeSize: null };
  let at = 12;
  for (let count = 0; at + CHUNK_HEAD_BYTES <= fileSize; count += 1) {
    if (count === MAX_CHUNKS) throw invalidWav(`it has more than ${MAX_CHUNKS} chunks`);
    const chunk = yield* chunkAt(at, isLittleEndian);
    if (chunk.tag === 'ds64') found.largeSize = yield* readLargeSize(chunk);
    else if (chunk.tag === 'fmt ') found.format ??= chunk;
    else if (chunk.tag === 'data') found.data ??= chunk;
    if (found.format && found.data) break;
    at = chunk.at + chunk.size;
    if (chunk.size % 2 === 1 && !isTag(yield* tagAt(at))) at += 1;
  }
  return found;
}

function* chunkAt(at: number, isLittleEndian: boolean): WavReading<Chunk> {
  const bytes = yield { start: at, end: at + CHUNK_HEAD_BYTES };
  const tag = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return { tag, at: at + CHUNK_HEAD_BYTES, size: viewOf(bytes).getUint32(4, isLittleEndian) };
}

function* tagAt(at: number): WavReading<string> {
  return Buffer.from(yield { start: at, end: at + 4 }).toString('latin1');
}

/** True for four characters that name a chunk. */
function isTag(tag: string): boolean {
  return /^[A-Za-z][A-Za-z0-9 _-]{3}$/u.test(tag);
}

/** True if nothing or only whole chunks follow samples whose size is 0: then there are none. */
function* isEmptyOnPurpose(
  fileSize: number,
  data: Chunk,
  isLittleEndian: boolean,
): WavReading<boolean> {
  let { at } = data;
  for (let count = 0; count < MAX_CHUNKS && at + CHUNK_HEAD_BYTES <= fileSize; count += 1) {
    const chunk = yield* chunkAt(at, isLittleEndian);
    if (!isTag(chunk.tag)) return false;
    at = chunk.at + chunk.size + (chunk.size % 2);
  }
  return at === fileSize || at === fileSize + 1;
}

/** Size of the samples in a file above 4 GB: bytes 8 to 15 of its `ds64` chunk. */
function* readLargeSize({ at, size }: Chunk): WavReading<number | null> {
  const view = viewOf(yield { start: at, end: at + 16 });
  if (size < 16 || view.byteLength < 16) return null;
  const bytes = view.getBigUint64(8, true);
  // A recorder that died has left 0.
  return bytes === 0n ? null : Number(bytes);
}

function* readFormat(
  fileSize: number,
  { at, size }: Chunk,
  isLittleEndian: boolean,
): WavReading<Omit<WavHeader, 'isLittleEndian' | 'start' | 'end'>> {
  const rest = fileSize - at;
  if (size > rest) {
    throw invalidWav(`its format chunk claims ${size} bytes, but only ${rest} follow`);
  }
  if (size < 16) throw invalidWav(`its format chunk has ${size} bytes instead of at least 16`);
  const view = viewOf(yield { start: at, end: at + Math.min(size, 40) });
  let code = view.getUint16(0, isLittleEndian);
  // The real format of an extensible file is the start of its sub-format GUID.
  if (code === EXTENSIBLE) {
    if (view.byteLength < 26) throw invalidWav('its extensible format chunk is cut off');
    code = view.getUint16(24, isLittleEndian);
  }
  const encoding = ENCODINGS[code];
  const channels = view.getUint16(2, isLittleEndian);
  const sampleRate = view.getUint32(4, isLittleEndian);
  const blockBytes = view.getUint16(12, isLittleEndian);
  const bits = view.getUint16(14, isLittleEndian);
  if (encoding === undefined) {
    throw invalidWav(`its encoding (format ${code}) is not known; convert it to PCM`);
  }
  if (channels < 1 || channels > MAX_CHANNELS) throw invalidWav(`it claims ${channels} channels`);
  if (sampleRate < 1000 || sampleRate > 384_000) {
    throw invalidWav(`it claims a sample rate of ${sampleRate} Hz`);
  }
  const width = WIDTHS[encoding].length === 0 ? 0 : widthOf(encoding, channels, blockBytes, bits);
  const isBlocked = encoding === 'ima-adpcm' || encoding === 'ms-adpcm';
  if (isBlocked && (channels > 2 || blockBytes <= 7 * channels)) {
    throw invalidWav(`its block size of ${blockBytes} bytes contradicts its channels`);
  }
  const block = isBlocked ? blockBytes : encoding === 'mp3' ? 1 : width * channels;
  return { encoding, channels, sampleRate, blockBytes: block, width };
}

/** Bytes of a sample: by the size of a block, or by the bits if that is no multiple of the channels. */
function widthOf(
  encoding: WavEncoding,
  channels: number,
  blockBytes: number,
  bits: number,
): number {
  const byBlock = blockBytes / channels;
  const byBits = Math.ceil(bits / 8);
  const widths = WIDTHS[encoding];
  if (widths.includes(byBits) && (byBits === byBlock || !widths.includes(byBlock))) return byBits;
  if (widths.includes(byBlock) && byBlock >= byBits && bits > 0) return byBlock;
  if (!widths.includes(byBits)) throw invalidWav(`it has ${bits} bits a sample`);
  throw invalidWav(`its block size of ${blockBytes} bytes contradicts its channels and bits`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
