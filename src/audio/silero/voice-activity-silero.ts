import type { AudioFormat } from '../audio-format.ts';
import { type FrameDecoder, frameDecoder } from '../decode-frames.ts';
import { Resampler } from '../resample.ts';
import type { VoiceActivityDetector } from '../voice-activity.ts';
import { createWebRtcVoiceActivity } from '../voice-activity-webrtc.ts';
import { loadSilero, newSileroState, SILERO_WINDOW, type SileroNetwork } from './silero-network.ts';

const RATE = 16_000;
/** A voice begins above the first likelihood and ends below the second: it errs towards hearing. */
const BEGINS = 0.3;
const ENDS = 0.2;

/** Peak that faint speech is brought to, and how much it is amplified at most. */
const USUAL_PEAK = 0.06;
const MAX_GAIN = 40;
/** The loudness of a window counts half after about a second. */
const PEAK_DECAY = 0.98;
/** The network works on for so long after WebRTC's detector has last heard something, samples. */
const AWAKE_SAMPLES = RATE;
/** Windows before it that bring the network's memory up to date when it begins again: 320 ms. */
const KEPT_WINDOWS = 10;

/**
 * Silero's voice activity detector: a small network that knows speech from noise and music, computed in
 * this process. WebRTC's detector, which takes a hundredth of the time and errs towards hearing, wakes it: in
 * a quiet room the network does not run. Takes PCM of any rate and, decoding them, Opus and LC3;
 * `unsupported-codec` for AAC.
 *
 * @throws Error if the weights cannot be read
 */
export async function createSileroVoiceActivity(
  format: AudioFormat,
): Promise<VoiceActivityDetector> {
  const network = await loadSilero();
  const decoder = await frameDecoder(format);
  const waker = await createWebRtcVoiceActivity({ encoding: 'pcm-s16le', sampleRate: RATE });
  return new SileroVoiceActivity(network, decoder, waker);
}

class SileroVoiceActivity implements VoiceActivityDetector {
  readonly #network: SileroNetwork;
  readonly #decoder: FrameDecoder;
  readonly #waker: VoiceActivityDetector;
  readonly #resampler: Resampler | null;
  #state = newSileroState();
  #isFresh = true;
  #window = new Float32Array(SILERO_WINDOW);
  #filled = 0;
  /** Windows that were not judged, the last ones. */
  #kept: Float32Array<ArrayBuffer>[] = [];
  /** Samples until the network may rest. */
  #awakeFor = 0;
  #isVoice = false;
  /** Loudness of late, the highest sample. */
  #peak = 0;

  constructor(network: SileroNetwork, decoder: FrameDecoder, waker: VoiceActivityDetector) {
    const { sampleRate } = decoder;
    this.#network = network;
    this.#decoder = decoder;
    this.#waker = waker;
    this.#resampler = sampleRate === RATE ? null : new Resampler(sampleRate, RATE);
  }

  push(frame: Uint8Array): boolean {
    const decoded = this.#decoder.decode(frame);
    const pcm = this.#resampler === null ? decoded : this.#resampler.push(decoded);
    const samples = pcm.byteLength >> 1;
    if (this.#waker.push(pcm)) this.#awakeFor = AWAKE_SAMPLES + samples;
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    // A frame that completes no window is as the one before.
    let voice: boolean | null = null;
    for (let i = 0; i < samples; i += 1) {
      this.#window[this.#filled] = view.getInt16(i * 2, true) / 32_768;
      this.#filled += 1;
      if (this.#filled === SILERO_WINDOW) voice = this.#judge() || voice === true;
    }
    this.#awakeFor = Math.max(0, this.#awakeFor - samples);
    return voice ?? this.#isVoice;
  }

  close(): void {
    this.#waker.close();
    this.#decoder.close();
  }

  #judge(): boolean {
    this.#filled = 0;
    if (this.#awakeFor === 0) {
      this.#rest();
      return false;
    }
    this.#isFresh = false;
    for (const window of this.#kept.splice(0)) this.#likely(window);
    const likely = this.#likely(this.#window);
    this.#isVoice = likely >= (this.#isVoice ? ENDS : BEGINS);
    return this.#isVoice;
  }

  /** The network was trained on speech of usual loudness: what is faint is amplified. */
  #likely(window: Float32Array): number {
    let peak = 0;
    for (const sample of window) peak = Math.max(peak, Math.abs(sample));
    this.#peak = Math.max(peak, this.#peak * PEAK_DECAY);
    const gain = Math.min(MAX_GAIN, Math.max(1, USUAL_PEAK / Math.max(this.#peak, 1e-6)));
    for (let i = 0; i < window.length; i += 1) window[i] = (window[i] ?? 0) * gain;
    return this.#network.judge(window, this.#state);
  }

  /** Keeps the window for the time when something is heard again. */
  #rest(): void {
    this.#isVoice = false;
    this.#kept.push(this.#window);
    const first = this.#kept.length > KEPT_WINDOWS ? this.#kept.shift() : undefined;
    this.#window = first ?? new Float32Array(SILERO_WINDOW);
    // What the network remembers is of an earlier time.
    if (this.#isFresh) return;
    this.#state = newSileroState();
    this.#isFresh = true;
  }
}
