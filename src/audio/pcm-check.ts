/** Samples that are looked at before it is decided. */
const SAMPLES = 8_000;
/** Loudness from which noise is suspect: uniformly random samples have 0.58 of full scale. */
const LOUD = 0.25 * 32_768;
/** Neighbouring samples of sound are alike; for random ones this ratio is 2. */
const RANDOM = 1.5;

/**
 * Tells signed 16-bit little-endian PCM from coded audio by its first bytes. Coded bytes read as samples
 * are loud noise without any likeness between neighbours, which no microphone records.
 */
export class PcmCheck {
  #previous = 0;
  #samples = 0;
  #energy = 0;
  #difference = 0;
  #oddByte: number | undefined;

  /** True while more bytes are needed to decide. */
  get isOpen(): boolean {
    return this.#samples < SAMPLES;
  }

  /** Takes the next bytes. Returns false once it is certain that they are no PCM. */
  take(bytes: Uint8Array): boolean {
    let at = 0;
    if (this.#oddByte !== undefined && bytes.length > 0) {
      this.#add(this.#oddByte, bytes[0] ?? 0);
      at = 1;
    }
    for (; at + 1 < bytes.length && this.isOpen; at += 2) {
      this.#add(bytes[at] ?? 0, bytes[at + 1] ?? 0);
    }
    this.#oddByte = at < bytes.length ? bytes[at] : undefined;
    if (this.isOpen) return true;
    const loudness = Math.sqrt(this.#energy / this.#samples);
    return loudness < LOUD || this.#difference / this.#energy < RANDOM;
  }

  #add(low: number, high: number): void {
    const sample = ((low | (high << 8)) << 16) >> 16;
    this.#energy += sample ** 2;
    this.#difference += (sample - this.#previous) ** 2;
    this.#previous = sample;
    this.#samples += 1;
  }
}
