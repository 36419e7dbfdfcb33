import { basename } from 'node:path';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { startChild } from '../kernel/start-child.ts';
import { inspectModel, type LocalModel } from '../local-models/model-folder.ts';
import { NativeProcess } from '../local-models/process/native-process.ts';
import { normalised, type VoiceVector } from './voice-vector.ts';

/** Makes vectors of voices. */
export interface VoiceModel {
  /** Name that is stored with vectors: those of another model cannot be compared. */
  readonly id: string;
  /** Hertz of the audio that it takes. */
  readonly sampleRate: number;
  /**
   * Returns the vector of speech of one person; null if there is too little of it, or nothing in it.
   *
   * @param samples signed 16-bit mono at `sampleRate`
   * @throws AppError `invalid-model`, `not-configured`, `provider-unavailable`, `aborted`
   */
  embed(samples: Int16Array, signal: AbortSignal): Promise<VoiceVector | null>;
  /** Loads the model. @throws AppError as `embed` */
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface VoiceModelOptions {
  /** Catalogue id or path, for messages and beside vectors. */
  id: string;
  folder: string;
  /** Threads of one computation. */
  threads: number;
  /** The model leaves memory if nobody has used it for so long, milliseconds. */
  idleMs: number;
  logger: Logger;
}

/** What the child process is told to load. */
export interface EmbeddingConfig {
  /** The library's configuration of the extractor. */
  extractor: Readonly<Record<string, unknown>>;
  sampleRate: number;
}

const SAMPLE_RATE = 16_000;
/** The library makes a vector of a single frame, too, which says nothing. */
const MIN_MS = 300;
/** Samples that never go beyond this are silence. */
const SILENT_PEAK = 64;
/** More of one voice says no more about it, milliseconds. */
const MAX_MS = 20_000;

/** A speaker embedding model in a child process, which starts when a voice is to be computed. */
export class LocalVoiceModel implements VoiceModel {
  readonly id: string;
  readonly sampleRate = SAMPLE_RATE;
  readonly #o: VoiceModelOptions;
  #process: Promise<NativeProcess> | null = null;

  constructor(options: VoiceModelOptions) {
    this.#o = options;
    this.id = basename(options.id);
  }

  async embed(samples: Int16Array, signal: AbortSignal): Promise<VoiceVector | null> {
    const part = samples.subarray(0, (SAMPLE_RATE * MAX_MS) / 1000);
    if (part.length < (SAMPLE_RATE * MIN_MS) / 1000 || isSilent(part)) return null;
    const process = await this.#started();
    const stream = await process.open({}, signal);
    const close = () => stream.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      const pcm = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      const pushed = Promise.allSettled([stream.push(pcm)]);
      stream.end();
      let vector: VoiceVector | null = null;
      for await (const output of stream.outputs) vector = normalised(output as Float32Array);
      await pushed;
      signal.throwIfAborted();
      return vector;
    } finally {
      signal.removeEventListener('abort', close);
      stream.close();
    }
  }

  async check(signal: AbortSignal): Promise<void> {
    const process = await this.#started();
    await process.load(signal);
  }

  /** Id of the child process; undefined if there is none. */
  async pid(): Promise<number | undefined> {
    return (await this.#process)?.pid;
  }

  /** Memory of the child process as it told last, bytes; 0 if there is none. */
  async rssBytes(): Promise<number> {
    return (await this.#process)?.rssBytes ?? 0;
  }

  async close(): Promise<void> {
    const process = await this.#process?.catch(() => null);
    await process?.close();
  }

  /** The files may be mended before it is asked for again. */
  #started(): Promise<NativeProcess> {
    this.#process ??= this.#start().catch((error) => {
      this.#process = null;
      throw error;
    });
    return this.#process;
  }

  async #start(): Promise<NativeProcess> {
    const { id, folder, threads, idleMs, logger } = this.#o;
    const model = await inspectVoiceModel(id, folder);
    const config: EmbeddingConfig = {
      extractor: { ...model.modelConfig, numThreads: threads, provider: 'cpu', debug: 0 },
      sampleRate: SAMPLE_RATE,
    };
    return new NativeProcess({
      name: `The voice model ${basename(id)}`,
      start: () =>
        startChild(import.meta.url, './embedding-worker', { nodeOptions: ['--expose-gc'] }),
      config,
      bytesPerSecond: SAMPLE_RATE * 2,
      idleMs,
      logger,
    });
  }
}

/**
 * Checks the files of a voice model.
 *
 * @throws AppError `not-configured` if it is not there, `invalid-model` if it is not a voice model
 */
export async function inspectVoiceModel(id: string, folder: string): Promise<LocalModel> {
  const model = await inspectModel(folder).catch((cause) => {
    if (!(cause instanceof AppError) || cause.code !== 'not-found') throw cause;
    throw new AppError(
      'not-configured',
      `The voice model ${id} is not there. Get one with \`omi-backend models pull\`, or check VOICE_MODEL.`,
      { cause },
    );
  });
  if (model.task === 'speaker-embedding') return model;
  throw new AppError(
    'invalid-model',
    `The model ${basename(id)} does not tell voices apart: it is a ${model.title}.`,
  );
}

function isSilent(samples: Int16Array): boolean {
  return samples.every((sample) => Math.abs(sample) <= SILENT_PEAK);
}
