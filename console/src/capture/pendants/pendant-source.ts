import {
  type FrameFormat,
  type FrameListener,
  type FrameSource,
  SourceError,
  type SourceProblem,
} from '../frame-source.ts';
import type { Pendant, PendantKind } from './pendant.ts';

/** Pauses between attempts to connect again, milliseconds; the last one repeats. */
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];

const KINDS = Object.values(
  import.meta.glob<{ kind: PendantKind }>('./*-pendant.ts', { eager: true }),
).map(({ kind }) => kind);

/** Whether this browser can talk to a pendant at all. */
export function hasBluetooth(): boolean {
  return 'bluetooth' in navigator && navigator.bluetooth !== undefined;
}

/**
 * A pendant that is connected straight to the browser. Once chosen it is connected again after each loss
 * of its connection, until the recording is stopped; what it said meanwhile counts as lost.
 */
export class PendantSource implements FrameSource {
  readonly hasLevel = false;
  readonly #kinds: readonly PendantKind[];
  #device: BluetoothDevice | undefined;
  /** Aborted by `stop`; undefined before the first start. */
  #running: AbortController | undefined;
  #isReconnecting = false;
  #format: FrameFormat | undefined;
  /** When the connection was lost, milliseconds of `performance.now`; undefined while there is one. */
  #lostAt: number | undefined;
  #attempts = 0;

  constructor(kinds: readonly PendantKind[] = KINDS) {
    this.#kinds = kinds;
  }

  async start(listener: FrameListener): Promise<FrameFormat> {
    this.#device ??= await choose(this.#kinds);
    const device = this.#device;
    const running = new AbortController();
    this.#running = running;
    device.addEventListener(
      'gattserverdisconnected',
      () => void this.#reconnect(device, listener, running.signal),
      { signal: running.signal },
    );
    try {
      this.#format = await this.#connect(device, listener, running.signal);
    } catch (error) {
      if (error instanceof SourceError) throw error;
      throw new SourceError('unreachable', error);
    }
    return this.#format;
  }

  async stop(): Promise<void> {
    this.#running?.abort();
    this.#lostAt = undefined;
    this.#device?.gatt?.disconnect();
  }

  async #connect(
    device: BluetoothDevice,
    listener: FrameListener,
    signal: AbortSignal,
  ): Promise<FrameFormat> {
    if (!device.gatt) throw new SourceError('unsupported');
    const server = await device.gatt.connect();
    const pendant = await this.#open(server);
    const { format } = pendant;
    if (this.#format && this.#format.codec !== format.codec) throw new SourceError('unsupported');
    await pendant.frames({
      frame: (bytes) => {
        if (signal.aborted) return;
        this.#countPause(listener);
        listener.frame(bytes);
      },
      lost: (ms) => listener.lost(ms),
    });
    listener.linked(device.name ?? '');
    await pendant.battery((percent) => listener.battery(percent));
    await pendant.button((press) => listener.pressed(press));
    await pendant.photos((jpeg) => listener.photo(jpeg));
    this.#attempts = 0;
    return format;
  }

  async #open(server: BluetoothRemoteGATTServer): Promise<Pendant> {
    for (const kind of this.#kinds) {
      const pendant = await kind.connect(server);
      if (pendant) return pendant;
    }
    throw new SourceError('unsupported');
  }

  async #reconnect(
    device: BluetoothDevice,
    listener: FrameListener,
    signal: AbortSignal,
  ): Promise<void> {
    this.#lostAt ??= performance.now();
    listener.linked(null);
    if (this.#isReconnecting) return;
    this.#isReconnecting = true;
    try {
      while (!signal.aborted && !device.gatt?.connected) {
        const delay = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)];
        this.#attempts += 1;
        await new Promise((resolve) => setTimeout(resolve, delay));
        if (!signal.aborted) await this.#tryAgain(device, listener, signal);
      }
    } finally {
      this.#isReconnecting = false;
    }
  }

  /** One attempt. That the pendant is out of reach is no reason to give up; another codec is. */
  async #tryAgain(
    device: BluetoothDevice,
    listener: FrameListener,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#connect(device, listener, signal);
    } catch (error) {
      if (error instanceof SourceError) {
        this.#running?.abort();
        listener.ended(error.problem);
      } else device.gatt?.disconnect();
    }
  }

  /** The first frame after a loss of the connection tells how long it was. */
  #countPause(listener: FrameListener): void {
    if (this.#lostAt === undefined) return;
    listener.lost(performance.now() - this.#lostAt);
    this.#lostAt = undefined;
  }
}

async function choose(kinds: readonly PendantKind[]): Promise<BluetoothDevice> {
  if (!hasBluetooth()) throw new SourceError('no-bluetooth');
  try {
    return await navigator.bluetooth.requestDevice({
      filters: kinds.flatMap(({ filters }) => filters),
      optionalServices: kinds.flatMap(({ services }) => services),
    });
  } catch (error) {
    throw new SourceError(problemOf(error), error);
  }
}

function problemOf(error: unknown): SourceProblem {
  const name = error instanceof DOMException ? error.name : '';
  // Also what the browser says when its user closes the list of devices.
  if (name === 'NotFoundError') return 'not-chosen';
  return name === 'SecurityError' || name === 'NotAllowedError' ? 'denied' : 'no-bluetooth';
}
