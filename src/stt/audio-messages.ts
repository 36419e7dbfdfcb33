import { randomInt } from 'node:crypto';
import type { AudioBatch, AudioFormat } from '../audio/audio-format.ts';
import { OggOpusWriter } from '../audio/ogg-opus.ts';
import { opusPacketDurationMs } from '../audio/opus-packet.ts';

/** Turns batches into the binary messages of one connection. */
export interface AudioMessages {
  /** Messages to send now; none of them is empty: to some services an empty one means the end. */
  push(batch: AudioBatch): Uint8Array[];
  /** What is left at the end of the audio. */
  flush(): Uint8Array[];
}

/** Audio that is sent at once at least, so that tiny frames do not cost a message each. */
const MIN_PCM_MS = 30;

/** PCM as it is; Opus in the pages of one Ogg stream. */
export function createAudioMessages(format: AudioFormat): AudioMessages {
  return format.encoding === 'pcm-s16le'
    ? new PcmMessages(format.sampleRate)
    : new OggMessages(format.sampleRate);
}

class PcmMessages implements AudioMessages {
  readonly #minBytes: number;
  #pending: Uint8Array[] = [];
  #bytes = 0;

  constructor(sampleRate: number) {
    this.#minBytes = (sampleRate * 2 * MIN_PCM_MS) / 1000;
  }

  push(batch: AudioBatch): Uint8Array[] {
    for (const frame of batch.frames) {
      this.#pending.push(frame);
      this.#bytes += frame.length;
    }
    return this.#bytes >= this.#minBytes ? this.flush() : [];
  }

  flush(): Uint8Array[] {
    if (this.#bytes === 0) return [];
    const [first] = this.#pending;
    // A batch that was decoded is in one piece already.
    const message =
      first && this.#pending.length === 1 ? first : Buffer.concat(this.#pending, this.#bytes);
    this.#pending = [];
    this.#bytes = 0;
    return [message];
  }
}

/** Whole pages, a batch a message; the header pages travel with the first. */
class OggMessages implements AudioMessages {
  readonly #writer: OggOpusWriter;
  #started = false;

  constructor(inputSampleRate: number) {
    this.#writer = new OggOpusWriter({
      serial: randomInt(2 ** 32),
      channels: 1,
      inputSampleRate,
      preSkip: 0,
    });
  }

  push(batch: AudioBatch): Uint8Array[] {
    const packets = batch.frames.filter((packet) => opusPacketDurationMs(packet) !== null);
    if (packets.length === 0) return [];
    const pages = this.#writer.pages(packets);
    if (this.#started) return [pages];
    this.#started = true;
    return [Buffer.concat([this.#writer.headers(), pages])];
  }

  flush(): Uint8Array[] {
    return [];
  }
}
