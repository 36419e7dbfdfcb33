import type { VoiceActivityFactory } from '../../../audio/voice-activity.ts';
import { createWebRtcVoiceActivity } from '../../../audio/voice-activity-webrtc.ts';
import { AppError } from '../../../kernel/errors.ts';
import type { Logger } from '../../../kernel/logger.ts';
import { inspectModel, type LocalModel } from '../../../local-models/model-folder.ts';
import type { SttProvider } from '../../stt-provider.ts';
import { LocalRecogniser } from './local-recogniser.ts';
import { recogniserProcess } from './recogniser-process.ts';

export interface LocalSttSettings {
  /** Models by the name that `SttOptions.model` has, with their folders. */
  models: ReadonlyMap<string, { folder: string }>;
  /** Folder of an English punctuation model, null for none. */
  punctuation: string | null;
  /** Threads of one step of recognition. */
  threads: number;
  /** Streams at a time of one model; null: as many as the machine keeps up with. */
  maxStreams: number | null;
  logger: Logger;
  /** A model that nobody uses is dropped from memory after so long, milliseconds. */
  idleMs: number;
  createDetector: VoiceActivityFactory;
}

export const LOCAL_STT_DEFAULTS = {
  punctuation: null,
  threads: 1,
  maxStreams: null,
  idleMs: 10 * 60_000,
  createDetector: createWebRtcVoiceActivity,
} as const satisfies Partial<LocalSttSettings>;

/** The local provider, which holds child processes. */
export interface LocalSttProvider extends SttProvider {
  /** Ends the child processes. */
  close(): Promise<void>;
}

/**
 * Speech recognition on this machine, by `sherpa-onnx-node` in a child process a model. What is not
 * given in `settings` is taken from `LOCAL_STT_DEFAULTS`. Never retries.
 */
export function createLocalProvider(
  settings: Pick<LocalSttSettings, 'models' | 'logger'> & Partial<LocalSttSettings>,
): LocalSttProvider {
  const recognisers = new Recognisers({ ...LOCAL_STT_DEFAULTS, ...settings });
  return {
    name: 'local',
    capabilities: {
      encodings: ['pcm-s16le'],
      diarization: false,
      supports: (_language, model) => settings.models.has(model),
    },
    async *transcribe(audio, options, signal) {
      const recogniser = await recognisers.get(options.model);
      yield* recogniser.transcribe(audio, options, signal);
    },
    check: (signal) => recognisers.check(signal),
    close: () => recognisers.close(),
  };
}

/** Recognisers by model, each made when it is first asked for. */
class Recognisers {
  readonly #settings: LocalSttSettings;
  readonly #made = new Map<string, Promise<LocalRecogniser>>();

  constructor(settings: LocalSttSettings) {
    this.#settings = settings;
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

  async check(signal: AbortSignal): Promise<void> {
    for (const id of this.#settings.models.keys()) await (await this.get(id)).check(signal);
  }

  async close(): Promise<void> {
    const made = await Promise.allSettled(this.#made.values());
    const open = made.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(open.map((recogniser) => recogniser.close()));
  }

  async #make(id: string): Promise<LocalRecogniser> {
    const { models, punctuation, threads, idleMs, logger, maxStreams, createDetector } =
      this.#settings;
    const folder = models.get(id)?.folder;
    if (folder === undefined) {
      throw new AppError('not-configured', `There is no local model ${id}.`);
    }
    const model = await inspectModel(folder);
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
  throw new AppError('invalid-model', `The model ${id} does not recognise speech: it is a ${title}.`);
}
