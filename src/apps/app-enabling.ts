import { AppError, isAppError } from '../kernel/errors.ts';
import { type App, apps } from '../model/apps/app.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppDirectory } from './app-directory.ts';
import type { AppManifests } from './app-manifests.ts';
import type { EnabledApps } from './enabled-apps.ts';

/** Lets users enable and disable apps. */
export class AppEnabling {
  readonly #store: DocumentStore;
  readonly #apps: AppDirectory;
  readonly #enabled: EnabledApps;
  readonly #manifests: AppManifests;

  constructor(options: {
    store: DocumentStore;
    apps: AppDirectory;
    enabled: EnabledApps;
    manifests: AppManifests;
  }) {
    this.#store = options.store;
    this.#apps = options.apps;
    this.#enabled = options.enabled;
    this.#manifests = options.manifests;
  }

  async isEnabled(uid: string, id: string): Promise<boolean> {
    return (await this.#enabled.getEnabledApps(uid)).includes(id);
  }

  /**
   * Enables an app for a user.
   *
   * @throws AppError `not-found`, `forbidden` for another's private app, `bad-request` if the user has
   *   not set it up, `provider-unavailable` if the app's server does not say
   */
  async enable(uid: string, id: string): Promise<App> {
    const app = await this.#apps.get(uid, id);
    const setupUrl = app.externalIntegration?.setupCompletedUrl;
    if (setupUrl && !(await this.#isSetUp(setupUrl, uid))) {
      throw new AppError('bad-request', 'App setup is not completed');
    }
    if (app.isPaid && app.uid !== uid) {
      throw new AppError('forbidden', 'Paid apps are not sold by this server.');
    }
    if (await this.isEnabled(uid, id)) return app;
    await this.#enabled.enableApp(uid, id);
    await this.#count(uid, app, 1);
    return app;
  }

  /** @throws AppError `not-found` if it is not enabled */
  async disable(uid: string, id: string): Promise<void> {
    if (!(await this.isEnabled(uid, id))) throw new AppError('not-found', 'App not found');
    await this.#enabled.disableApp(uid, id);
    const app = await this.#apps.find(uid, id);
    if (app) await this.#count(uid, app, -1);
  }

  /** What the app's server does not answer at all is its fault, not the user's. */
  async #isSetUp(setupUrl: string, uid: string): Promise<boolean> {
    try {
      return await this.#manifests.isSetUp(setupUrl, uid);
    } catch (error) {
      if (isAppError(error, 'forbidden') || isAppError(error, 'bad-request')) throw error;
      throw new AppError('provider-unavailable', 'The server of the app cannot be reached.', {
        cause: error,
      });
    }
  }

  async #count(uid: string, { id, uid: owner, private: isPrivate }: App, by: 1 | -1) {
    if (isPrivate || owner === uid || owner === null) return;
    await this.#store.transact(async (tx) => {
      const app = await tx.find(apps, GLOBAL, id);
      if (app) tx.patch(apps, GLOBAL, id, { installs: Math.max(0, app.installs + by) });
    });
  }
}
