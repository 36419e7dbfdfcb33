import { createAudioDecoder } from '../../../simulators/deepgram-audio-decoder.ts';
import { SpeechRecogniser } from '../../../simulators/speech-recogniser.ts';
import { wordNumbers } from './numbered-speech.ts';

const RATE = 16_000;

/**
 * A script for a page whose microphone changes nothing: what is spoken are tones, which a filter of noise would
 * remove. The page tells `storedPackets` what it stores.
 */
export const PLAIN_MICROPHONE = `{
  // What the browser has stored is what has to arrive: a busy machine may drop sound before.
  let packets = [];
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    if (this.name === 'frames') packets.push(value.toBase64());
    return put.call(this, value, key);
  };
  setInterval(() => {
    if (packets.length > 0) void storedPackets(packets.splice(0));
  }, 250);
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = function () {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return getUserMedia.call(this, { audio });
  };
}`;

/** The numbers of the words in Opus packets that come piece by piece. */
export class HeardWords {
  readonly numbers: number[] = [];
  readonly #decoder = createAudioDecoder('opus', RATE);
  readonly #recogniser = new SpeechRecogniser(RATE, null);

  push(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      const samples = this.#decoder.decode(packet);
      for (const { text } of this.#recogniser.push(samples)) {
        this.numbers.push(...wordNumbers(text));
      }
    }
  }
}
