const HEADER_BYTES = 3;
const COUNTER_END = 0x1_0000;
/** A larger jump is a pendant that counts from the start again: a minute is lost with its connection. */
const MAX_JUMP = 6_000;

/**
 * Joins the audio notifications of an Omi pendant to packets. A notification begins with the number of
 * its packet (16 bits, little endian, wraps) and the index of the piece within it (8 bits).
 * Source: Omi's Bluetooth protocol, "Audio data".
 */
export class PacketJoiner {
  readonly #listener: { packet(bytes: Uint8Array): void; lost(packets: number): void };
  #number: number | undefined;
  /** Pieces of the packet that is being joined; null once one of them was lost. */
  #pieces: Uint8Array[] | null = [];

  constructor(listener: { packet(bytes: Uint8Array): void; lost(packets: number): void }) {
    this.#listener = listener;
  }

  /** Takes one notification. A packet is given out when the next one begins. */
  push(notification: Uint8Array): void {
    const [low, high, index] = notification;
    if (low === undefined || high === undefined || index === undefined) return;
    const number = low | (high << 8);
    const payload = notification.subarray(HEADER_BYTES);
    if (number !== this.#number) {
      this.flush();
      this.#count(number);
      this.#number = number;
      this.#pieces = index === 0 ? [payload] : null;
    } else if (this.#pieces && index === this.#pieces.length) this.#pieces.push(payload);
    else if (this.#pieces && index > this.#pieces.length) this.#pieces = null;
    // A piece that came before is a repetition.
  }

  /** Gives out the packet that is being joined: nothing more of it comes. */
  flush(): void {
    if (this.#number === undefined) return;
    const pieces = this.#pieces;
    this.#pieces = [];
    if (pieces === null) this.#listener.lost(1);
    else if (pieces.length > 0) this.#listener.packet(joined(pieces));
  }

  #count(number: number): void {
    if (this.#number === undefined) return;
    const missing = (number - this.#number - 1 + COUNTER_END) % COUNTER_END;
    if (missing > 0 && missing < MAX_JUMP) this.#listener.lost(missing);
  }
}

/** Cuts a run of bytes into frames of one length; a rest waits for what comes. */
export class FrameCutter {
  readonly #length: number;
  readonly #onFrame: (frame: Uint8Array) => void;
  #rest = new Uint8Array(0);

  constructor(length: number, onFrame: (frame: Uint8Array) => void) {
    this.#length = length;
    this.#onFrame = onFrame;
  }

  push(bytes: Uint8Array): void {
    const all = joined([this.#rest, bytes]);
    const end = all.length - (all.length % this.#length);
    for (let at = 0; at < end; at += this.#length) {
      this.#onFrame(all.slice(at, at + this.#length));
    }
    this.#rest = all.slice(end);
  }
}

/** Decodes mu-law (ITU-T G.711) to signed 16-bit little-endian samples. */
export function fromMuLaw(bytes: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes.length * 2));
  for (const [index, byte] of bytes.entries()) {
    const code = ~byte & 0xff;
    const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    view.setInt16(index * 2, code & 0x80 ? 0x84 - magnitude : magnitude - 0x84, true);
  }
  return new Uint8Array(view.buffer);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
