import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { GLOBAL } from '../model/collection.ts';
import {
  CURRENT_SERVER_SETTINGS,
  NO_SERVER_SETTINGS,
  type ServerSettingsDocument,
  serverSettings,
} from '../model/server-settings.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Processes that share no cache take up a change within this time, milliseconds. */
const POLL_MS = 15_000;

export interface StoredSettingsOptions<A> {
  store: DocumentStore;
  /** Returns what is in force with these settings. @throws if they do not fit the environment */
  apply: (stored: ServerSettingsDocument) => A;
  logger: Logger;
}

/**
 * The settings that are stored for all processes of the installation, and what is in force with them.
 * A change is taken up at once by processes that share a cache, and within 15 s by others.
 */
export class StoredSettings<A> {
  readonly #o: StoredSettingsOptions<A>;
  readonly #listeners: ((current: A) => Promise<void>)[] = [];
  readonly #stop: () => void;
  #stored = NO_SERVER_SETTINGS;
  #current: A;
  #problem: string | null = null;
  #reloading: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StoredSettingsOptions<A>) {
    this.#o = options;
    this.#current = options.apply(NO_SERVER_SETTINGS);
    this.#stop = options.store.events.on('server-settings-changed', () => this.#reloadLater());
  }

  /** What is in force now. */
  get current(): A {
    return this.#current;
  }

  get stored(): ServerSettingsDocument {
    return this.#stored;
  }

  /** Why the stored settings are not in force; null if they are. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Returns what would be in force with other settings. @throws as `apply` */
  preview(stored: ServerSettingsDocument): A {
    return this.#o.apply(stored);
  }

  /** Calls `listener` with what is in force, now and after each change. */
  async onChange(listener: (current: A) => Promise<void>): Promise<void> {
    this.#listeners.push(listener);
    await listener(this.#current);
  }

  /** Changes the stored settings. They are in force in this process when it returns. */
  async update(
    change: (stored: ServerSettingsDocument) => Partial<Omit<ServerSettingsDocument, 'id'>>,
  ): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      const before = await tx.find(serverSettings, GLOBAL, CURRENT_SERVER_SETTINGS);
      const stored = before ?? NO_SERVER_SETTINGS;
      const version = stored.version + 1;
      tx.put(serverSettings, GLOBAL, { ...stored, ...change(stored), version });
      tx.emit('server-settings-changed', {});
    });
    await this.reload();
  }

  /** Reads the stored settings again, and puts them in force if they have changed. */
  reload(): Promise<void> {
    const next = this.#reloading.then(() => this.#reload());
    this.#reloading = next.catch(() => undefined);
    return next;
  }

  /**
   * Follows changes of other processes. Settings that were stored without a secret, or with the one
   * before, are encrypted with the present one.
   */
  async start(): Promise<void> {
    if (this.#stored.version > 0) await this.update(() => ({}));
    this.#timer = setInterval(() => this.#reloadLater(), POLL_MS);
    this.#timer.unref();
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop();
    return this.#reloading;
  }

  async #reload(): Promise<void> {
    const { store } = this.#o;
    const found = await store.find(serverSettings, GLOBAL, CURRENT_SERVER_SETTINGS);
    const stored = found ?? NO_SERVER_SETTINGS;
    if (stored.version === this.#stored.version) return;
    this.#current = this.#applied(stored);
    this.#stored = stored;
    for (const listener of this.#listeners) await listener(this.#current);
  }

  /** Settings that do not fit the environment any more must not keep the server from its start. */
  #applied(stored: ServerSettingsDocument): A {
    const { apply, logger } = this.#o;
    try {
      const current = apply(stored);
      this.#problem = null;
      return current;
    } catch (error) {
      this.#problem = describeError(error);
      logger.warn({ error: this.#problem }, 'stored settings are not used');
      return apply(NO_SERVER_SETTINGS);
    }
  }

  #reloadLater(): void {
    this.reload().catch((error) => {
      this.#o.logger.warn({ error: describeError(error) }, 'reading the stored settings failed');
    });
  }
}
