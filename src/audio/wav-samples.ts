import { clamp16, littleEndian } from './pcm-bytes.ts';
import { decodeImaBlock, decodeMsBlock } from './wav-adpcm.ts';
import type { WavHeader } from './wav-header.ts';

/** Turns whole blocks of a WAV file into signed 16-bit mono. */
export type WavDecoder = (blocks: Uint8Array) => Uint8Array;

/** Decodes samples as a header describes them; channels are mixed to their mean. */
export function wavDecoder(header: WavHeader): WavDecoder {
  if (header.encoding === 'ima-adpcm') return byBlock(header, decodeImaBlock);
  if (header.encoding === 'ms-adpcm') return byBlock(header, decodeMsBlock);
  const { blockBytes, channels, width } = header;
  return (blocks) => {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
    const read = sampleReader(view, header);
    const count = Math.floor(blocks.length / blockBytes);
    const mono = new Int16Array(count);
    for (let i = 0; i < count; i += 1) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel += 1) {
        sum += read(i * blockBytes + channel * width);
      }
      mono[i] = clamp16(Math.round(sum / channels));
    }
    return littleEndian(mono);
  };
}

/** Reads one sample at a byte position, scaled to 16 bits and not yet rounded. */
function sampleReader(view: DataView, header: WavHeader): (at: number) => number {
  const { encoding, width, isLittleEndian } = header;
  switch (encoding) {
    case 'float':
      return floatReader(view, width, isLittleEndian);
    case 'a-law':
      return (at) => A_LAW[view.getUint8(at)] ?? 0;
    case 'mu-law':
      return (at) => MU_LAW[view.getUint8(at)] ?? 0;
    default:
      return integerReader(view, width, isLittleEndian);
  }
}

function integerReader(view: DataView, width: number, isLittle: boolean): (at: number) => number {
  if (width === 1) return (at) => (view.getUint8(at) - 128) * 256;
  if (width === 2) return (at) => view.getInt16(at, isLittle);
  if (width === 4) return (at) => view.getInt32(at, isLittle) / 65_536;
  return isLittle
    ? (at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256
    : (at) => view.getInt16(at, false) + view.getUint8(at + 2) / 256;
}

function floatReader(view: DataView, width: number, isLittle: boolean): (at: number) => number {
  const read = width === 4 ? view.getFloat32.bind(view) : view.getFloat64.bind(view);
  return (at) => {
    const value = read(at, isLittle);
    return Number.isFinite(value) ? value * 32_768 : 0;
  };
}

/** ITU-T G.711: the 256 values of both laws as 16-bit samples. */
const A_LAW = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = ((code & 15) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return code & 0x80 ? size : -size;
});
const MU_LAW = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return code & 0x80 ? -size : size;
});

function byBlock(
  { blockBytes, channels }: WavHeader,
  decode: (block: Uint8Array, channels: number) => Int16Array,
): WavDecoder {
  return (blocks) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < blocks.length; at += blockBytes) {
      parts.push(littleEndian(decode(blocks.subarray(at, at + blockBytes), channels)));
    }
    return Buffer.concat(parts);
  };
}
