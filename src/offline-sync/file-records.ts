import { parseOpusPacket } from '../audio/opus-packet.ts';

/** Bytes of a record's length, which is a 32-bit little-endian number before the record. */
const LENGTH_BYTES = 4;
/** Longest record; a larger number is no length. */
export const MAX_RECORD_BYTES = 65_536;
/** Complete records that tell framing from samples that look like it. */
const SURE_RECORDS = 3;
/** Records that are looked at to tell what they hold. */
const MAX_LOOKED_AT = 500;
/** Equal bytes that no coded packet begins with. */
const SILENT_BYTES = 16;

/** Whether a file consists of records, and the first of them. */
export interface RecordsSeen {
  isFramed: boolean;
  records: Uint8Array[];
}

/**
 * Tells by the beginning of a file whether it consists of records with their lengths before them.
 *
 * @param head the first bytes of the file
 * @param isWhole true if that is all of it
 */
export function lookForRecords(head: Uint8Array, isWhole: boolean): RecordsSeen {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const records: Uint8Array[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= head.length && records.length < MAX_LOOKED_AT) {
    const size = view.getUint32(at, true);
    if (size === 0 || size > MAX_RECORD_BYTES) break;
    if (at + LENGTH_BYTES + size > head.length) {
      // The rest is a part of a record: cut off by the end of the file, or by that of the head.
      return { isFramed: records.length > 0 || !isWhole, records };
    }
    records.push(head.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + size));
    at += LENGTH_BYTES + size;
  }
  const isAll = head.length - at < LENGTH_BYTES;
  return { isFramed: records.length >= SURE_RECORDS || (isAll && records.length > 0), records };
}

/** How many of the records can be packets of one Opus stream. */
export interface OpusLikeness {
  /** Part of the records that are valid packets, 0 to 1. */
  valid: number;
  /** Part of the records that have the commonest configuration (mode, band and frame size). */
  alike: number;
}

/** Compares records with packets of Opus. Random bytes are often valid packets, but not alike. */
export function opusLikeness(records: readonly Uint8Array[]): OpusLikeness {
  const counts = new Map<number, number>();
  let valid = 0;
  for (const record of records) {
    if (!parseOpusPacket(record).valid || isSilentSamples(record)) continue;
    valid += 1;
    const configuration = (record[0] ?? 0) >> 3;
    counts.set(configuration, (counts.get(configuration) ?? 0) + 1);
  }
  const total = Math.max(1, records.length);
  return {
    valid: valid / total,
    alike: Math.max(0, ...counts.values()) / total,
  };
}

/** True for a row of equal bytes, which are valid as a packet and are samples of silence. */
function isSilentSamples(record: Uint8Array): boolean {
  const start = record.subarray(0, SILENT_BYTES);
  return start.length === SILENT_BYTES && start.every((byte) => byte === start[0]);
}

/** What ended the reading of records. */
export type RecordsEnd = 'complete' | 'cut-off' | 'damaged';

/**
 * Yields the records of a file, one piece of it in memory at a time, and returns how they ended: `cut-off` in
 * the middle of a record, `damaged` before bytes that are no record.
 */
export async function* readRecords(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, RecordsEnd> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let at = 0;
    while (at + LENGTH_BYTES <= rest.length) {
      const size = new DataView(rest.buffer, rest.byteOffset + at, LENGTH_BYTES).getUint32(0, true);
      if (size === 0 || size > MAX_RECORD_BYTES) return 'damaged';
      if (at + LENGTH_BYTES + size > rest.length) break;
      yield rest.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + size);
      at += LENGTH_BYTES + size;
    }
    rest = rest.subarray(at);
  }
  return rest.length === 0 ? 'complete' : 'cut-off';
}
