import { framesOf } from './friend-frames.ts';
import { findCharacteristic, followBattery, subscribe } from './gatt.ts';
import type { PendantKind } from './pendant.ts';

const SERVICE = '1a3fd0e7-b1f3-ac9e-2e49-b647b2c4f8da';
const AUDIO = '01000000-1111-1111-1111-111111111111';

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
