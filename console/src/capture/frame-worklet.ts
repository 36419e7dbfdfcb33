/**
 * Runs in the browser's audio thread: cuts what the microphone gives into frames of 20 ms at 16 kHz
 * and sends them to the page. At another rate of the device the samples are averaged down. Any message
 * from the page is answered with what is left of a frame, then `null`: nothing that was heard is behind it.
 */
const TARGET_RATE = 16_000;
const FRAME_SAMPLES = 320;

declare const sampleRate: number;
declare function registerProcessor(name: string, processor: unknown): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class FrameProcessor extends AudioWorkletProcessor {
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;
  /** Device samples per sample of ours. */
  readonly #step = sampleRate / TARGET_RATE;
  #sum = 0;
  #count = 0;
  #position = 0;

  constructor() {
    super();
    this.port.onmessage = () => {
      if (this.#filled > 0) this.#send();
      this.port.postMessage(null);
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    if (this.#step === 1) for (const sample of channel) this.#push(sample);
    else this.#resample(channel);
    return true;
  }

  #resample(channel: Float32Array): void {
    for (const sample of channel) {
      this.#sum += sample;
      this.#count += 1;
      this.#position += 1;
      if (this.#position < this.#step) continue;
      this.#position -= this.#step;
      this.#push(this.#sum / this.#count);
      this.#sum = 0;
      this.#count = 0;
    }
  }

  #push(sample: number): void {
    this.#frame[this.#filled] = sample;
    this.#filled += 1;
    if (this.#filled === FRAME_SAMPLES) this.#send();
  }

  #send(): void {
    this.port.postMessage(this.#frame, [this.#frame.buffer]);
    this.#frame = new Float32Array(FRAME_SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor('omi-frames', FrameProcessor);
