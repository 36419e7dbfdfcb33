import { OGG_CONTINUED, type OggPage, OggPageReader } from './ogg-page.ts';
import { opusPacketDurationMs } from './opus-packet.ts';

/** Bytes that can be read from any position: a stored file. */
export interface ByteSource {
  /** Bytes. */
  size: number;
  /** From `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A packet and where its audio begins, 48 kHz samples, those to be skipped included. */
export interface PlacedPacket {
  packet: Uint8Array;
  granule: number;
}

/** A page is at most 65,307 bytes (RFC 3533 §6): this much always holds the start of one. */
const WINDOW_BYTES = 65_536;
const GRANULES_PER_MS = 48;

/**
 * Packets of an Ogg/Opus file in order, from the first one that ends behind `granule` on. Finds
 * its place by bisection, so that it costs the same wherever in the file it is.
 */
export async function* readOpusPackets(
  source: ByteSource,
  granule: number,
): AsyncGenerator<PlacedPacket> {
  const from = granule <= 0 ? 0 : await findPageBefore(source, granule);
  const reader = new OggPageReader();
  // After a page found by seeking, packets begin at the position that the page gives as its end.
  let position = from === 0 ? 0 : null;
  let headers = from === 0 ? 2 : 0;
  let parts: Uint8Array[] = [];
  for await (const bytes of source.read(from, source.size)) {
    for (const page of reader.push(bytes)) {
      const cut = packetsOf(page, parts);
      parts = cut.rest;
      for (const packet of cut.packets) {
        if (headers > 0) {
          headers -= 1;
          continue;
        }
        if (position === null) continue;
        const end: number = position + durationOf(packet);
        if (end > granule) yield { packet, granule: position };
        position = end;
      }
      if (position === null && page.granulePosition >= 0n) position = Number(page.granulePosition);
    }
  }
}

/** Position of a page that ends at or before `granule`; 0, the start of the file, if none does. */
async function findPageBefore(source: ByteSource, granule: number): Promise<number> {
  let low = 0;
  let high = source.size;
  while (high - low > WINDOW_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const found = await firstPageEnd(source, middle);
    if (found === null || found.granule > granule) high = middle;
    else low = found.at;
  }
  return low;
}

/** The first page behind a position that a packet ends on. */
async function firstPageEnd(
  source: ByteSource,
  from: number,
): Promise<{ at: number; granule: number } | null> {
  const reader = new OggPageReader();
  let pagesBytes = 0;
  const end = Math.min(source.size, from + 2 * WINDOW_BYTES);
  for await (const bytes of source.read(from, end)) {
    for (const page of reader.push(bytes)) {
      // If bytes are skipped later, in what is damaged, the position is too late: still a page end.
      if (page.granulePosition > 0n) {
        const at = from + reader.skippedBytes + pagesBytes;
        return { at: Math.min(at, source.size), granule: Number(page.granulePosition) };
      }
      pagesBytes += 27 + page.segments.length + page.body.length;
    }
  }
  return null;
}

/** Packets that end on a page; `parts` is what the page before left of one, and `rest` what this one does. */
function packetsOf(
  page: OggPage,
  parts: readonly Uint8Array[],
): { packets: Uint8Array[]; rest: Uint8Array[] } {
  const continued = (page.flags & OGG_CONTINUED) !== 0;
  const packets: Uint8Array[] = [];
  let current = continued ? [...parts] : [];
  let skipping = continued && parts.length === 0;
  let at = 0;
  for (const size of page.segments) {
    if (!skipping) current.push(page.body.subarray(at, at + size));
    at += size;
    if (size === 255) continue;
    if (!skipping) packets.push(Buffer.concat(current));
    current = [];
    skipping = false;
  }
  return { packets, rest: current };
}

function durationOf(packet: Uint8Array): number {
  return Math.round((opusPacketDurationMs(packet) ?? 0) * GRANULES_PER_MS);
}
