import { existsSync } from 'node:fs';
import type { VoiceActivityFactory } from '../../../audio/voice-activity.ts';
import { createWebRtcVoiceActivity } from '../../../audio/voice-activity-webrtc.ts';
import { AppError, isAppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { findCatalogueModel } from '../../../local-models/catalogue/catalogue.ts';
import { inspectModel, type LocalModel } from '../../../local-models/model-folder.ts';
import { ModelLibrary } from '../../../local-models/model-library.ts';
import type { SttProvider } from '../../stt-provider.ts';
import { LocalRecogniser } from './local-recogniser.ts';
import { type LocalModelChoice, localServices } from './local-services.ts';
import { recogniserProcess } from './recogniser-process.ts';

export interface LocalSttSettings extends LocalModelChoice {
  /** Folder of downloaded models. */
  modelsDir: string;
  /** Folder of an English punctuation model, null for none. */
  punctuation: string | null;
  /** Threads of one step of recognition. */
  threads: number;
  /** Streams at a time of one model; null: as many as the machine keeps up with. */
  maxStreams: number | null;
  logger: Logger;
  /** An unused model is removed from memory after this time, milliseconds. */
  idleMs: number;
  createDetector: VoiceActivityFactory;
}

export const LOCAL_STT_DEFAULTS = {
  model: null,
  fileModel: null,
  languages: null,
  punctuation: null,
  threads: 1,
  maxStreams: null,
  idleMs: 10 * 60_000,
  createDetector: createWebRtcVoiceActivity,
} as const satisfies Partial<LocalSttSettings>;

/**
 * Speech recognition on this machine, by `sherpa-onnx-node` in a child process a model. What is not
 * given in `settings` is taken from `LOCAL_STT_DEFAULTS`. Never retries.
 */
export function createLocalProvider(
  settings: Pick<LocalSttSettings, 'modelsDir' | 'logger'> & Partial<LocalSttSettings>,
): Required<SttProvider> {
  const complete: LocalSttSettings = { ...LOCAL_STT_DEFAULTS, ...settings };
  const library = new ModelLibrary(complete.modelsDir);
  const recognisers = new Recognisers(complete, library);
  warnOfMissing(complete, library);
  return {
    name: 'local',
    capabilities: {
      encodings: ['pcm-s16le'],
      diarization: false,
      supports: () => true,
    },
    async *transcribe(audio, options, signal) {
      const recogniser = await recognisers.get(options.model);
      yield* recogniser.transcribe(audio, options, signal);
    },
    check: (signal) => recognisers.check(signal),
    usableServices: (service, isRecorded) => localServices(service, complete, library, isRecorded),
    close: () => recognisers.close(),
  };
}

/** A model that was named may be downloaded later, and is asked for until then. */
function warnOfMissing(
  { model, fileModel, logger }: LocalSttSettings,
  library: ModelLibrary,
): void {
  for (const id of [model, fileModel]) {
    if (id !== null && !existsSync(library.folderOf(id))) {
      logger.warn({ advice: adviceFor(id) }, `the local model ${id} is not there`);
    }
  }
}

function adviceFor(id: string): string {
  return findCatalogueModel(id)
    ? `Get it with \`omi-backend models pull ${id}\`.`
    : 'Check STT_LOCAL_MODEL.';
}

/** Recognisers by model, each made when it is first asked for. */
class Recognisers {
  readonly #settings: LocalSttSettings;
  readonly #library: ModelLibrary;
  readonly #made = new Map<string, Promise<LocalRecogniser>>();

  constructor(settings: LocalSttSettings, library: ModelLibrary) {
    this.#settings = settings;
    this.#library = library;
  }

  /** @throws AppError `invalid-model`, `not-found`, `not-configured` */
  async get(id: string): Promise<LocalRecogniser> {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const making = this.#make(id);
    this.#made.set(id, making);
    try {
      return await making;
    } catch (error) {
      // The files may be mended before it is asked for again.
      this.#made.delete(id);
      throw error;
    }
  }

  /** Checks the models in use; if none is, the one that would be. @throws AppError as `get` */
  async check(signal: AbortSignal): Promise<void> {
    const used = [...this.#made.keys()];
    const next = this.#settings.model ?? this.#library.pulled()[0]?.model.id;
    for (const id of used.length > 0 || next === undefined ? used : [next]) {
      await (await this.get(id)).check(signal);
    }
  }

  async close(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    const open = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(open.map((recogniser) => recogniser.close()));
  }

  /** @throws AppError `not-configured` if it is not there; what `inspectModel` throws */
  async #inspect(id: string): Promise<LocalModel> {
    try {
      return await inspectModel(this.#library.folderOf(id));
    } catch (error) {
      if (!isAppError(error, 'not-found')) throw error;
      const cause = { cause: error };
      const message = `The local model ${id} is not there. ${adviceFor(id)}`;
      throw new AppError('not-configured', message, cause);
    }
  }

  async #make(id: string): Promise<LocalRecogniser> {
    const { punctuation, threads, idleMs, logger, maxStreams, createDetector } = this.#settings;
    const model = await this.#inspect(id);
    assertRecognises(id, model);
    const process = recogniserProcess({
      id,
      model,
      punctuation: punctuation === null ? null : await inspectModel(punctuation),
      threads,
      idleMs,
      logger,
    });
    return new LocalRecogniser({ id, model, process, maxStreams, createDetector });
  }
}

function assertRecognises(id: string, { task, title }: LocalModel): void {
  if (task === 'streaming-speech' || task === 'file-speech') return;
  throw new AppError(
    'invalid-model',
    `The model ${id} does not recognise speech: it is a ${title}.`,
  );
}
