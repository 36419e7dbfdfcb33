import { type App, apps, enabledApps } from '../model/app.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Which apps there are for a user. An app that a user may not see is none for that user. */
export class AppDirectory {
  readonly #store: DocumentStore;

  constructor(options: { store: DocumentStore }) {
    this.#store = options.store;
  }

  /** An app that the user may open: an own one, or one that is approved and not private. */
  async find(uid: string, id: string): Promise<App | undefined> {
    const app = await this.#store.find(apps, GLOBAL, id);
    return app && isVisible(app, uid) ? app : undefined;
  }

  /** The apps that the user has enabled and may still see. */
  async listEnabled(uid: string): Promise<App[]> {
    const ids: string[] = [];
    for await (const { id } of queryAll(this.#store, enabledApps, uid, { query: 'recent' })) {
      ids.push(id);
    }
    const found = await this.#store.findMany(apps, GLOBAL, ids);
    return found.filter((app) => isVisible(app, uid));
  }

  /** Removes the apps that a user owns. */
  async eraseUser(uid: string): Promise<void> {
    const request = { query: 'ofUser', filters: { uid } } as const;
    const owned: string[] = [];
    for await (const { id } of queryAll(this.#store, apps, GLOBAL, request)) owned.push(id);
    for (const id of owned) await this.#store.transact((tx) => tx.delete(apps, GLOBAL, id));
  }
}

function isVisible(app: App, uid: string): boolean {
  return app.uid === uid || (app.approved && !app.private);
}
