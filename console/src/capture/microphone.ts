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

/** The microphone of this device: Opus if the browser can encode it, else 16-bit PCM. */
export class Microphone implements FrameSource {
  #stream: MediaStream | undefined;
  #context: AudioContext | undefined;
  #encoder: OpusFrameEncoder | undefined;
  #stopped = false;

  async start(listener: FrameListener): Promise<FrameFormat> {
    const stream = await openMicrophone();
    this.#stream = stream;
    for (const track of stream.getAudioTracks()) {
      track.addEventListener('ended', () => {
        if (!this.#stopped) listener.ended('unplugged');
      });
    }
    const isOpus = await canEncodeOpus();
    if (isOpus) {
      this.#encoder = new OpusFrameEncoder(
        (packet) => listener.frame(packet),
        () => listener.ended('unsupported'),
      );
    }
    const node = await this.#connect(stream);
    let loudest = 0;
    let frames = 0;
    node.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => {
      if (this.#stopped) return;
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

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    await this.#context?.close();
    await this.#encoder?.close();
  }

  /** Some browsers connect a microphone only at its own rate: then the worklet resamples. */
  async #connect(stream: MediaStream): Promise<AudioWorkletNode> {
    for (const options of [{ sampleRate: RATE }, {}]) {
      const context = new AudioContext({ ...options, latencyHint: 'interactive' });
      try {
        const source = context.createMediaStreamSource(stream);
        await context.audioWorklet.addModule(workletUrl);
        const node = new AudioWorkletNode(context, 'omi-frames', {
          numberOfInputs: 1,
          numberOfOutputs: 1,
          channelCount: 1,
          channelCountMode: 'explicit',
        });
        // A node that leads nowhere is not run; it gives no sound out.
        source.connect(node).connect(context.destination);
        await context.resume();
        this.#context = context;
        return node;
      } catch (error) {
        await context.close();
        if (!('sampleRate' in options)) throw new SourceError('unsupported', error);
      }
    }
    throw new SourceError('unsupported');
  }
}

async function openMicrophone(): Promise<MediaStream> {
  // Browsers hide the microphone from pages that came over plain http.
  if (!navigator.mediaDevices) throw new SourceError('insecure');
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
