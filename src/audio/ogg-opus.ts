import { AppError } from '../kernel/errors.ts';
import {
  encodeOggPage,
  OGG_CONTINUED,
  OGG_FIRST,
  OGG_LAST,
  OGG_MAX_SEGMENTS,
  OggPageReader,
} from './ogg-page.ts';
import { opusPacketDurationMs } from './opus-packet.ts';

/** Opus in Ogg counts in samples of 48 kHz whatever the input was (RFC 7845 §4). */
const GRANULES_PER_MS = 48;

export interface OggOpusWriterOptions {
  /** Number of the logical stream, any 32-bit value. */
  serial: number;
  channels: 1 | 2;
  /** Hertz of what was encoded; a note to the player, not needed for decoding. */
  inputSampleRate: number;
  /** 48 kHz samples to drop from the start; 0 keeps the clock equal to that of the packets. */
  preSkip: number;
}

/**
 * Writes one Ogg/Opus stream (RFC 7845) piece by piece, as a live source delivers its packets.
 * Each call answers whole pages, with as many packets a page as fit.
 */
export class OggOpusWriter {
  readonly #options: OggOpusWriterOptions;
  #sequence = 0;
  /** Samples of 48 kHz that were written. */
  #granule = 0;

  constructor(options: OggOpusWriterOptions) {
    this.#options = options;
  }

  /** The two header pages, OpusHead and OpusTags; they come first and once. */
  headers(): Uint8Array {
    const head = this.#page(OGG_FIRST, 0, opusHead(this.#options));
    return concat([head, this.#page(0, 0, opusTags())]);
  }

  /**
   * Pages with the packets, in order. Throws `AppError` `bad-request` for what is not an Opus
   * packet: its length, and with it every later position, would be unknown.
   */
  pages(packets: readonly Uint8Array[]): Uint8Array {
    return this.#onePage(packets) ?? this.#manyPages(packets);
  }

  /** The usual case, a few packets that fit one page; null if they do not. */
  #onePage(packets: readonly Uint8Array[]): Uint8Array | null {
    let lacings = 0;
    for (const packet of packets) lacings += Math.floor(packet.length / 255) + 1;
    if (lacings === 0 || lacings > OGG_MAX_SEGMENTS) return null;
    const segments: number[] = [];
    for (const packet of packets) {
      this.#granule += granulesOf(packet);
      let left = packet.length;
      for (; left >= 255; left -= 255) segments.push(255);
      segments.push(left);
    }
    return this.#encode(0, this.#granule, segments, packets);
  }

  #manyPages(packets: readonly Uint8Array[]): Uint8Array {
    const pages: Uint8Array[] = [];
    let segments: number[] = [];
    let chunks: Uint8Array[] = [];
    let ended: number | null = null;
    let continued = false;
    const flush = (): void => {
      const flags = continued ? OGG_CONTINUED : 0;
      pages.push(this.#encode(flags, ended ?? -1, segments, chunks));
      segments = [];
      chunks = [];
      ended = null;
    };
    for (const packet of packets) {
      const granules = granulesOf(packet);
      const lacing = lacingValues(packet.length);
      if (segments.length > 0 && segments.length + lacing.length > OGG_MAX_SEGMENTS) {
        flush();
        continued = false;
      }
      let at = 0;
      for (const size of lacing) {
        if (segments.length === OGG_MAX_SEGMENTS) {
          flush();
          continued = true;
        }
        segments.push(size);
        chunks.push(packet.subarray(at, at + size));
        at += size;
      }
      this.#granule += granules;
      ended = this.#granule;
    }
    if (segments.length > 0) flush();
    return concat(pages);
  }

  /** The empty page that marks the end of the stream. */
  end(): Uint8Array {
    return this.#encode(OGG_LAST, this.#granule, [], []);
  }

  #page(flags: number, granule: number, body: Uint8Array): Uint8Array {
    return this.#encode(flags, granule, lacingValues(body.length), [body]);
  }

  #encode(
    flags: number,
    granule: number,
    segments: readonly number[],
    body: readonly Uint8Array[],
  ): Uint8Array {
    const { serial } = this.#options;
    const granulePosition = BigInt(granule);
    const sequence = this.#sequence;
    this.#sequence += 1;
    return encodeOggPage({ flags, granulePosition, serial, sequence, segments, body });
  }
}

function granulesOf(packet: Uint8Array): number {
  const durationMs = opusPacketDurationMs(packet);
  if (durationMs === null) throw new AppError('bad-request', 'Not an Opus packet.');
  return Math.round(durationMs * GRANULES_PER_MS);
}

export interface OpusHead {
  channels: number;
  preSkip: number;
  inputSampleRate: number;
}

/** Reads an Ogg/Opus stream that arrives in pieces of any size; damaged pages are skipped. */
export class OggOpusReader {
  readonly #pages = new OggPageReader();
  #partial: Uint8Array[] = [];
  #head: OpusHead | null = null;
  #headersSeen = 0;
  #granulePosition = 0n;

  /** The stream's header, null until it came. */
  get head(): OpusHead | null {
    return this.#head;
  }

  /** Bytes that belonged to no intact page. */
  get skippedBytes(): number {
    return this.#pages.skippedBytes;
  }

  /** Last position of a page, 48 kHz samples. */
  get granulePosition(): bigint {
    return this.#granulePosition;
  }

  /** Takes bytes and answers the Opus packets that are complete now, headers left out. */
  push(bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (const page of this.#pages.push(bytes)) {
      if ((page.flags & OGG_CONTINUED) === 0) this.#partial = [];
      // The rest of a packet whose beginning was lost is not a packet.
      let skipping = (page.flags & OGG_CONTINUED) !== 0 && this.#partial.length === 0;
      let at = 0;
      for (const size of page.segments) {
        if (!skipping) this.#partial.push(page.body.subarray(at, at + size));
        at += size;
        if (size === 255) continue;
        if (!skipping) {
          const packet = concat(this.#partial);
          if (this.#isAudio(packet)) packets.push(packet);
        }
        this.#partial = [];
        skipping = false;
      }
      if (page.granulePosition >= 0n) this.#granulePosition = page.granulePosition;
    }
    return packets;
  }

  #isAudio(packet: Uint8Array): boolean {
    if (this.#headersSeen >= 2) return true;
    if (this.#headersSeen === 0) {
      this.#head = parseOpusHead(packet);
      if (this.#head === null) return false;
    }
    this.#headersSeen += 1;
    return false;
  }
}

/** RFC 7845 §5.1, version 1, channel mapping family 0. */
function opusHead(options: OggOpusWriterOptions): Uint8Array {
  const head = new Uint8Array(19);
  const view = new DataView(head.buffer);
  head.set(ascii('OpusHead'));
  view.setUint8(8, 1);
  view.setUint8(9, options.channels);
  view.setUint16(10, options.preSkip, true);
  view.setUint32(12, options.inputSampleRate, true);
  return head;
}

/** RFC 7845 §5.2, without comments. */
function opusTags(): Uint8Array {
  const vendor = ascii('omi-backend');
  const tags = new Uint8Array(8 + 4 + vendor.length + 4);
  tags.set(ascii('OpusTags'));
  new DataView(tags.buffer).setUint32(8, vendor.length, true);
  tags.set(vendor, 12);
  return tags;
}

function parseOpusHead(packet: Uint8Array): OpusHead | null {
  if (packet.length < 19 || Buffer.from(packet.subarray(0, 8)).toString('latin1') !== 'OpusHead') {
    return null;
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  return {
    channels: view.getUint8(9),
    preSkip: view.getUint16(10, true),
    inputSampleRate: view.getUint32(12, true),
  };
}

/** RFC 3533 §5: as many 255 as fit, then the rest, which is 0 for a multiple of 255. */
function lacingValues(length: number): number[] {
  return [...new Array<number>(Math.floor(length / 255)).fill(255), length % 255];
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
