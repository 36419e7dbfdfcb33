import type { BlobStore } from '../blob/blob-store.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { users } from '../model/accounts/user.ts';
import { type App, appSchema, apps } from '../model/apps/app.ts';
import { appKeys } from '../model/apps/app-key.ts';
import { appReviews } from '../model/apps/app-review.ts';
import { GLOBAL } from '../model/collection.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppManifests } from './app-manifests.ts';
import type { McpConnections } from './mcp-connections.ts';

/** What an author may say of an app. */
export type AppDraft = Omit<
  Partial<App>,
  'id' | 'uid' | 'approved' | 'status' | 'installs' | 'ratingSum' | 'ratingCount' | 'chatTools'
> &
  Pick<App, 'name' | 'description' | 'capabilities'>;

const MAX_APPS_PER_USER = 200;

export interface AppAuthoringOptions {
  store: DocumentStore;
  blobs: BlobStore;
  clock: Clock;
  manifests: AppManifests;
  /** Ends the sign-in of an app at its MCP server. */
  mcpConnections: Pick<McpConnections, 'end'>;
  /** True for the account that the installation was made with. */
  isServerOwner: (uid: string) => Promise<boolean>;
}

/** Makes, changes and removes apps for their authors, and lets the server's owner approve them. */
export class AppAuthoring {
  readonly #o: AppAuthoringOptions;

  constructor(options: AppAuthoringOptions) {
    this.#o = options;
  }

  /**
   * Stores a new app of a user. Others see it once the server's owner has approved it; what the owner
   * makes is approved.
   *
   * @param image the picture; null if there is none
   */
  async create(uid: string, draft: AppDraft, image: Uint8Array | null): Promise<App> {
    const isApproved = await this.#o.isServerOwner(uid);
    const id = newId();
    return await this.#store(uid, {
      ...draft,
      ...(await this.#toolsOf(draft)),
      id,
      imageKey: image && (await this.#storeImage(id, image)),
      approved: isApproved,
      status: isApproved ? 'approved' : 'under-review',
    });
  }

  /**
   * Stores a new app of an MCP server. It is its user's alone, so nobody has to approve it.
   *
   * @param isReady false until the user has signed in at the server
   * @throws AppError `forbidden` if the user has too many apps
   */
  async createMcpApp(
    uid: string,
    id: string,
    draft: AppDraft & Pick<App, 'chatTools'>,
    isReady: boolean,
  ): Promise<App> {
    const status = isReady ? 'approved' : 'pending_mcp_auth';
    return await this.#store(uid, { ...draft, id, approved: isReady, status });
  }

  async #store(
    uid: string,
    given: AppDraft & Pick<App, 'id' | 'approved' | 'status'>,
  ): Promise<App> {
    const { store, clock } = this.#o;
    const { items } = await store.query(apps, GLOBAL, {
      query: 'ofUser',
      filters: { uid },
      limit: MAX_APPS_PER_USER,
    });
    if (items.length >= MAX_APPS_PER_USER) {
      throw new AppError('forbidden', `You have ${MAX_APPS_PER_USER} apps: delete one first.`);
    }
    const user = await store.find(users, GLOBAL, uid);
    const app = appSchema.parse({
      ...given,
      uid,
      name: given.name.trim(),
      author: given.author || user?.name || 'Unknown',
      createdAt: clock.now(),
    });
    await store.transact((tx) => tx.create(apps, GLOBAL, app));
    return app;
  }

  /**
   * Changes an app of the user's own.
   *
   * @throws AppError `not-found`, `forbidden`
   */
  async update(
    uid: string,
    id: string,
    draft: Partial<AppDraft>,
    image: Uint8Array | null,
  ): Promise<App> {
    const { store, clock } = this.#o;
    const before = await this.getOwn(uid, id);
    const isOfMcp = isOfMcpServer(before);
    const kept = isOfMcp ? { externalIntegration: before.externalIntegration, private: true } : {};
    const hasNewTools = !isOfMcp && draft.externalIntegration !== undefined;
    const changes = {
      ...draft,
      ...kept,
      ...(hasNewTools ? await this.#toolsOf({ ...before, ...draft }) : {}),
      ...(image === null ? {} : { imageKey: await this.#storeImage(id, image) }),
      updatedAt: clock.now(),
    };
    await store.transact((tx) => tx.patch(apps, GLOBAL, id, changes));
    return { ...before, ...changes };
  }

  /** Reads the chat tools of an app again and returns how many there are. */
  async refreshTools(uid: string, id: string): Promise<number> {
    const app = await this.getOwn(uid, id);
    if (!app.externalIntegration) {
      throw new AppError('bad-request', 'App does not have external integration');
    }
    if (!app.externalIntegration.chatToolsManifestUrl) {
      throw new AppError('bad-request', 'App does not have a chat tools manifest URL');
    }
    const read = await this.#toolsOf(app);
    await this.#o.store.transact((tx) => tx.patch(apps, GLOBAL, id, read));
    return read.chatTools?.length ?? 0;
  }

  async setPrivate(uid: string, id: string, isPrivate: boolean): Promise<void> {
    const app = await this.getOwn(uid, id);
    if (!isPrivate && isOfMcpServer(app)) {
      throw new AppError('forbidden', 'An app of an MCP server can be used by its user alone.');
    }
    await this.#o.store.transact((tx) => tx.patch(apps, GLOBAL, id, { private: isPrivate }));
  }

  /** Removes an app with its keys, reviews and picture. */
  async delete(uid: string, id: string): Promise<void> {
    const { store, blobs } = this.#o;
    await this.getOwn(uid, id);
    const ids = { keys: [] as string[], reviews: [] as string[] };
    const ofApp = { filters: { appId: id } };
    for await (const key of queryAll(store, appKeys, GLOBAL, { query: 'ofApp', ...ofApp })) {
      ids.keys.push(key.id);
    }
    for await (const one of queryAll(store, appReviews, GLOBAL, { query: 'recent', ...ofApp })) {
      ids.reviews.push(one.id);
    }
    await this.#o.mcpConnections.end(uid, id);
    for (const key of ids.keys) await store.transact((tx) => tx.delete(appKeys, GLOBAL, key));
    for (const one of ids.reviews) await store.transact((tx) => tx.delete(appReviews, GLOBAL, one));
    await store.transact((tx) => tx.delete(apps, GLOBAL, id));
    await blobs.deletePrefix(`apps/${id}/`);
  }

  /** Removes every app of a user, and the pictures that belong to them. */
  async eraseUser(uid: string): Promise<void> {
    const { store, blobs } = this.#o;
    const owned: string[] = [];
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const { id } of queryAll(store, apps, GLOBAL, request)) owned.push(id);
    for (const id of owned) await this.delete(uid, id);
    await blobs.deletePrefix(`apps/thumbnails/${uid}/`);
  }

  /** Approves or rejects an app; only the server's owner may. @throws AppError `forbidden`, `not-found` */
  async judge(uid: string, id: string, isApproved: boolean): Promise<void> {
    await this.assertServerOwner(uid);
    const status = isApproved ? 'approved' : 'rejected';
    await this.#o.store.transact(async (tx) => {
      if (!(await tx.find(apps, GLOBAL, id))) throw new AppError('not-found', 'App not found');
      tx.patch(apps, GLOBAL, id, { approved: isApproved, status });
    });
  }

  /** @throws AppError `forbidden` */
  async assertServerOwner(uid: string): Promise<void> {
    if (await this.#o.isServerOwner(uid)) return;
    throw new AppError('forbidden', 'Only the owner of this server may approve apps.');
  }

  /**
   * Makes an app from the manifest at an address, or renews the one that the user has made from it.
   *
   * @param toDraft reads the manifest; throws if it is none
   */
  async install(
    uid: string,
    manifestUrl: string,
    toDraft: (manifest: Record<string, unknown>) => AppDraft,
  ): Promise<App> {
    const draft = { ...toDraft(await this.#o.manifests.fetchJson(manifestUrl)), manifestUrl };
    const request = { query: 'ofUser', filters: { uid } } as const;
    for await (const app of queryAll(this.#o.store, apps, GLOBAL, request)) {
      if (app.manifestUrl === manifestUrl) return await this.update(uid, app.id, draft, null);
    }
    return await this.create(uid, { ...draft, private: true }, null);
  }

  /** Returns an app that the user has made. @throws AppError `not-found`, `forbidden` */
  async getOwn(uid: string, id: string): Promise<App> {
    const app = await this.#o.store.find(apps, GLOBAL, id);
    if (!app || (app.uid !== uid && !app.approved)) {
      throw new AppError('not-found', 'App not found');
    }
    if (app.uid === uid) return app;
    throw new AppError('forbidden', 'You are not authorized to perform this action');
  }

  /** Stores a picture that an app shows beside its description and returns its key. */
  async addThumbnail(uid: string, bytes: Uint8Array): Promise<string> {
    const key = `apps/thumbnails/${uid}/${newId()}`;
    await this.#o.blobs.put(key, bytes);
    return key;
  }

  async #storeImage(id: string, bytes: Uint8Array): Promise<string> {
    const key = `apps/${id}/${newId()}`;
    await this.#o.blobs.put(key, bytes);
    return key;
  }

  /** Chat tools come from the manifest alone: what an author writes into the app itself is not taken. */
  async #toolsOf({
    externalIntegration,
  }: Pick<Partial<App>, 'externalIntegration'>): Promise<
    Partial<Pick<App, 'chatTools' | 'externalIntegration'>>
  > {
    if (!externalIntegration?.chatToolsManifestUrl) return { chatTools: [] };
    const { chatToolsManifestUrl, appHomeUrl } = externalIntegration;
    const { tools, chatMessages } = await this.#o.manifests.readTools(
      chatToolsManifestUrl,
      appHomeUrl,
    );
    return { chatTools: tools, externalIntegration: { ...externalIntegration, ...chatMessages } };
  }
}

function isOfMcpServer({ externalIntegration }: Partial<App>): boolean {
  return Boolean(externalIntegration?.mcpServerUrl);
}
