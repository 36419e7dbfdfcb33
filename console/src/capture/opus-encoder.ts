const CONFIG: AudioEncoderConfig = {
  codec: 'opus',
  sampleRate: 16_000,
  numberOfChannels: 1,
  bitrate: 32_000,
  opus: { frameDuration: 20_000 },
};

/** True if this browser encodes Opus itself (WebCodecs). */
export async function canEncodeOpus(): Promise<boolean> {
  if (typeof AudioEncoder === 'undefined') return false;
  try {
    return (await AudioEncoder.isConfigSupported(CONFIG)).supported === true;
  } catch {
    // A browser that does not know one of the options throws instead of saying no.
    return false;
  }
}

/** Encodes frames of 320 samples at 16 kHz as Opus packets of 20 ms, in order. */
export class OpusFrameEncoder {
  readonly #encoder: AudioEncoder;
  #timestamp = 0;

  constructor(onPacket: (packet: Uint8Array) => void, onError: (error: Error) => void) {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        onPacket(packet);
      },
      error: onError,
    });
    this.#encoder.configure(CONFIG);
  }

  encode(samples: Float32Array<ArrayBuffer>): void {
    // After an error it is closed, and `onError` was called.
    if (this.#encoder.state !== 'configured') return;
    const data = new AudioData({
      format: 'f32',
      sampleRate: 16_000,
      numberOfChannels: 1,
      numberOfFrames: samples.length,
      timestamp: this.#timestamp,
      data: samples,
    });
    this.#timestamp += 20_000;
    this.#encoder.encode(data);
    data.close();
  }

  /** Gives out what is still inside, and ends. */
  async close(): Promise<void> {
    if (this.#encoder.state !== 'configured') return;
    await this.#encoder.flush();
    this.#encoder.close();
  }
}
