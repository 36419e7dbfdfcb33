import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AudioSource } from './audio-source.ts';

/** Bytes that are read at a time: about a second of coded speech. */
const PIECE_BYTES = 16_384;
/** How long reading and decoding may keep the event loop, milliseconds. */
const MAX_TURN_MS = 15;

/** A file from its beginning to its end, piece by piece. */
export async function* readPieces(
  source: AudioSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const turns = new Turns();
  for (let at = 0; at < source.size && !signal.aborted; at += PIECE_BYTES) {
    yield await source.read(at, at + PIECE_BYTES);
    await turns.end();
  }
}

/**
 * Lets others have their turn on the event loop: a file in memory is read and decoded without ever
 * waiting for anything.
 */
export class Turns {
  #since = performance.now();

  /** Resolves at once, or after the next turn if this one has taken long. */
  async end(): Promise<void> {
    if (performance.now() - this.#since < MAX_TURN_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}
