import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OggOpusReader, OggOpusWriter } from '../../../src/audio/ogg-opus.ts';
import {
  OGG_CONTINUED,
  OGG_FIRST,
  OGG_LAST,
  OggPageReader,
  oggCrc,
} from '../../../src/audio/ogg-page.ts';
import { opusPackets } from '../../fixtures/speech-audio.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';

const speech = synthesise([{ speaker: 0, text: 'A page can hold many packets.' }]);
const packets = opusPackets(speech.samples, 16_000, 20);
const writer = (): OggOpusWriter =>
  new OggOpusWriter({ serial: 77, channels: 1, inputSampleRate: 16_000, preSkip: 312 });

/** A valid code 0 packet of the given size and 20 ms, filled with a pattern. */
function packetOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i === 0 ? 1 << 3 : i % 251));
}

/** A valid packet of any size: code 3 with padding. */
function bigPacket(size: number): Uint8Array {
  const packet = new Uint8Array(size);
  packet[0] = (1 << 3) | 3;
  packet[1] = 0x40 | 1;
  let padding = size - 3;
  let at = 2;
  while (padding >= 255) {
    packet[at] = 255;
    padding -= 255;
    at += 1;
  }
  packet[at] = padding;
  return packet;
}

describe('Ogg/Opus', () => {
  it('has the checksum of RFC 3533', () => {
    // The check value of this CRC (polynomial 04c11db7, no reflection, start and xor 0).
    expect(oggCrc(Buffer.from('123456789', 'latin1'))).toBe(0x89a1897f);
  });

  it('has the same checksum as a shift of each bit, for each number of bytes left over', () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 167 + 13) & 0xff);
    for (let length = 0; length <= bytes.length; length += 1) {
      let expected = 0;
      for (const byte of bytes.subarray(0, length)) {
        expected ^= byte << 24;
        for (let bit = 0; bit < 8; bit += 1) {
          expected = expected < 0 ? (expected << 1) ^ 0x04c11db7 : expected << 1;
        }
      }
      expect(oggCrc(bytes.subarray(0, length))).toBe(expected >>> 0);
    }
  });

  it('begins with the header pages of RFC 7845', () => {
    const pages = new OggPageReader().push(writer().headers());
    expect(
      pages.map(({ flags, granulePosition, serial, sequence }) => [
        flags,
        granulePosition,
        serial,
        sequence,
      ]),
    ).toEqual([
      [OGG_FIRST, 0n, 77, 0],
      [0, 0n, 77, 1],
    ]);
    expect(Buffer.from(pages[0]?.body ?? []).toString('hex')).toBe(
      `${Buffer.from('OpusHead').toString('hex')}0101${'3801'}${'803e0000'}000000`,
    );
    expect(Buffer.from(pages[1]?.body ?? []).toString('latin1')).toBe(
      'OpusTags\x0b\0\0\0omi-backend\0\0\0\0',
    );
  });

  it('counts 48 kHz samples over all pages, whatever the calls', () => {
    const out = writer();
    const reader = new OggPageReader();
    const pages = [
      out.headers(),
      out.pages(packets.slice(0, 3)),
      out.pages(packets.slice(3, 5)),
      out.end(),
    ].flatMap((bytes) => reader.push(bytes));
    expect(pages.map((page) => page.granulePosition)).toEqual([0n, 0n, 2880n, 4800n, 4800n]);
    expect(pages.map((page) => page.sequence)).toEqual([0, 1, 2, 3, 4]);
    expect(pages.at(-1)?.flags).toBe(OGG_LAST);
  });

  it('gives the packets back, cut and joined anyhow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1276 }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 3000 }),
        (sizes, groups, chunk) => {
          const source = sizes.map(packetOf);
          const out = writer();
          const parts = [out.headers()];
          for (let at = 0, i = 0; at < source.length; i += 1) {
            const count = groups[i % groups.length] ?? 1;
            parts.push(out.pages(source.slice(at, at + count)));
            at += count;
          }
          parts.push(out.end());
          const stream = Buffer.concat(parts);
          const reader = new OggOpusReader();
          const read: Uint8Array[] = [];
          for (let at = 0; at < stream.length; at += chunk) {
            read.push(...reader.push(stream.subarray(at, at + chunk)));
          }
          expect(read.map((p) => Buffer.from(p).toString('hex'))).toEqual(
            source.map((p) => Buffer.from(p).toString('hex')),
          );
          expect(reader.head).toEqual({ channels: 1, preSkip: 312, inputSampleRate: 16_000 });
          expect(reader.granulePosition).toBe(BigInt(source.length * 960));
          expect(reader.skippedBytes).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('continues a packet that is larger than a page on the next', () => {
    const big = bigPacket(100_000);
    const out = writer();
    const bytes = Buffer.concat([out.headers(), out.pages([packetOf(10), big, packetOf(20)])]);
    const pages = new OggPageReader().push(bytes).slice(2);
    expect(pages.map(({ flags }) => flags)).toEqual([0, 0, OGG_CONTINUED]);
    expect(pages[1]?.granulePosition).toBe(-1n);
    const read = new OggOpusReader().push(bytes);
    expect(read.map((packet) => packet.length)).toEqual([10, 100_000, 20]);
    expect(Buffer.from(read[1] ?? []).equals(big)).toBe(true);
  });

  it('skips damaged pages and finds the next', () => {
    const out = writer();
    const head = out.headers();
    const pages = [0, 1, 2].map((i) => out.pages(packets.slice(i * 2, i * 2 + 2)));
    const damaged = Uint8Array.from(pages[1] ?? []);
    damaged[40] = (damaged[40] ?? 0) ^ 0xff;
    const reader = new OggOpusReader();
    const read = reader.push(
      Buffer.concat([
        head,
        pages[0] ?? head,
        Buffer.from('noise OggS noise'),
        damaged,
        pages[2] ?? head,
      ]),
    );
    expect(read.map((p) => Buffer.from(p).toString('hex'))).toEqual(
      [0, 1, 4, 5].map((i) => Buffer.from(packets[i] ?? []).toString('hex')),
    );
    expect(reader.skippedBytes).toBe(16 + damaged.length);
  });

  it('refuses to write what is not Opus', () => {
    expect(() => writer().pages([new Uint8Array(0)])).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });
});
