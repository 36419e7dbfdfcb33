import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../kernel/errors.ts';
import type { AudioBatch } from './audio-format.ts';

const COMMAND = 'ffmpeg';
/** A jump of the audio's clock that is more than rounding, milliseconds. */
const GAP_MS = 1;
/** How long a failed search for ffmpeg is remembered; a successful one is kept for good. */
const LOOK_AGAIN_MS = 10_000;

/**
 * ADTS on standard input becomes PCM on standard output, as soon as it can. A frame that cannot be
 * decoded leaves a gap in the timestamps, which `aresample` fills with silence, so that what comes
 * out is as long as what went in. Options: https://ffmpeg.org/ffmpeg-all.html
 */
function decoderArguments(sampleRate: number): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'quiet', '-nostats'],
    // Probing has to see two frames, or the second one's timestamp is wrong. Not `-fflags nobuffer`:
    // it throws away the frames that were probed.
    ...['-probesize', '2048', '-analyzeduration', '0', '-flags', 'low_delay'],
    ...['-f', 'aac', '-i', 'pipe:0', '-af', 'aresample=async=1:min_hard_comp=0.01'],
    ...['-ac', '1', '-ar', String(sampleRate), '-f', 's16le', '-flush_packets', '1', 'pipe:1'],
  ];
}

let found: Promise<void> | undefined;

/** Throws `unsupported-codec`, which says what to install, if there is no ffmpeg on the PATH. */
export function requireFfmpeg(): Promise<void> {
  found ??= look().catch((error) => {
    setTimeout(() => {
      found = undefined;
    }, LOOK_AGAIN_MS).unref();
    throw error;
  });
  return found;
}

async function look(): Promise<void> {
  const child = spawn(COMMAND, ['-version'], { stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
  if (code !== 0) {
    throw new AppError(
      'unsupported-codec',
      'AAC needs the program ffmpeg on the server: apt-get install ffmpeg (Debian, Ubuntu).',
    );
  }
}

/**
 * Batches of ADTS frames as signed 16-bit little-endian mono, some 130 ms after they came in. If
 * the source steps over a gap, decoding begins anew behind it. Ends the process when the reader stops or `signal`
 * is aborted.
 *
 * @throws AppError `provider-unavailable` if the decoder's process dies
 */
export async function* decodeAac(
  source: AsyncIterable<AudioBatch>,
  sampleRate: number,
  signal: AbortSignal,
): AsyncGenerator<AudioBatch, void, undefined> {
  const batches = source[Symbol.asyncIterator]();
  let next = await batches.next();
  while (!next.done && !signal.aborted) {
    const decoder = new AacProcess(sampleRate, signal);
    try {
      const fed = decoder.feed(next.value, batches);
      // Looked at below; until then its failure must not count as unhandled.
      fed.catch(() => undefined);
      yield* decoder.output(next.value.startMs);
      next = await fed;
    } finally {
      decoder.stop();
    }
  }
}

/** One run of ffmpeg over audio without a gap. */
class AacProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #sampleRate: number;
  readonly #signal: AbortSignal;
  readonly #stop = () => this.stop();
  readonly #exited: Promise<number | null>;
  #stopped = false;

  constructor(sampleRate: number, signal: AbortSignal) {
    this.#sampleRate = sampleRate;
    this.#signal = signal;
    this.#child = spawn(COMMAND, decoderArguments(sampleRate), {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', () => resolve(null));
      this.#child.once('exit', resolve);
    });
    // A process that has died is noticed by its exit code.
    this.#child.stdin.on('error', () => this.#child.stdin.destroy());
    signal.addEventListener('abort', this.#stop, { once: true });
    if (signal.aborted) this.stop();
  }

  /** Writes batches up to a gap or the end; answers the one behind the gap. */
  async feed(
    first: AudioBatch,
    batches: AsyncIterator<AudioBatch>,
  ): Promise<IteratorResult<AudioBatch>> {
    const { stdin } = this.#child;
    let next: IteratorResult<AudioBatch> = { done: false, value: first };
    let expectedMs = first.startMs;
    while (!next.done && Math.abs(next.value.startMs - expectedMs) <= GAP_MS && !stdin.destroyed) {
      expectedMs = next.value.startMs + next.value.durationMs;
      if (!stdin.write(Buffer.concat(next.value.frames))) {
        await drained(stdin);
      }
      next = await batches.next();
    }
    stdin.end();
    return next;
  }

  /** What comes out, from `startMs` on. */
  async *output(startMs: number): AsyncGenerator<AudioBatch, void, undefined> {
    let samples = 0;
    let odd: Buffer = Buffer.alloc(0);
    for await (const chunk of this.#child.stdout as AsyncIterable<Buffer>) {
      const bytes = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
      const even = bytes.length - (bytes.length % 2);
      odd = bytes.subarray(even);
      if (even === 0) continue;
      const from = startMs + (samples * 1000) / this.#sampleRate;
      samples += even / 2;
      const durationMs = startMs + (samples * 1000) / this.#sampleRate - from;
      yield { startMs: from, durationMs, frames: [bytes.subarray(0, even)] };
    }
    if ((await this.#exited) !== 0 && !this.#stopped) {
      throw new AppError('provider-unavailable', 'The AAC decoder ended before its audio did.');
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#signal.removeEventListener('abort', this.#stop);
    this.#child.kill('SIGKILL');
  }
}

/** Resolves when more may be written, or never will be. */
function drained(stdin: Writable): Promise<void> {
  const events = ['drain', 'close', 'error'];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stdin.off(event, done);
      resolve();
    };
    for (const event of events) stdin.on(event, done);
  });
}
