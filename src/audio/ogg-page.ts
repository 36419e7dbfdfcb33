/** Header type flags of an Ogg page (RFC 3533 §6). */
export const OGG_CONTINUED = 1;
export const OGG_FIRST = 2;
export const OGG_LAST = 4;

export const OGG_MAX_SEGMENTS = 255;
const HEADER_BYTES = 27;
const CAPTURE_PATTERN = 0x5367674f; // "OggS", little-endian

export interface OggPage {
  flags: number;
  /** 48 kHz samples up to the end of the last packet that ends on this page, -1 where none does. */
  granulePosition: bigint;
  serial: number;
  sequence: number;
  /** Lacing values: 255 means that the packet goes on in the next segment. */
  segments: readonly number[];
  body: Uint8Array;
}

/** CRC-32 of RFC 3533 §6: polynomial 0x04c11db7, start 0, no reflection, no final xor. */
export function oggCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ (bytes[i] ?? 0)) & 0xff] ?? 0);
  }
  return crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 0x80000000) !== 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return value >>> 0;
});

/** The page's bytes, checksum included. */
export function encodeOggPage(page: OggPage): Uint8Array {
  const headerBytes = HEADER_BYTES + page.segments.length;
  const bytes = new Uint8Array(headerBytes + page.body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CAPTURE_PATTERN, true);
  view.setUint8(4, 0);
  view.setUint8(5, page.flags);
  view.setBigInt64(6, page.granulePosition, true);
  view.setUint32(14, page.serial, true);
  view.setUint32(18, page.sequence, true);
  view.setUint8(26, page.segments.length);
  bytes.set(page.segments, HEADER_BYTES);
  bytes.set(page.body, headerBytes);
  view.setUint32(22, oggCrc(bytes), true);
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
  bytes.fill(0, 22, 26);
  if (oggCrc(bytes) !== view.getUint32(22, true)) return 'damaged';
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
