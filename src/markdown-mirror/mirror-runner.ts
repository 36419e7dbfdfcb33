import { describeError, isAppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { MirrorSource } from './markdown-mirror.ts';

/** Between two runs, milliseconds: soon enough for somebody who edits a file. */
const PAUSE_MS = 30_000;

export interface MirrorRunnerOptions {
  folder: string;
  /** Whose conversations are mirrored; undefined while the server has no owner. */
  findOwner: () => Promise<string | undefined>;
  sourceOf: (uid: string) => MirrorSource;
  logger: Logger;
  pauseMs?: number;
}

/** Keeps the folder of the server's own mirror up to date, one run at a time. The first run loads what reads YAML. */
export class MirrorRunner {
  readonly #o: MirrorRunnerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: MirrorRunnerOptions) {
    this.#o = options;
  }

  /** Runs now, and again after each pause. */
  start(): void {
    this.#running = this.#run().finally(() => {
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => this.start(), this.#o.pauseMs ?? PAUSE_MS);
      this.#timer.unref();
    });
  }

  /** Waits for the run under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { folder, findOwner, sourceOf, logger } = this.#o;
    try {
      const owner = await findOwner();
      if (owner === undefined) return;
      const { syncMarkdown } = await import('./markdown-mirror.ts');
      await syncMarkdown(folder, owner, sourceOf(owner));
    } catch (error) {
      // Another process of this server mirrors the same folder: that is enough.
      if (isAppError(error, 'conflict')) logger.info({ error: error.message }, 'mirror is busy');
      else logger.warn({ error: describeError(error) }, 'Markdown mirror failed');
    }
  }
}
