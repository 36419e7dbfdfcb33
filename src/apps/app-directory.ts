import { AppError } from '../kernel/errors.ts';
import { type App, apps } from '../model/apps/app.ts';
import { appReviews } from '../model/apps/app-review.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { BUILT_IN_APPS } from './built-in-apps.ts';
import type { EnabledApps } from './enabled-apps.ts';

/** The apps of a user. An app that a user may not see does not exist for that user. */
export class AppDirectory {
  readonly #store: DocumentStore;
  readonly #enabled: EnabledApps;

  constructor(options: { store: DocumentStore; enabled: EnabledApps }) {
    this.#store = options.store;
    this.#enabled = options.enabled;
  }

  /** Returns an app that the user may open: the user's own, or one that is approved and not private. */
  async find(uid: string, id: string): Promise<App | undefined> {
    const app = builtInApp(id) ?? (await this.#store.find(apps, GLOBAL, id));
    return app && isVisible(app, uid) ? app : undefined;
  }

  /**
   * Returns an app that the user may open.
   *
   * @throws AppError `forbidden` for another user's private app, else `not-found`
   */
  async get(uid: string, id: string): Promise<App> {
    const app = builtInApp(id) ?? (await this.#store.find(apps, GLOBAL, id));
    if (app && isVisible(app, uid)) return app;
    if (app?.private) throw new AppError('forbidden', 'You are not authorized to view this app');
    throw new AppError('not-found', 'App not found');
  }

  /** Returns the apps that the user has enabled and may still see, the last enabled first. */
  async listEnabled(uid: string): Promise<App[]> {
    const ids = await this.#enabled.getEnabledApps(uid);
    const stored = await this.#store.findMany(apps, GLOBAL, ids);
    const found = new Map([...BUILT_IN_APPS, ...stored].map((app) => [app.id, app]));
    return ids.flatMap((id) => found.get(id) ?? []).filter((app) => isVisible(app, uid));
  }

  /** Returns the apps that everybody may see, personas left out, the oldest first. */
  async listPublic(): Promise<App[]> {
    const found: App[] = [...BUILT_IN_APPS];
    const filters = { approved: true, private: false };
    for await (const app of queryAll(this.#store, apps, GLOBAL, { query: 'store', filters })) {
      if (!app.capabilities.includes('persona')) found.push(app);
    }
    return found;
  }

  /** Returns the apps that a user has made or installed, the oldest first. */
  async listOwned(uid: string): Promise<App[]> {
    const owned: App[] = [];
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const app of queryAll(this.#store, apps, GLOBAL, request)) owned.push(app);
    return owned;
  }

  /** Returns the apps that wait for the approval of the server's owner, the oldest first. */
  async listWaiting(): Promise<App[]> {
    const waiting: App[] = [];
    const filters = { approved: false, private: false };
    for await (const app of queryAll(this.#store, apps, GLOBAL, { query: 'store', filters })) {
      if (app.status === 'under-review') waiting.push(app);
    }
    return waiting;
  }

  /** Removes the apps that a user owns, and the reviews that a user has written. */
  async eraseUser(uid: string): Promise<void> {
    await this.#erase(
      apps,
      (await this.listOwned(uid)).map(({ id }) => id),
    );
    const written = { query: 'recent', filters: { uid } } as const;
    await this.#erase(appReviews, await idsOf(queryAll(this.#store, appReviews, GLOBAL, written)));
    await this.#enabled.forgetUser(uid);
  }

  async #erase<T extends { id: string }>(
    collection: CollectionDefinition<T>,
    ids: readonly string[],
  ): Promise<void> {
    for (const id of ids) await this.#store.transact((tx) => tx.delete(collection, GLOBAL, id));
  }
}

async function idsOf(documents: AsyncIterable<{ id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of documents) ids.push(id);
  return ids;
}

function builtInApp(id: string): App | undefined {
  return BUILT_IN_APPS.find((app) => app.id === id);
}

function isVisible(app: App, uid: string): boolean {
  return app.uid === uid || (app.approved && !app.private);
}
