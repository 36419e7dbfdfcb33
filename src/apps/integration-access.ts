import { AppError } from '../kernel/errors.ts';
import { type App, apps } from '../model/apps/app.ts';
import { GLOBAL } from '../model/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { AppKeys } from './app-keys.ts';
import type { EnabledApps } from './enabled-apps.ts';

/** What a route for apps does, with the words of the refusal. */
export interface IntegrationAction {
  /** Any of these, as declared by the app, allows it; empty: no action is needed. */
  actions: readonly string[];
  /** `read memories`: what an app without the action is told that it cannot do. */
  deed: string;
}

const MISSING = "Missing or invalid Authorization header. Must be 'Bearer API_KEY'";

/** Checks what an app may do by its key for a user, in Omi's order and with its words. */
export class IntegrationAccess {
  readonly #store: DocumentStore;
  readonly #keys: AppKeys;
  readonly #enabled: EnabledApps;

  constructor(options: { store: DocumentStore; keys: AppKeys; enabled: EnabledApps }) {
    this.#store = options.store;
    this.#keys = options.keys;
    this.#enabled = options.enabled;
  }

  /** @throws AppError `unauthenticated` without a key, `forbidden` for one that is not the app's */
  async checkKey(appId: string, authorization: string | undefined): Promise<void> {
    const key = authorization?.startsWith('Bearer ') ? authorization.slice(7).trim() : '';
    if (key === '') throw new AppError('unauthenticated', MISSING);
    if (await this.#keys.isValid(appId, key)) return;
    throw new AppError('forbidden', 'Invalid integration API key');
  }

  /**
   * Returns the app, if the user has it enabled and its author has declared what it does.
   *
   * @throws AppError `not-found`, `forbidden`
   */
  async checkUser(appId: string, uid: string, action: IntegrationAction): Promise<App> {
    const app = await this.#store.find(apps, GLOBAL, appId);
    if (!app) throw new AppError('not-found', 'App not found');
    const isEnabled = uid !== '' && (await this.#enabled.getEnabledApps(uid)).includes(appId);
    const isVisible = app.uid === uid || (app.approved && !app.private);
    if (!isEnabled || !isVisible) {
      throw new AppError('forbidden', 'App is not enabled for this user');
    }
    const declared = app.externalIntegration?.actions.map((one) => one.action) ?? [];
    const may = action.actions.length === 0 || action.actions.some((one) => declared.includes(one));
    if (!may) {
      throw new AppError('forbidden', `App does not have the capability to ${action.deed}`);
    }
    return app;
  }
}
