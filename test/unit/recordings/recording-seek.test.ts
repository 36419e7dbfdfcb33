import { describe, expect, it } from 'vitest';
import { OggOpusWriter } from '../../../src/audio/ogg-opus.ts';
import { type ByteSource, readOpusPackets } from '../../../src/audio/ogg-seek.ts';

/** Packets of 20 ms (TOC 0x48: SILK, one frame) with their number in them, of different lengths. */
const PACKETS = Array.from({ length: 30_000 }, (_, i) => {
  const packet = new Uint8Array(20 + (i % 60) + (i % 500 === 0 ? 600 : 0)).fill(i % 251);
  packet[0] = 0x48;
  new DataView(packet.buffer).setUint32(1, i);
  return packet;
});
const GRANULES = 960;

function fileOf(packetsPerPage: number): Uint8Array {
  const options = { serial: 1, channels: 1, inputSampleRate: 16_000, preSkip: 0 } as const;
  const writer = new OggOpusWriter(options);
  const parts = [writer.headers()];
  for (let at = 0; at < PACKETS.length; at += packetsPerPage) {
    parts.push(writer.pages(PACKETS.slice(at, at + packetsPerPage)));
  }
  return Buffer.concat([...parts, writer.end()]);
}

/** Hands bytes out in small pieces and counts them. */
class CountedSource implements ByteSource {
  readonly size: number;
  bytesRead = 0;
  readonly #file: Uint8Array;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.size = file.length;
  }

  async *read(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += 4_096) {
      const piece = this.#file.slice(at, Math.min(end, at + 4_096));
      this.bytesRead += piece.length;
      yield piece;
    }
  }
}

describe.each([50, 1, 400])('an Ogg/Opus file with %d packets to a page', (packetsPerPage) => {
  const file = fileOf(packetsPerPage);

  it.each([0, 1, 49, 50, 51, 12_345, 20_000, 29_950, 29_999])(
    'is read from packet %d on without what is before',
    async (index) => {
      const source = new CountedSource(file);
      const read: number[] = [];
      for await (const { packet, granule } of readOpusPackets(source, index * GRANULES)) {
        expect(granule).toBe((index + read.length) * GRANULES);
        expect(Buffer.compare(packet, PACKETS[index + read.length] ?? packet)).toBe(0);
        read.push(new DataView(packet.buffer, packet.byteOffset).getUint32(1));
        if (read.length === 120) break;
      }
      expect(read).toEqual(
        Array.from({ length: Math.min(120, PACKETS.length - index) }, (_, i) => index + i),
      );
      // Some windows of 64 kB on the way to it, not the file.
      expect(source.bytesRead).toBeLessThan(file.length / 2);
    },
  );

  it('has nothing behind its end', async () => {
    const rest: unknown[] = [];
    const end = PACKETS.length * GRANULES;
    for await (const packet of readOpusPackets(new CountedSource(file), end)) rest.push(packet);
    expect(rest).toEqual([]);
  });
});
