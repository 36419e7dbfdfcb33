import type { ButtonPress, FrameFormat } from '../frame-source.ts';

export interface FramesListener {
  /** One frame of the pendant's format, in order. */
  frame(bytes: Uint8Array): void;
  /** Audio that the pendant has sent and that did not arrive, milliseconds. */
  lost(ms: number): void;
}

/**
 * A connected pendant. Each method begins one kind of notification and resolves once it runs; `false` says
 * that this pendant has none of the kind.
 */
export interface Pendant {
  readonly format: FrameFormat;
  frames(listener: FramesListener): Promise<void>;
  /** @param listener told the charge in per cent, now and at each change */
  battery(listener: (percent: number) => void): Promise<boolean>;
  button(listener: (press: ButtonPress) => void): Promise<boolean>;
  /** @param listener told each photo as a JPEG that stands upright */
  photos(listener: (jpeg: Blob) => void): Promise<boolean>;
}

/**
 * A family of pendants. A file `…-pendant.ts` in this folder that exports one as `kind` is all that a further
 * family needs.
 */
export interface PendantKind {
  /** What the user reads. */
  readonly name: string;
  /** Devices that the browser offers; each filter names a service or the beginning of a name. */
  readonly filters: readonly BluetoothLEScanFilter[];
  /** Every service that is read: the browser hides the others. */
  readonly services: readonly BluetoothServiceUUID[];
  /** The connected device as a pendant of this family; null if it is of another one. */
  connect(server: BluetoothRemoteGATTServer): Promise<Pendant | null>;
}
