import { Decoder } from '@evan/opus';
import { OggOpusReader } from '../../src/audio/ogg-opus.ts';
import { joinSamples, pcmSamples } from '../fixtures/pcm-samples.ts';

/** Decodes what a client sends; throws for what the real service would call undecodable. */
export interface DeepgramAudioDecoder {
  decode(message: Uint8Array): Int16Array;
}

/** @param encoding of the query; null for containerised audio */
export function createAudioDecoder(
  encoding: string | null,
  sampleRate: number,
): DeepgramAudioDecoder {
  if (encoding === 'linear16') return new Linear16();
  if (encoding === 'opus') return new RawOpus(sampleRate);
  return new OggOpus(sampleRate);
}

class Linear16 implements DeepgramAudioDecoder {
  #odd: Uint8Array = new Uint8Array(0);
  #first = true;

  decode(message: Uint8Array): Int16Array {
    if (this.#first && startsWith(message, 'OggS', 'RIFF')) throw new Error('a container as raw');
    this.#first = false;
    const bytes = Buffer.concat([this.#odd, message]);
    const even = bytes.length - (bytes.length % 2);
    this.#odd = bytes.subarray(even);
    return pcmSamples(bytes.subarray(0, even));
  }
}

/** libopus as an independent package, not the decoder of the product. */
class RawOpus implements DeepgramAudioDecoder {
  readonly #decoder: Decoder;

  constructor(sampleRate: number) {
    this.#decoder = new Decoder({ channels: 1, sample_rate: sampleRate as 16000 });
  }

  decode(packet: Uint8Array): Int16Array {
    return pcmSamples(this.#decoder.decode(Buffer.from(packet)));
  }
}

class OggOpus implements DeepgramAudioDecoder {
  readonly #reader = new OggOpusReader();
  readonly #opus: RawOpus;
  #first = true;

  constructor(sampleRate: number) {
    this.#opus = new RawOpus(sampleRate);
  }

  decode(message: Uint8Array): Int16Array {
    if (this.#first && !startsWith(message, 'OggS')) throw new Error('no container');
    this.#first = false;
    return joinSamples(this.#reader.push(message).map((packet) => this.#opus.decode(packet)));
  }
}

function startsWith(message: Uint8Array, ...names: string[]): boolean {
  return names.includes(Buffer.from(message.subarray(0, 4)).toString('latin1'));
}
