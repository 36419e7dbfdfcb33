import { joined } from './omi-packets.ts';

const LAST = 0xffff;
const MAX_BYTES = 200 * 1024;

/** A photo as its camera took it: `turns` quarter turns, clockwise, make it stand upright. */
export interface RawPhoto {
  jpeg: Uint8Array<ArrayBuffer>;
  turns: number;
}

/**
 * Joins the image notifications of OmiGlass to photos. Each begins with its index (16 bits, little endian):
 * 0 begins a photo, 0xffff ends it. A photo with a missing notification is left out.
 * Source: Omi's Bluetooth protocol, "Image data".
 */
export class PhotoJoiner {
  readonly #onPhoto: (photo: RawPhoto) => void;
  #pieces: Uint8Array[] | null = null;
  #bytes = 0;
  #turns = 0;

  constructor(onPhoto: (photo: RawPhoto) => void) {
    this.#onPhoto = onPhoto;
  }

  push(notification: Uint8Array): void {
    const [low, high] = notification;
    if (low === undefined || high === undefined) return;
    const index = low | (high << 8);
    if (index === LAST) {
      const pieces = this.#pieces;
      this.#pieces = null;
      if (pieces && pieces.length > 0) {
        this.#onPhoto({ jpeg: joined(pieces), turns: this.#turns });
      }
      return;
    }
    if (index === 0) this.#begin(notification);
    else if (index === this.#pieces?.length) this.#add(notification.subarray(2));
    else this.#pieces = null;
  }

  #begin(notification: Uint8Array): void {
    this.#pieces = [];
    this.#bytes = 0;
    const [, , first = 0] = notification;
    // A JPEG begins with 0xff: without an orientation before it, the firmware is old and upside down.
    const isOld = first === 0xff;
    this.#turns = isOld ? 2 : first % 4;
    this.#add(notification.subarray(isOld ? 2 : 3));
  }

  #add(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > MAX_BYTES) this.#pieces = null;
    else this.#pieces?.push(piece);
  }
}
