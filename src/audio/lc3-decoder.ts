import { AppError } from '../kernel/errors.ts';
import { LC3_FRAME_BYTES, LC3_FRAME_US, LC3_SAMPLE_RATES } from './lc3-frame.ts';

/** `LC3_PCM_FORMAT_S16` of lc3.h. */
const PCM_S16 = 0;
/** How the library is called if it is installed: Debian and Fedora, then macOS. */
const LIBRARY_NAMES = ['liblc3.so.1', 'liblc3.so.0', 'liblc3.so', 'liblc3.dylib'];

interface Lc3Library {
  /** Bytes of state that a decoder needs. */
  stateBytes(frameUs: number, sampleRate: number): number;
  /** Makes `state` a decoder, and answers what `decode` wants. */
  setup(frameUs: number, sampleRate: number, pcmRate: number, state: unknown): unknown;
  /** 0: decoded, 1: concealed, -1: an argument is wrong. Null conceals a lost frame. */
  decode(
    decoder: unknown,
    frame: Uint8Array | null,
    bytes: number,
    format: number,
    pcm: Int16Array,
    stride: number,
  ): number;
  /** Memory outside of the JavaScript heap, which never moves. */
  allocate(bytes: number): unknown;
  free(memory: unknown): void;
}

/**
 * Decodes `lc3_fs1030` to signed 16-bit little-endian mono with the system's liblc3
 * (https://github.com/google/liblc3), in this process and at once. The codec conceals frames that are
 * damaged, so that the decoded stream is exactly as long as the frames say.
 */
export class Lc3Decoder {
  readonly #library: Lc3Library;
  readonly #decoder: unknown;
  /** The memory that the decoder lives in. */
  readonly #state: unknown;
  readonly #frameSamples: number;

  private constructor(library: Lc3Library, sampleRate: number) {
    this.#library = library;
    this.#frameSamples = (sampleRate * LC3_FRAME_US) / 1_000_000;
    this.#state = library.allocate(library.stateBytes(LC3_FRAME_US, sampleRate));
    this.#decoder = library.setup(LC3_FRAME_US, sampleRate, sampleRate, this.#state);
  }

  /** Throws `unsupported-codec`, which says what to install, if LC3 cannot be decoded here. */
  static async create(sampleRate: number): Promise<Lc3Decoder> {
    if (!LC3_SAMPLE_RATES.includes(sampleRate)) {
      throw new AppError(
        'unsupported-codec',
        `LC3 has no rate of ${sampleRate} Hz; possible are ${LC3_SAMPLE_RATES.join(', ')}.`,
      );
    }
    return new Lc3Decoder(await loadLibrary(), sampleRate);
  }

  /** The audio of a message of whole frames. */
  decode(message: Uint8Array): Uint8Array {
    const frames = Math.floor(message.length / LC3_FRAME_BYTES);
    const pcm = new Int16Array(frames * this.#frameSamples);
    for (let i = 0; i < frames; i += 1) {
      const frame = message.subarray(i * LC3_FRAME_BYTES, (i + 1) * LC3_FRAME_BYTES);
      const out = pcm.subarray(i * this.#frameSamples, (i + 1) * this.#frameSamples);
      // A damaged frame is concealed by the library: the clock goes on.
      this.#library.decode(this.#decoder, frame, frame.length, PCM_S16, out, 1);
    }
    return new Uint8Array(pcm.buffer);
  }

  /** The audio of messages that follow each other. */
  decodeAll(messages: readonly Uint8Array[]): Uint8Array {
    return Buffer.concat(messages.map((message) => this.decode(message)));
  }

  /** Releases the decoder's memory; it must not be used afterwards. */
  close(): void {
    this.#library.free(this.#state);
  }
}

let loading: Promise<Lc3Library> | undefined;

function loadLibrary(): Promise<Lc3Library> {
  loading ??= openLibrary().catch((error) => {
    // Asked again at the next session: it may have been installed meanwhile.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function openLibrary(): Promise<Lc3Library> {
  let koffi: typeof import('koffi').default;
  try {
    koffi = (await import('koffi')).default;
  } catch {
    throw new AppError(
      'unsupported-codec',
      'LC3 needs the npm package koffi on the server: npm install koffi.',
    );
  }
  const library = openFirst(koffi);
  return {
    stateBytes: library.func('unsigned int lc3_decoder_size(int dt_us, int sr_hz)'),
    setup: library.func('void *lc3_setup_decoder(int dt_us, int sr_hz, int sr_pcm_hz, void *mem)'),
    decode: library.func(
      'int lc3_decode(void *decoder, const uint8_t *in, int nbytes, int fmt, _Out_ int16_t *pcm, int stride)',
    ),
    allocate: (bytes) => koffi.alloc('uint8_t', bytes),
    free: (memory) => koffi.free(memory),
  };
}

function openFirst(koffi: typeof import('koffi').default) {
  for (const name of LIBRARY_NAMES) {
    try {
      return koffi.load(name);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  throw new AppError(
    'unsupported-codec',
    'LC3 needs the library liblc3 on the server: apt-get install liblc3-0 (Debian, Ubuntu).',
  );
}
