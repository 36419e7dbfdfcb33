import type { AudioFormat } from './audio-format.ts';
import { frameDecoder } from './decode-frames.ts';
import type { VoiceActivityDetector } from './voice-activity.ts';

/** What is used of libfvad, WebRTC's detector, as WebAssembly: pointers are offsets into its heap. */
interface Fvad {
  readonly HEAP16: Int16Array;
  _malloc(bytes: number): number;
  _fvad_new(): number;
  _fvad_free(handle: number): void;
  /** 0 (takes the most for speech) to 3; answers -1 if that is refused. */
  _fvad_set_mode(handle: number, mode: number): number;
  _fvad_set_sample_rate(handle: number, rate: number): number;
  /** 1: voice, 0: none, -1: not a length that it takes. */
  _fvad_process(handle: number, samples: number, length: number): number;
}

/**
 * The detector's eagerness. Speech 30 dB below a normal recording is still found in nine frames of
 * ten; the next stricter mode loses a third of what is another 10 dB below.
 */
const MODE = 1;
const FRAME_MS = 20;
/** Sample rates that libfvad takes, hertz. */
const RATES = [8_000, 16_000, 32_000, 48_000];
const MAX_FRAME_SAMPLES = (48_000 * FRAME_MS) / 1000;

/** One module for all streams: each has a handle of its own, and they take turns at the buffer. */
let loaded: Promise<{ fvad: Fvad; buffer: number }> | undefined;

async function load(): Promise<{ fvad: Fvad; buffer: number }> {
  // @ts-expect-error: the package comes without types; `Fvad` says what is used of it.
  const { default: create } = await import('@echogarden/fvad-wasm');
  const fvad: Fvad = await create();
  return { fvad, buffer: fvad._malloc(MAX_FRAME_SAMPLES * 2) };
}

/**
 * WebRTC's voice activity detector (a Gaussian mixture over six bands, with a noise floor that
 * adapts), which needs no weights and takes some 0.03 % of a core for a stream. Loud steady noise
 * counts as voice until it is known as noise: it errs towards hearing.
 *
 * Takes PCM of any rate and, decoding them, Opus and LC3; `unsupported-codec` for AAC.
 */
export async function createWebRtcVoiceActivity(
  format: AudioFormat,
): Promise<VoiceActivityDetector> {
  loaded ??= load();
  const { fvad, buffer } = await loaded;
  const decoder = await frameDecoder(format);
  const detector = new PcmVoiceActivity(fvad, buffer, decoder.sampleRate);
  return {
    push: (frame) => detector.push(decoder.decode(frame)),
    close: () => {
      detector.close();
      decoder.close();
    },
  };
}

class PcmVoiceActivity implements VoiceActivityDetector {
  readonly #fvad: Fvad;
  readonly #buffer: number;
  readonly #handle: number;
  readonly #frame: Int16Array;
  /** Input samples to one sample that is looked at; 1 if the rate is one that libfvad takes. */
  readonly #step: number;
  #filled = 0;
  /** Where the next sample to look at lies, input samples from the next one to come. */
  #phase = 0;

  constructor(fvad: Fvad, buffer: number, sampleRate: number) {
    const rate = RATES.includes(sampleRate) ? sampleRate : sampleRate > 16_000 ? 16_000 : 8_000;
    this.#fvad = fvad;
    this.#buffer = buffer;
    this.#frame = new Int16Array((rate * FRAME_MS) / 1000);
    this.#step = sampleRate / rate;
    this.#handle = fvad._fvad_new();
    if (fvad._fvad_set_mode(this.#handle, MODE) + fvad._fvad_set_sample_rate(this.#handle, rate)) {
      throw new Error('The voice activity detector refuses its settings.');
    }
  }

  push(pcm: Uint8Array): boolean {
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    const samples = pcm.byteLength >> 1;
    let voice = false;
    let at = this.#phase;
    for (; at < samples; at += this.#step) {
      this.#frame[this.#filled] = view.getInt16(Math.floor(at) * 2, true);
      this.#filled += 1;
      if (this.#filled === this.#frame.length) voice = this.#judge() || voice;
    }
    this.#phase = at - samples;
    return voice;
  }

  #judge(): boolean {
    this.#filled = 0;
    // Read anew each time: the view is replaced when the module's memory grows.
    this.#fvad.HEAP16.set(this.#frame, this.#buffer >> 1);
    return this.#fvad._fvad_process(this.#handle, this.#buffer, this.#frame.length) === 1;
  }

  close(): void {
    this.#fvad._fvad_free(this.#handle);
  }
}
