/** `lc3_fs1030`: 30 bytes a frame, 10 ms each. */
export const LC3_FRAME_BYTES = 30;
export const LC3_FRAME_US = 10_000;
/** Rates that LC3 has, hertz (Bluetooth LC3 specification, 2.1). */
export const LC3_SAMPLE_RATES: readonly number[] = [8_000, 16_000, 24_000, 32_000, 48_000];

export const LC3_TICKS_PER_SECOND = 48_000;
const TICKS_PER_FRAME = (LC3_TICKS_PER_SECOND * LC3_FRAME_US) / 1_000_000;

/** Length of a message of whole frames in ticks; 0 if it is anything else. */
export function lc3MessageTicks(message: Uint8Array): number {
  if (message.length % LC3_FRAME_BYTES !== 0) return 0;
  return (message.length / LC3_FRAME_BYTES) * TICKS_PER_FRAME;
}
