import { findCharacteristic, followBattery, subscribe } from './gatt.ts';
import type { PendantKind } from './pendant.ts';

const SERVICE = '1a3fd0e7-b1f3-ac9e-2e49-b647b2c4f8da';
const AUDIO = '01000000-1111-1111-1111-111111111111';
const FRAME_BYTES = 30;
/** A notification is three LC3 frames and five bytes that are not audio. */
const FRAMES = 3;

/** The LC3 frames of a notification, each to be sent by itself. */
export function framesOf(notification: Uint8Array): Uint8Array[] {
  const count = Math.min(FRAMES, Math.floor(notification.length / FRAME_BYTES));
  return Array.from({ length: count }, (_, index) =>
    notification.slice(index * FRAME_BYTES, (index + 1) * FRAME_BYTES),
  );
}

/** The Friend pendant: LC3, 16 kHz, 10 ms; it has no counter, no button and no camera. */
export const kind: PendantKind = {
  name: 'Friend',
  filters: [{ services: [SERVICE] }],
  services: [SERVICE, 0x180f],
  async connect(server) {
    const audio = await findCharacteristic(server, SERVICE, AUDIO);
    if (!audio) return null;
    return {
      format: { codec: 'lc3_fs1030', sampleRate: 16_000, frameMs: 10 },
      frames: (listener) =>
        subscribe(audio, (bytes) => {
          for (const frame of framesOf(bytes)) listener.frame(frame);
        }),
      battery: (listener) => followBattery(server, listener),
      button: async () => false,
      photos: async () => false,
    };
  },
};
