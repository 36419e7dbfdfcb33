import { currentTime } from '../../api/server-clock.ts';
import type { ButtonPress, FrameFormat } from '../frame-source.ts';
import { findCharacteristic, followBattery, subscribe } from './gatt.ts';
import { FrameCutter, fromMuLaw, PacketJoiner } from './omi-packets.ts';
import { PhotoJoiner } from './omi-photos.ts';
import type { FramesListener, Pendant, PendantKind } from './pendant.ts';
import { upright } from './upright-photo.ts';

const omi = (part: string) => `19b100${part}-e8f2-537e-4f6c-d104768a1214`;
const AUDIO = { service: omi('00'), data: omi('01'), codec: omi('02') };
const CAMERA = { data: omi('05'), control: omi('06') };
const TIME = { service: omi('30'), write: omi('31') };
const BUTTON = {
  service: '23ba7924-0000-1000-7450-346eac492e92',
  trigger: '23ba7925-0000-1000-7450-346eac492e92',
};
/** One photo every five seconds, the unit being a second. */
const PHOTO_EVERY_5_S = 5;

interface Codec {
  format: FrameFormat;
  /** Bytes of a frame if packets are cut into frames; null if each packet is a frame. */
  frameBytes: number | null;
  decode: (packet: Uint8Array) => Uint8Array;
}

const asIs = (packet: Uint8Array) => packet;
const opus = (codec: 'opus' | 'opus_fs320', frameMs: number): Codec => ({
  format: { codec, sampleRate: 16_000, frameMs },
  frameBytes: null,
  decode: asIs,
});
/** Frames of 20 ms with 16-bit samples, which is what the server calls `pcm8` and `pcm16`. */
const pcm = (sampleRate: 8_000 | 16_000, decode: Codec['decode']): Codec => ({
  format: { codec: sampleRate === 8_000 ? 'pcm8' : 'pcm16', sampleRate, frameMs: 20 },
  frameBytes: sampleRate / 25,
  decode,
});

/** By the codec byte of the pendant. Source: Omi's Bluetooth protocol, "Codec type". */
const CODECS: Readonly<Record<number, Codec>> = {
  0: pcm(16_000, asIs),
  1: pcm(8_000, asIs),
  10: pcm(16_000, fromMuLaw),
  11: pcm(8_000, fromMuLaw),
  20: opus('opus', 10),
  21: opus('opus_fs320', 20),
};
/** What the phone app takes an unknown codec for. */
const OLDEST = pcm(8_000, asIs);

const PRESSES: Readonly<Record<number, ButtonPress>> = {
  1: 'single',
  2: 'double',
  3: 'long',
  4: 'down',
  5: 'up',
};

/** Omi pendants, Omi DevKits and OmiGlass. */
export const kind: PendantKind = {
  name: 'Omi',
  filters: [
    { services: [AUDIO.service] },
    { namePrefix: 'Omi' },
    { namePrefix: 'Friend' },
    { namePrefix: 'OmiGlass' },
  ],
  services: [AUDIO.service, TIME.service, BUTTON.service, 0x180f, 0x180a],
  async connect(server) {
    const data = await findCharacteristic(server, AUDIO.service, AUDIO.data);
    if (!data) return null;
    await writeTime(server);
    return new OmiPendant(server, data, await readCodec(server));
  },
};

class OmiPendant implements Pendant {
  readonly #server: BluetoothRemoteGATTServer;
  readonly #data: BluetoothRemoteGATTCharacteristic;
  readonly #codec: Codec;

  constructor(
    server: BluetoothRemoteGATTServer,
    data: BluetoothRemoteGATTCharacteristic,
    codec: Codec,
  ) {
    this.#server = server;
    this.#data = data;
    this.#codec = codec;
  }

  get format(): FrameFormat {
    return this.#codec.format;
  }

  async frames(listener: FramesListener): Promise<void> {
    const { frameBytes, decode, format } = this.#codec;
    const cutter = frameBytes
      ? new FrameCutter(frameBytes, (frame) => listener.frame(frame))
      : null;
    let packetMs = format.frameMs;
    const joiner = new PacketJoiner({
      packet: (packet) => {
        const bytes = decode(packet);
        if (!cutter || !frameBytes) {
          listener.frame(bytes);
          return;
        }
        packetMs = (bytes.length / frameBytes) * format.frameMs;
        cutter.push(bytes);
      },
      lost: (packets) => listener.lost(packets * packetMs),
    });
    this.#server.device.addEventListener('gattserverdisconnected', () => joiner.flush(), {
      once: true,
    });
    await subscribe(this.#data, (bytes) => joiner.push(bytes));
  }

  battery(listener: (percent: number) => void): Promise<boolean> {
    return followBattery(this.#server, listener);
  }

  async button(listener: (press: ButtonPress) => void): Promise<boolean> {
    const trigger = await findCharacteristic(this.#server, BUTTON.service, BUTTON.trigger);
    if (!trigger) return false;
    await subscribe(trigger, ([code]) => {
      const press = code === undefined ? undefined : PRESSES[code];
      if (press) listener(press);
    });
    return true;
  }

  async photos(listener: (jpeg: Blob) => void): Promise<boolean> {
    const [data, control] = await Promise.all([
      findCharacteristic(this.#server, AUDIO.service, CAMERA.data),
      findCharacteristic(this.#server, AUDIO.service, CAMERA.control),
    ]);
    if (!data || !control) return false;
    const joiner = new PhotoJoiner((photo) => void upright(photo).then(listener));
    await subscribe(data, (bytes) => joiner.push(bytes));
    await control.writeValueWithResponse(new Uint8Array([PHOTO_EVERY_5_S]));
    return true;
  }
}

async function readCodec(server: BluetoothRemoteGATTServer): Promise<Codec> {
  const characteristic = await findCharacteristic(server, AUDIO.service, AUDIO.codec);
  const value = await characteristic?.readValue();
  return (value && value.byteLength > 0 ? CODECS[value.getUint8(0)] : undefined) ?? OLDEST;
}

/**
 * Sets the pendant's clock: seconds since 1970. Old firmware has none, or refuses: then only the times of
 * recordings that it makes without a phone are wrong.
 */
async function writeTime(server: BluetoothRemoteGATTServer): Promise<void> {
  const characteristic = await findCharacteristic(server, TIME.service, TIME.write);
  if (!characteristic) return;
  const seconds = new DataView(new ArrayBuffer(4));
  seconds.setUint32(0, Math.floor(currentTime() / 1000), true);
  await characteristic.writeValueWithResponse(seconds).catch(() => undefined);
}
