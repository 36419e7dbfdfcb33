/** Rates of the ADTS header's index, hertz (ISO/IEC 14496-3, table 1.18). */
export const ADTS_SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  7_350,
];
/** Samples of one raw data block. */
const BLOCK_SAMPLES = 1024;
const HEADER_BYTES = 7;

/** Divides evenly by every rate above, so that a block is a whole number of ticks at each. */
export const AAC_TICKS_PER_SECOND = 28_224_000;

/**
 * Length of a message of whole ADTS frames, in ticks of which there are `AAC_TICKS_PER_SECOND`; 0
 * where it is anything else. Reads the headers only (ISO/IEC 14496-3, 1.A.2.2).
 */
export function aacMessageTicks(message: Uint8Array): number {
  let ticks = 0;
  let at = 0;
  while (at < message.length) {
    const frame = adtsFrameAt(message, at);
    if (!frame) return 0;
    ticks += frame.ticks;
    at += frame.bytes;
  }
  return ticks;
}

function adtsFrameAt(message: Uint8Array, at: number): { bytes: number; ticks: number } | null {
  const header = message.subarray(at, at + HEADER_BYTES);
  if (header.length < HEADER_BYTES) return null;
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0] = header;
  // Twelve bits of sync, then two layer bits that are always zero.
  if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return null;
  const sampleRate = ADTS_SAMPLE_RATES[(b2 >> 2) & 0x0f];
  const bytes = ((b3 & 0x03) << 11) | (b4 << 3) | (b5 >> 5);
  const crcBytes = b1 & 0x01 ? 0 : 2;
  if (sampleRate === undefined || bytes <= HEADER_BYTES + crcBytes) return null;
  if (at + bytes > message.length) return null;
  const blocks = (b6 & 0x03) + 1;
  return { bytes, ticks: (blocks * BLOCK_SAMPLES * AAC_TICKS_PER_SECOND) / sampleRate };
}
