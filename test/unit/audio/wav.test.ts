import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWav, parseWav } from '../../../src/audio/wav.ts';
import { isAppError } from '../../../src/kernel/errors.ts';
import { dataDirectory } from '../../simulators/speech-clips.ts';

interface Shape {
  code: number;
  channels: number;
  rate: number;
  bits: number;
}

/** A WAV file with the data as they are. */
function wav({ code, channels, rate, bits }: Shape, data: Uint8Array, extensible = false): Buffer {
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE((rate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(code, 24);
  const chunk = (name: string, body: Uint8Array): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(name), size, body, Buffer.alloc(body.length % 2)]);
  };
  const chunks = [chunk('fmt ', format), chunk('LIST', Buffer.from('odd')), chunk('data', data)];
  return Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WAVE'), ...chunks]);
}

const of = (count: number, write: (buffer: Buffer, i: number) => void, width: number): Buffer => {
  const buffer = Buffer.alloc(count * width);
  for (let i = 0; i < count; i += 1) write(buffer, i);
  return buffer;
};
/** A file with another size of its samples, or of the whole. */
function withSize(file: Buffer, size: number, at = 40): Buffer {
  file.writeUInt32LE(size, at);
  return file;
}

const levels = [0, 0.5, -0.5, -1];
const expected = [0, 16_384, -16_384, -32_768];

describe('parseWav', () => {
  it('reads what encodeWav wrote', () => {
    fc.assert(
      fc.property(
        fc.int16Array({ minLength: 1, maxLength: 400 }),
        fc.constantFrom(8000, 16_000, 44_100, 48_000),
        (samples, sampleRate) => {
          const read = parseWav(encodeWav(samples, sampleRate));
          expect(read.samples).toEqual(samples);
          expect(read).toMatchObject({ sampleRate, channels: 1 });
          expect(read.durationMs).toBeCloseTo((samples.length * 1000) / sampleRate);
        },
      ),
    );
  });

  it.each([
    ['8-bit', 1, 8, of(4, (b, i) => b.writeUInt8(128 + (levels[i] ?? 0) * 128, i), 1)],
    ['16-bit', 1, 16, of(4, (b, i) => b.writeInt16LE((levels[i] ?? 0) * 2 ** 15, i * 2), 2)],
    ['24-bit', 1, 24, of(4, (b, i) => b.writeIntLE((levels[i] ?? 0) * 2 ** 23, i * 3, 3), 3)],
    ['32-bit', 1, 32, of(4, (b, i) => b.writeInt32LE((levels[i] ?? 0) * 2 ** 31, i * 4), 4)],
    ['float', 3, 32, of(4, (b, i) => b.writeFloatLE(levels[i] ?? 0, i * 4), 4)],
    ['double', 3, 64, of(4, (b, i) => b.writeDoubleLE(levels[i] ?? 0, i * 8), 8)],
  ])('converts %s samples', (_name, code, bits, data) => {
    for (const extensible of [false, true]) {
      const file = wav({ code, channels: 1, rate: 16_000, bits }, data, extensible);
      expect([...parseWav(file).samples]).toEqual(expected);
    }
  });

  it('clips what is too loud and silences what is no number', () => {
    const data = Buffer.alloc(12);
    data.writeFloatLE(7, 0);
    data.writeFloatLE(-7, 4);
    data.writeFloatLE(Number.NaN, 8);
    const file = wav({ code: 3, channels: 1, rate: 16_000, bits: 32 }, data);
    expect([...parseWav(file).samples]).toEqual([32_767, -32_768, 0]);
  });

  it('mixes channels down to one', () => {
    const data = Buffer.alloc(8);
    for (const [i, sample] of [1000, 3000, -500, 500].entries()) data.writeInt16LE(sample, i * 2);
    const read = parseWav(wav({ code: 1, channels: 2, rate: 48_000, bits: 16 }, data));
    expect([...read.samples]).toEqual([2000, 0]);
    expect(read.channels).toBe(2);
  });

  it('reads a stream whose length was not known when it was written', () => {
    const file = Buffer.from(encodeWav(Int16Array.of(1, 2, 3), 16_000));
    file.writeUInt32LE(0xffffffff, 40);
    expect([...parseWav(file).samples]).toEqual([1, 2, 3]);
  });

  it.each<[string, (file: Buffer) => Buffer]>([
    ['of size 0', (file) => withSize(file, 0)],
    ['of unknown size', (file) => withSize(file, 0xffffffff)],
    ['larger than the file', (file) => withSize(file, 1_000_000)],
    ['of size 0 in a file of size 0', (file) => withSize(withSize(file, 0), 0, 4)],
  ])('reads samples %s to the end, as a recorder that died leaves them', (_what, change) => {
    const file = change(Buffer.from(encodeWav(Int16Array.of(1, 2, 3), 16_000)));
    expect([...parseWav(file).samples]).toEqual([1, 2, 3]);
    // Half a sample at the end is none.
    expect([...parseWav(file.subarray(0, -1)).samples]).toEqual([1, 2]);
  });

  it('takes samples of size 0 before other chunks for none', () => {
    const empty = wav(pcm, Buffer.alloc(0));
    const list = Buffer.from('LIST\u0004\0\0\0INFO');
    expect(() => parseWav(Buffer.concat([empty, list]))).toThrow(/no audio/);
  });

  it('finds the samples behind an odd chunk whether or not it is padded', () => {
    const file = wav(pcm, Buffer.from([1, 0, 2, 0]));
    const at = file.indexOf('LIST');
    expect([...parseWav(file).samples]).toEqual([1, 2]);
    const unpadded = Buffer.concat([file.subarray(0, at + 11), file.subarray(at + 12)]);
    expect([...parseWav(unpadded).samples]).toEqual([1, 2]);
  });

  it('takes the format from behind the samples', () => {
    const file = wav(pcm, Buffer.from([1, 0, 2, 0]));
    const [format, data] = [file.subarray(12, 36), file.subarray(file.indexOf('data'))];
    const swapped = Buffer.concat([file.subarray(0, 12), data, format]);
    expect([...parseWav(swapped).samples]).toEqual([1, 2]);
  });

  it('reads RF64 by the size in its own chunk, and to the end without one', () => {
    for (const size of [4n, 0n]) {
      const large = Buffer.alloc(36);
      large.write('ds64');
      large.writeUInt32LE(28, 4);
      large.writeBigUInt64LE(size, 16);
      const file = withSize(Buffer.from(encodeWav(Int16Array.of(1, 2, 3), 16_000)), 0xffffffff);
      const rf64 = Buffer.concat([
        Buffer.from('RF64\xff\xff\xff\xffWAVE', 'latin1'),
        large,
        file.subarray(12),
      ]);
      expect([...parseWav(rf64).samples]).toEqual(size === 0n ? [1, 2, 3] : [1, 2]);
    }
  });

  it.each([
    ['A-law', 6, [0xd5, 0x55, 0xaa, 0x2a, 0x80], [8, -8, 32_256, -32_256, 5_504]],
    ['mu-law', 7, [0xff, 0x7f, 0x80, 0x00, 0xf0], [0, 0, 32_124, -32_124, 120]],
  ])('decodes %s', (_name, code, bytes, samples) => {
    const file = wav({ code, channels: 1, rate: 8_000, bits: 8 }, Buffer.from(bytes));
    expect([...parseWav(file).samples]).toEqual(samples);
  });

  it('reads samples of fewer bits than their place has', () => {
    const file = wav({ ...pcm, bits: 16 }, Buffer.from([0x10, 0x00, 0xf0, 0xff]));
    file.writeUInt16LE(12, 34);
    expect([...parseWav(file).samples]).toEqual([16, -16]);
  });

  it('reads big-endian files', () => {
    const file = wav(pcm, Buffer.from([0, 1, 0, 2]));
    file.write('RIFX');
    for (const at of [16, 24, 28]) file.subarray(at, at + 4).reverse();
    for (const at of [20, 22, 32, 34]) file.subarray(at, at + 2).reverse();
    for (const name of ['LIST', 'data']) {
      const at = file.indexOf(name) + 4;
      file.subarray(at, at + 4).reverse();
    }
    expect([...parseWav(file).samples]).toEqual([1, 2]);
  });

  it('refuses a file of nothing but chunks', () => {
    const chunks = Buffer.concat(Array.from({ length: 2_000 }, () => Buffer.from('JUNK\0\0\0\0')));
    const file = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), chunks]);
    expect(() => parseWav(file)).toThrow(/more than 1000 chunks/);
  });

  const pcm = { code: 1, channels: 1, rate: 16_000, bits: 16 };
  it.each([
    ['no RIFF', Buffer.from('ID3 is another format'), /RIFF/],
    ['nothing', Buffer.alloc(0), /RIFF/],
    ['no audio', wav(pcm, Buffer.alloc(0)), /no audio/],
    ['another encoding', wav({ ...pcm, code: 49 }, Buffer.alloc(8)), /format 49/],
    ['strange bits', wav({ ...pcm, bits: 40 }, Buffer.alloc(8)), /40 bits/],
    ['no channels', wav({ ...pcm, channels: 0 }, Buffer.alloc(8)), /0 channels/],
    ['a strange rate', wav({ ...pcm, rate: 3 }, Buffer.alloc(8)), /3 Hz/],
    ['no data', wav(pcm, Buffer.alloc(2)).subarray(0, 40), /no data chunk/],
    ['no format', Buffer.from('RIFF\0\0\0\0WAVE'), /no format chunk/],
  ])('says of a file with %s what is wrong', (_name, file, message) => {
    expect(() => parseWav(file)).toThrow(
      expect.objectContaining({ code: 'bad-request', message: expect.stringMatching(message) }),
    );
  });

  it('answers any bytes with audio or a bad request', () => {
    const valid = wav(pcm, Buffer.alloc(20));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(255))), fc.nat(80), (changes, length) => {
        const file = Buffer.from(valid.subarray(0, length));
        for (const [at, value] of changes) if (at < file.length) file[at] = value;
        try {
          return parseWav(file).samples.length > 0;
        } catch (error) {
          return isAppError(error, 'bad-request');
        }
      }),
    );
  });

  const folder = path.join(dataDirectory(), 'speech');
  const there = existsSync(folder);
  if (!there) console.log(`no real speech at ${folder}: set OMI_DATA_DIR to use it`);
  it.skipIf(!there)('says what is wrong with real broken files', () => {
    const read = (name: string) => () => parseWav(readFileSync(path.join(folder, name)));
    expect(read('malformed-1.wav')).toThrow(/format chunk claims 1717986918 bytes/);
    expect(read('malformed-2.wav')).toThrow(/sample rate of 1092676 Hz/);
    expect(read('librivox-0870.wav')().durationMs).toBeCloseTo(7100, -1);
  });
});
