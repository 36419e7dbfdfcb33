import { type App, apps } from '../model/app.ts';
import { appReviews } from '../model/app-review.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { EnabledApps } from './enabled-apps.ts';

/** Which apps there are for a user. An app that a user may not see does not exist for that user. */
export class AppDirectory {
  readonly #store: DocumentStore;
  readonly #enabled: EnabledApps;

  constructor(options: { store: DocumentStore; enabled: EnabledApps }) {
    this.#store = options.store;
    this.#enabled = options.enabled;
  }

  /** Returns an app that the user may open: an own one, or one that is approved and not private. */
  async find(uid: string, id: string): Promise<App | undefined> {
    const app = await this.#store.find(apps, GLOBAL, id);
    return app && isVisible(app, uid) ? app : undefined;
  }

  /** Returns the apps that the user has enabled and may still see, the last enabled first. */
  async listEnabled(uid: string): Promise<App[]> {
    const ids = await this.#enabled.getEnabledApps(uid);
    const found = await this.#store.findMany(apps, GLOBAL, ids);
    return found.filter((app) => isVisible(app, uid));
  }

  /** Removes the apps that a user owns and the reviews that a user has written. */
  async eraseUser(uid: string): Promise<void> {
    const owned = { query: 'ofUser', filters: { uid } } as const;
    await this.#erase(apps, await idsOf(queryAll(this.#store, apps, GLOBAL, owned)));
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

function isVisible(app: App, uid: string): boolean {
  return app.uid === uid || (app.approved && !app.private);
}
