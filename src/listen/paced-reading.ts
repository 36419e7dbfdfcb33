import { readSync } from 'node:fs';
import type { Duplex } from 'node:stream';

/** A read of this many bytes or more: the sender is faster than the pace, so that reading goes on. */
const FULL_READ_BYTES = 16 * 1024;
/** What was read until it is copied, a moment later. */
const read = Buffer.alloc(FULL_READ_BYTES);

/**
 * The part of a socket that reads from the kernel. Node does not document it. `pause` of a stream is no
 * substitute: it goes on reading, into a buffer of its own.
 */
interface ReadHandle {
  readStart(): number;
  readStop(): number;
  /** File descriptor; absent or -1 if there is none. */
  readonly fd?: number;
}

/**
 * Reads a socket once for many small messages instead of once for each: after a read it rests, and what comes
 * in the meantime waits in the kernel until `read`. An event for each frame of 20 ms costs more than everything
 * else that is done with the frame.
 */
export class PacedReading {
  readonly #socket: Duplex;
  readonly #handle: ReadHandle | null;
  readonly #onData = (bytes: Uint8Array): void => {
    this.#reads += 1;
    if (bytes.length < FULL_READ_BYTES) this.#rest();
  };
  #reads = 0;
  #begun = false;
  #resting = false;

  /** @param socket if it cannot be paced it is read as always */
  constructor(socket: Duplex) {
    this.#socket = socket;
    this.#handle = readHandleOf(socket);
  }

  /** How often something was read since `begin`. */
  get reads(): number {
    return this.#reads;
  }

  /** From now on the socket rests after each read. `read` must be called regularly. */
  begin(): void {
    if (this.#begun || this.#handle === null) return;
    this.#begun = true;
    this.#socket.on('data', this.#onData);
  }

  /** Reads what has come, at once or in this turn of the event loop, or else the next that comes. */
  read(): void {
    if (this.#resting && !this.#readAtOnce()) this.#goOn();
  }

  /**
   * Reads without the event loop, which would be asked to watch the socket, be woken by the next frame, and be told to
   * watch it no more. False if nothing has come, or more than one read takes, or the connection may have ended: the
   * event loop finds out.
   */
  #readAtOnce(): boolean {
    const fd = this.#handle?.fd ?? -1;
    // What TLS has encrypted is not for us; what nobody takes would have to be kept.
    if (fd < 0 || 'encrypted' in this.#socket || this.#socket.readableFlowing !== true)
      return false;
    const length = readBytes(fd);
    if (length === 0) return false;
    this.#socket.push(Buffer.from(read.subarray(0, length)));
    return length < FULL_READ_BYTES;
  }

  /** Reads as always again. */
  end(): void {
    if (!this.#begun) return;
    this.#begun = false;
    this.#socket.off('data', this.#onData);
    this.#goOn();
  }

  /** Has the event loop read. */
  #goOn(): void {
    if (!this.#resting) return;
    this.#resting = false;
    if (!this.#socket.destroyed) this.#handle?.readStart();
  }

  #rest(): void {
    if (this.#resting || this.#socket.destroyed) return;
    this.#resting = true;
    this.#handle?.readStop();
  }
}

/** Reads into `read` what a socket has received. Returns the number of bytes; 0 if there is none, or it has ended. */
function readBytes(fd: number): number {
  try {
    return readSync(fd, read, 0, FULL_READ_BYTES, null);
  } catch {
    // Nothing has come (EAGAIN), or the connection is broken: the next read of the event loop says which.
    return 0;
  }
}

function readHandleOf(socket: Duplex): ReadHandle | null {
  const handle: unknown = '_handle' in socket ? socket._handle : null;
  return isReadHandle(handle) ? handle : null;
}

function isReadHandle(handle: unknown): handle is ReadHandle {
  if (typeof handle !== 'object' || handle === null) return false;
  return (
    'readStart' in handle &&
    typeof handle.readStart === 'function' &&
    'readStop' in handle &&
    typeof handle.readStop === 'function'
  );
}
