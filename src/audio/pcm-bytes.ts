/** Channels of decoded sound, each from -1 to 1, mixed to one of signed 16 bits. */
export function mixToPcm16(channels: readonly Float32Array[], samples: number): Uint8Array {
  const pcm = new Int16Array(samples);
  const scale = 32_768 / Math.max(1, channels.length);
  for (let i = 0; i < samples; i += 1) {
    let sum = 0;
    for (const channel of channels) sum += channel[i] ?? 0;
    pcm[i] = clamp16(Math.round(sum * scale));
  }
  return littleEndian(pcm);
}

/** The bytes of samples, little-endian whatever the order of this machine. */
export function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : bytes.swap16();
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A sample within signed 16 bits. */
export function clamp16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
