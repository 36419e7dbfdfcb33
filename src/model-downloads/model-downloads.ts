import { AppError, describeError, toAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { CATALOGUE, findCatalogueModel } from '../local-models/catalogue/catalogue.ts';
import type { CatalogueModel } from '../local-models/catalogue/catalogue-model.ts';
import type { HubClient } from '../local-models/download/hub-client.ts';
import { type PullProgress, pullModel, removeModel } from '../local-models/download/pull-model.ts';
import type { ModelLibrary } from '../local-models/model-library.ts';
import { catalogueSize, type Machine, recommendModel, suits } from '../local-models/recommend.ts';

export interface ModelDownloadsOptions {
  library: ModelLibrary;
  mirror: string;
  openHub: () => HubClient;
  machine: Machine;
  /** Nothing may leave the machine: downloads are refused. */
  isPrivate: boolean;
  logger: Logger;
}

/** How far a download is. */
export interface DownloadState {
  state: 'running' | 'done' | 'failed' | 'cancelled';
  progress: PullProgress | null;
  /** Of late; null at the beginning. */
  bytesPerSecond: number | null;
  /** Null while it cannot be told. */
  secondsLeft: number | null;
  /** Why it failed. */
  error: string | null;
}

/** A model as the console shows it. */
export interface ModelOverview {
  model: CatalogueModel;
  sizeBytes: number | null;
  isInstalled: boolean;
  /** The machine has the cores and the memory for it. */
  isSuitable: boolean;
  isRecommended: boolean;
  download: DownloadState | null;
}

/** Weight of the latest speed in the average. */
const SPEED_WEIGHT = 0.2;
const SPEED_EVERY_MS = 500;

/** Downloads of models that the server makes for its operator, one of each model at a time. */
export class ModelDownloads {
  readonly #o: ModelDownloadsOptions;
  readonly #downloads = new Map<string, Download>();

  constructor(options: ModelDownloadsOptions) {
    this.#o = options;
  }

  /** Every model of the catalogue. @param languages of the user, for the recommendation */
  list(languages: readonly string[]): ModelOverview[] {
    const { library, machine } = this.#o;
    const installed = new Set(library.pulled().map(({ model }) => model.id));
    const recommended = recommendModel(machine, languages);
    return CATALOGUE.map((model) => ({
      model,
      sizeBytes: catalogueSize(model),
      isInstalled: installed.has(model.id),
      isSuitable: suits(model, machine),
      isRecommended: model === recommended,
      download: this.#downloads.get(model.id)?.state() ?? null,
    }));
  }

  /**
   * Starts a download; one that is running goes on.
   *
   * @throws AppError `not-found` for an unknown model, `forbidden` with `PRIVATE`
   */
  start(id: string): DownloadState {
    const model = this.#find(id);
    if (this.#o.isPrivate) {
      throw new AppError(
        'forbidden',
        'PRIVATE is set: models are downloaded by `omi-backend models pull --allow-network` only.',
      );
    }
    const running = this.#downloads.get(model.id);
    if (running?.state().state === 'running') return running.state();
    const download = new Download(model, this.#o);
    this.#downloads.set(model.id, download);
    return download.state();
  }

  /** Stops a download; what is there of it is kept. @throws AppError `not-found` */
  async cancel(id: string): Promise<void> {
    const download = this.#downloads.get(this.#find(id).id);
    if (download?.state().state !== 'running') {
      throw new AppError('not-found', 'This model is not being downloaded.');
    }
    await download.cancel();
  }

  /** Removes a model from the disk. @throws AppError `not-found` */
  async remove(id: string): Promise<void> {
    const model = this.#find(id);
    await this.#downloads.get(model.id)?.cancel();
    this.#downloads.delete(model.id);
    if (await removeModel(this.#o.library, model.id)) return;
    throw new AppError('not-found', 'This model is not there.');
  }

  async close(): Promise<void> {
    await Promise.all([...this.#downloads.values()].map((download) => download.cancel()));
  }

  #find(id: string): CatalogueModel {
    const model = findCatalogueModel(id);
    if (model === undefined) throw new AppError('not-found', 'There is no such model.');
    return model;
  }
}

/** One download from its start to its end. */
class Download {
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  readonly #speed = new TransferSpeed();
  #state: DownloadState['state'] = 'running';
  #progress: PullProgress | null = null;
  #error: string | null = null;

  constructor(model: CatalogueModel, options: ModelDownloadsOptions) {
    this.#done = this.#run(model, options);
  }

  state(): DownloadState {
    const isRunning = this.#state === 'running';
    const bytesPerSecond = isRunning ? this.#speed.bytesPerSecond : null;
    const { totalBytes, doneBytes } = this.#progress ?? { totalBytes: null, doneBytes: 0 };
    const isKnown = bytesPerSecond !== null && bytesPerSecond > 0 && totalBytes !== null;
    return {
      state: this.#state,
      progress: this.#progress,
      bytesPerSecond,
      secondsLeft: isKnown ? Math.ceil((totalBytes - doneBytes) / bytesPerSecond) : null,
      error: this.#error,
    };
  }

  async cancel(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  /** Never rejects: how it ended is its state. */
  async #run(model: CatalogueModel, options: ModelDownloadsOptions): Promise<void> {
    const { library, mirror, openHub, logger } = options;
    const hub = openHub();
    const { signal } = this.#abort;
    try {
      await pullModel(model, {
        library,
        hub,
        mirror,
        directory: null,
        signal,
        onProgress: (progress) => {
          this.#progress = progress;
          this.#speed.note(progress.doneBytes);
        },
      });
      this.#state = 'done';
      logger.info({ model: model.id }, 'model downloaded');
    } catch (error) {
      this.#state = signal.aborted ? 'cancelled' : 'failed';
      this.#error = signal.aborted ? null : toAppError(error).message;
      if (!signal.aborted) {
        logger.warn({ model: model.id, error: describeError(error) }, 'model download failed');
      }
    } finally {
      await hub.close();
    }
  }
}

/** Bytes a second, averaged over some seconds. */
export class TransferSpeed {
  #at = performance.now();
  #bytes: number | null = null;
  #average: number | null = null;

  /** Null as long as too little was transferred. */
  get bytesPerSecond(): number | null {
    return this.#average === null ? null : Math.round(this.#average);
  }

  /** @param doneBytes so far; what was there before the first call does not count */
  note(doneBytes: number): void {
    const now = performance.now();
    this.#bytes ??= doneBytes;
    const ms = now - this.#at;
    if (ms < SPEED_EVERY_MS) return;
    const speed = Math.max(0, ((doneBytes - this.#bytes) * 1000) / ms);
    const before = this.#average ?? speed;
    this.#average = before + SPEED_WEIGHT * (speed - before);
    this.#at = now;
    this.#bytes = doneBytes;
  }
}
