/** Header type flags of an Ogg page (RFC 3533 §6). */
export const OGG_CONTINUED = 1;
export const OGG_FIRST = 2;
export const OGG_LAST = 4;

export const OGG_MAX_SEGMENTS = 255;
const HEADER_BYTES = 27;
const CHECKSUM_AT = 22;
const CAPTURE_PATTERN = 0x5367674f; // "OggS", little-endian

export interface OggPage {
  flags: number;
  /** 48 kHz samples up to the end of the last packet that ends on this page, -1 if none does. */
  granulePosition: bigint;
  serial: number;
  sequence: number;
  /** Lacing values: 255 means that the packet goes on in the next segment. */
  segments: readonly number[];
  body: Uint8Array;
}

/**
 * CRC-32 of RFC 3533 §6: polynomial 0x04c11db7, start 0, no reflection, no final xor. Four bytes at a time, by
 * the method "slicing by 4" (Kounavis and Berry, 2005): every batch of live Opus passes through here.
 */
export function oggCrc(bytes: Uint8Array): number {
  let crc = 0;
  const whole = bytes.length - (bytes.length % 4);
  for (let i = 0; i < whole; i += 4) {
    crc ^=
      ((numberAt(bytes, i) << 24) | (numberAt(bytes, i + 1) << 16)) ^
      ((numberAt(bytes, i + 2) << 8) | numberAt(bytes, i + 3));
    crc =
      numberAt(CRC_TABLE, 768 + (crc >>> 24)) ^
      numberAt(CRC_TABLE, 512 + ((crc >>> 16) & 0xff)) ^
      numberAt(CRC_TABLE, 256 + ((crc >>> 8) & 0xff)) ^
      numberAt(CRC_TABLE, crc & 0xff);
  }
  for (let i = whole; i < bytes.length; i += 1) {
    crc = (crc << 8) ^ numberAt(CRC_TABLE, ((crc >>> 24) ^ numberAt(bytes, i)) & 0xff);
  }
  return crc >>> 0;
}

function numberAt(numbers: Uint8Array | Uint32Array, index: number): number {
  return numbers[index] ?? 0;
}

/** 256 numbers for each byte: what it does to the checksum if 0, 1, 2 or 3 bytes follow it. */
const CRC_TABLE = crcTable();

function crcTable(): Uint32Array {
  const table = new Uint32Array(4 * 256);
  for (let i = 0; i < 256; i += 1) {
    let value = i << 24;
    for (let bit = 0; bit < 8; bit += 1) {
      value = (value & 0x80000000) !== 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
    }
    table[i] = value;
  }
  for (let i = 256; i < table.length; i += 1) {
    const before = numberAt(table, i - 256);
    table[i] = (before << 8) ^ numberAt(table, before >>> 24);
  }
  return table;
}

/** The page's bytes, checksum included. Its body is given in pieces that follow each other. */
export function encodeOggPage(
  page: Omit<OggPage, 'body'> & { body: readonly Uint8Array[] },
): Uint8Array {
  const headerBytes = HEADER_BYTES + page.segments.length;
  let size = headerBytes;
  for (const piece of page.body) size += piece.length;
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeUInt32LE(CAPTURE_PATTERN, 0);
  bytes[4] = 0;
  bytes[5] = page.flags;
  bytes.writeBigInt64LE(page.granulePosition, 6);
  bytes.writeUInt32LE(page.serial, 14);
  bytes.writeUInt32LE(page.sequence, 18);
  bytes.writeUInt32LE(0, CHECKSUM_AT);
  bytes[26] = page.segments.length;
  for (const [i, lacing] of page.segments.entries()) bytes[HEADER_BYTES + i] = lacing;
  let at = headerBytes;
  for (const piece of page.body) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.writeUInt32LE(oggCrc(bytes), CHECKSUM_AT);
  return bytes;
}

/** Finds pages in a stream of bytes that arrives in pieces of any size. */
export class OggPageReader {
  #pending: Uint8Array = new Uint8Array(0);
  #skippedBytes = 0;

  /** Bytes that belonged to no intact page. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** Takes bytes and answers the pages that are complete now; damaged ones are skipped. */
  push(bytes: Uint8Array): OggPage[] {
    const data = new Uint8Array(this.#pending.length + bytes.length);
    data.set(this.#pending);
    data.set(bytes, this.#pending.length);
    const pages: OggPage[] = [];
    let at = 0;
    while (at < data.length) {
      const found = readPage(data, at);
      if (found === 'incomplete') break;
      if (found === 'damaged') {
        // The next letter that a page can begin with.
        const next = data.indexOf(0x4f, at + 1);
        const from = next < 0 ? data.length : next;
        this.#skippedBytes += from - at;
        at = from;
      } else {
        pages.push(found.page);
        at += found.length;
      }
    }
    this.#pending = data.slice(at);
    return pages;
  }
}

function readPage(
  data: Uint8Array,
  at: number,
): { page: OggPage; length: number } | 'incomplete' | 'damaged' {
  const view = new DataView(data.buffer, data.byteOffset + at, data.length - at);
  const pattern = [0x4f, 0x67, 0x67, 0x53];
  for (const [i, expected] of pattern.entries()) {
    if (i >= view.byteLength) return 'incomplete';
    if (view.getUint8(i) !== expected) return 'damaged';
  }
  if (view.byteLength < HEADER_BYTES) return 'incomplete';
  if (view.getUint8(4) !== 0) return 'damaged';
  const headerBytes = HEADER_BYTES + view.getUint8(26);
  if (view.byteLength < headerBytes) return 'incomplete';
  const segments = [...data.subarray(at + HEADER_BYTES, at + headerBytes)];
  const length = headerBytes + segments.reduce((sum, size) => sum + size, 0);
  if (view.byteLength < length) return 'incomplete';
  const bytes = data.slice(at, at + length);
  bytes.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
  if (oggCrc(bytes) !== view.getUint32(CHECKSUM_AT, true)) return 'damaged';
  return {
    length,
    page: {
      flags: view.getUint8(5),
      granulePosition: view.getBigInt64(6, true),
      serial: view.getUint32(14, true),
      sequence: view.getUint32(18, true),
      segments,
      body: bytes.subarray(headerBytes),
    },
  };
}
