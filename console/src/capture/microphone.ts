import { askVersion } from '../api/console-version.ts';
import {
  type FrameFormat,
  type FrameListener,
  type FrameSource,
  SourceError,
  type SourceProblem,
} from './frame-source.ts';
import workletUrl from './frame-worklet.ts?worker&url';
import { canEncodeOpus, OpusFrameEncoder } from './opus-encoder.ts';

const RATE = 16_000;
/** Frames whose loudest sample makes one level: a tenth of a second. */
const LEVEL_FRAMES = 5;
/** How long a browser may take to start the audio before the microphone is asked for, milliseconds. */
const RESUME_MS = 500;
/** How long the last frames may take to come out of the audio thread, milliseconds. */
const DRAIN_MS = 500;

/** The microphone of this device: Opus if the browser can encode it, else 16-bit PCM. */
export class Microphone implements FrameSource {
  readonly hasLevel = true;
  #stream: MediaStream | undefined;
  #context: AudioContext | undefined;
  #input: MediaStreamAudioSourceNode | undefined;
  #node: AudioWorkletNode | undefined;
  #encoder: OpusFrameEncoder | undefined;
  #stopping = false;
  #onDrained: () => void = () => undefined;

  async start(listener: FrameListener): Promise<FrameFormat> {
    // Browsers hide the microphone from pages that came over plain http.
    if (!navigator.mediaDevices) throw new SourceError('insecure');
    // First everything that takes time: what an open microphone hears before it is connected is lost.
    const isOpus = await canEncodeOpus();
    await this.#prepare({ sampleRate: RATE });
    const stream = await openMicrophone();
    this.#use(stream, listener);
    if (isOpus) {
      this.#encoder = new OpusFrameEncoder(
        (packet) => listener.frame(packet),
        () => listener.ended('unsupported'),
      );
    }
    const node = await this.#connect(stream);
    let loudest = 0;
    let frames = 0;
    // Frames that came before are waiting: a port is opened by its first listener.
    node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer> | null>) => {
      if (data === null) {
        this.#onDrained();
        return;
      }
      for (const sample of data) loudest = Math.max(loudest, Math.abs(sample));
      frames += 1;
      if (frames === LEVEL_FRAMES) {
        listener.level(loudest);
        loudest = 0;
        frames = 0;
      }
      if (this.#encoder) this.#encoder.encode(data);
      else listener.frame(toPcm16(data));
    };
    return { codec: isOpus ? 'opus_fs320' : 'pcm16', sampleRate: RATE, frameMs: 20 };
  }

  #use(stream: MediaStream, listener: FrameListener): void {
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) {
      track.addEventListener('ended', () => void this.#replace(listener));
    }
  }

  /** The microphone was unplugged: the one that the browser now gives goes on, if there is any. */
  async #replace(listener: FrameListener): Promise<void> {
    if (this.#stopping || !this.#context || !this.#node) return;
    try {
      const stream = await openMicrophone();
      this.#use(stream, listener);
      if (this.#stopping) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.#input?.disconnect();
      this.#input = this.#context.createMediaStreamSource(stream);
      this.#input.connect(this.#node);
      listener.replaced(stream.getAudioTracks()[0]?.label ?? '');
    } catch {
      // No other one can be opened, or it does not fit: the words so far are kept.
      if (!this.#stopping) listener.ended('unplugged');
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    await this.#drain();
    if (this.#context?.state !== 'closed') await this.#context?.close();
    await this.#encoder?.close();
  }

  /** Waits for the frames that the audio thread has sent, the last one filled up with silence. */
  async #drain(): Promise<void> {
    const node = this.#node;
    if (!node || this.#context?.state !== 'running') return;
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    node.port.postMessage('drain');
    await Promise.race([drained, after(DRAIN_MS)]);
  }

  /** Makes an audio graph that only lacks its microphone. */
  async #prepare(options: AudioContextOptions): Promise<void> {
    const context = new AudioContext({ ...options, latencyHint: 'interactive' });
    this.#context = context;
    // It runs at once after a click; else once the microphone is allowed, see `#join`.
    const running = context.resume().catch(() => undefined);
    await addWorklet(context);
    this.#node = new AudioWorkletNode(context, 'omi-frames', {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    // A node that leads nowhere is not run; it gives no sound out.
    this.#node.connect(context.destination);
    await Promise.race([running, after(RESUME_MS)]);
  }

  /** Some browsers connect a microphone only at its own rate: then the worklet resamples. */
  async #connect(stream: MediaStream): Promise<AudioWorkletNode> {
    try {
      return await this.#join(stream);
    } catch {
      await this.#context?.close();
      await this.#prepare({});
      return await this.#join(stream).catch((error) => {
        throw new SourceError('unsupported', error);
      });
    }
  }

  async #join(stream: MediaStream): Promise<AudioWorkletNode> {
    if (!this.#context || !this.#node) throw new SourceError('unsupported');
    this.#input = this.#context.createMediaStreamSource(stream);
    this.#input.connect(this.#node);
    await this.#context.resume();
    return this.#node;
  }
}

async function addWorklet(context: AudioContext): Promise<void> {
  try {
    await context.audioWorklet.addModule(workletUrl);
  } catch (error) {
    const page = await askVersion();
    throw new SourceError(page === 'current' ? 'unsupported' : page, error);
  }
}

/** Loads what the microphone needs into the browser's cache: a recording may begin without a network. */
export async function prepareMicrophone(): Promise<void> {
  // Without a network now it is loaded with the recording.
  await fetch(workletUrl).catch(() => undefined);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function openMicrophone(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        channelCount: 1,
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
      },
    });
  } catch (error) {
    throw new SourceError(problemOf(error), error);
  }
}

function problemOf(error: unknown): SourceProblem {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'NotReadableError') return 'no-device';
  return 'unsupported';
}

function toPcm16(samples: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  for (const [index, sample] of samples.entries()) {
    view.setInt16(index * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  }
  return new Uint8Array(view.buffer);
}
