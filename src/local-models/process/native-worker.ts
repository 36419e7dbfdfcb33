import type { FromNative, NativeEngine, NativeSession, ToNative } from './native-protocol.ts';

/** Closed sessions after which their native memory is collected. */
const COLLECT_AFTER = 8;

/**
 * Serves the server's messages in a child process: loads the model, and lets its sessions take
 * turns, one native call at a time. Ends with the server, however that ends.
 *
 * @param load makes the engine of the `load` message's configuration; throws what is wrong with it
 */
export function serveNative(load: (config: unknown) => NativeEngine | Promise<NativeEngine>): void {
  const worker = new NativeWorker(load);
  process.on('message', (message) => worker.take(message as ToNative));
  process.on('disconnect', () => process.exit(0));
}

class NativeWorker {
  readonly #load: (config: unknown) => NativeEngine | Promise<NativeEngine>;
  readonly #sessions = new Map<number, NativeSession>();
  #engine: NativeEngine | undefined;
  /** The work so far: messages are served in order. */
  #work: Promise<void> = Promise.resolve();
  #closedSessions = 0;

  constructor(load: (config: unknown) => NativeEngine | Promise<NativeEngine>) {
    this.#load = load;
  }

  take(message: ToNative): void {
    this.#work = this.#work.then(() => this.#serve(message));
  }

  async #serve(message: ToNative): Promise<void> {
    const session = message.type === 'load' ? null : message.session;
    try {
      if (message.type === 'load') await this.#start(message.config);
      else if (message.type === 'close') this.#forget(message.session);
      else if (message.type === 'open') this.#open(message.session, message.options);
      else await this.#feed(message);
    } catch (error) {
      if (session !== null) this.#forget(session);
      const text = error instanceof Error ? error.message : String(error);
      tell({ type: 'failed', session, message: text });
    }
  }

  async #start(config: unknown): Promise<void> {
    this.#engine = await this.#load(config);
    tell({ type: 'loaded', info: this.#engine.info, rssBytes: process.memoryUsage.rss() });
  }

  #open(session: number, options: unknown): void {
    if (this.#engine === undefined) throw new Error('No model is loaded.');
    this.#sessions.set(session, this.#engine.open(options));
  }

  async #feed(message: Extract<ToNative, { type: 'audio' | 'end' }>): Promise<void> {
    const session = this.#sessions.get(message.session);
    // It has failed before, and the server knows.
    if (session === undefined) return;
    const begunAt = performance.now();
    const isAudio = message.type === 'audio';
    const outputs = isAudio ? await session.push(toSamples(message.pcm)) : await session.end();
    if (!isAudio) this.#forget(message.session);
    const busyMs = performance.now() - begunAt;
    const rssBytes = process.memoryUsage.rss();
    const type = isAudio ? 'heard' : 'ended';
    tell({ type, session: message.session, outputs, busyMs, rssBytes });
  }

  /** Native memory is freed by the garbage collector, which does not know how much there is. */
  #forget(session: number): void {
    if (!this.#sessions.delete(session)) return;
    this.#closedSessions += 1;
    if (this.#closedSessions % COLLECT_AFTER === 0) globalThis.gc?.();
  }
}

function tell(message: FromNative): void {
  // The server may have ended; `disconnect` follows.
  if (process.connected) process.send?.(message);
}

/** The library takes floats only; integers give silence without a word. */
function toSamples(pcm: Uint8Array): Float32Array {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const samples = new Float32Array(pcm.byteLength >> 1);
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(i * 2, true) / 32_768;
  return samples;
}
