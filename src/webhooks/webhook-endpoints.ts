import type { AppDirectory } from '../apps/app-directory.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { App } from '../model/apps/app.ts';
import {
  DEVELOPER_WEBHOOKS,
  type DeveloperWebhook,
  makeWebhookEndpoint,
  type WebhookEndpoint,
  type WebhookKind,
  webhookEndpoints,
} from '../model/webhooks/webhook-endpoint.ts';
import { queryAll } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { parseDeveloperUrl } from './webhook-address.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';

const DEVELOPER = 'dev_';
const APP = 'app_';
/** Seconds of audio in one request to an app. */
const APP_AUDIO_SECONDS = 4;
const MAX_URL = 2_000;

/** An endpoint with everything that a request to it needs. */
export interface ResolvedEndpoint {
  id: string;
  kind: WebhookKind;
  url: string;
  /** Seconds of audio in one request, for a kind that gets audio. */
  seconds: number;
  /** The app that it belongs to; null for the user's own. */
  app: App | null;
  /** The user with whom the secret lies. */
  secretOwner: string;
  /** False if nothing is to be sent: switched off, or without an address. */
  isActive: boolean;
  document: WebhookEndpoint;
}

/** The webhooks of users: their own by type, and those of the apps that they have enabled. */
export class WebhookEndpoints {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #apps: Pick<AppDirectory, 'listEnabled'>;
  readonly #http: Pick<GuardedHttp, 'check'>;
  readonly secrets: WebhookSecrets;

  constructor(options: {
    store: DocumentStore;
    clock: Clock;
    apps: Pick<AppDirectory, 'listEnabled'>;
    http: Pick<GuardedHttp, 'check'>;
    secrets: WebhookSecrets;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#apps = options.apps;
    this.#http = options.http;
    this.secrets = options.secrets;
  }

  /** Returns every endpoint of a user, the user's own first; those without an address are left out. */
  async list(uid: string): Promise<ResolvedEndpoint[]> {
    const documents = new Map<string, WebhookEndpoint>();
    for await (const one of queryAll(this.#store, webhookEndpoints, uid, { query: 'byAge' })) {
      documents.set(one.id, one);
    }
    const own = DEVELOPER_WEBHOOKS.flatMap((type) => {
      const document = documents.get(`${DEVELOPER}${type}`);
      return document ? [this.#ofDeveloper(uid, type, document)] : [];
    });
    const enabled = await this.#apps.listEnabled(uid);
    const ofApps = enabled.flatMap((app) => {
      const found = this.#ofApp(app, documents.get(`${APP}${app.id}`));
      return found ? [found] : [];
    });
    return [...own, ...ofApps].filter(({ url }) => url !== '');
  }

  /** Returns the endpoints that are told of one of `kinds` now. */
  async listActive(uid: string, kinds: readonly WebhookKind[]): Promise<ResolvedEndpoint[]> {
    const all = await this.list(uid);
    return all.filter(({ kind, isActive }) => isActive && kinds.includes(kind));
  }

  /** Returns an endpoint; undefined if the user has none of this id. */
  async find(uid: string, id: string): Promise<ResolvedEndpoint | undefined> {
    const all = await this.list(uid);
    return all.find((endpoint) => endpoint.id === id);
  }

  /** @throws AppError `not-found` */
  async get(uid: string, id: string): Promise<ResolvedEndpoint> {
    const found = await this.find(uid, id);
    if (!found) throw new AppError('not-found', 'Webhook not found');
    return found;
  }

  /** Returns what the user has set for a type; null if nothing. */
  async developerUrl(uid: string, type: DeveloperWebhook): Promise<string | null> {
    const document = await this.#store.find(webhookEndpoints, uid, `${DEVELOPER}${type}`);
    return document?.url || null;
  }

  /**
   * Sets the address of a type and switches it on; an empty one (or `,`) switches it off, as in Omi.
   *
   * @throws AppError `forbidden` or `bad-request` for an address that will never be sent to
   */
  async setDeveloperUrl(uid: string, type: DeveloperWebhook, value: string): Promise<void> {
    const text = value.trim();
    const isEmpty = text === '' || text === ',';
    if (!isEmpty) await this.#checkUrl(parseDeveloperUrl(type, text).url);
    await this.#change(uid, `${DEVELOPER}${type}`, {
      url: isEmpty ? '' : text,
      enabled: !isEmpty,
      disabledReason: null,
    });
  }

  /** Switches an endpoint on or off; what waits for one that is off is not sent. */
  async setEnabled(uid: string, id: string, enabled: boolean): Promise<void> {
    await this.#change(uid, id, { enabled, disabledReason: null });
  }

  /** Switches a type on or off. */
  async setDeveloperEnabled(uid: string, type: DeveloperWebhook, enabled: boolean): Promise<void> {
    await this.setEnabled(uid, `${DEVELOPER}${type}`, enabled);
  }

  /** Returns which types are on: those with an address that were not switched off. */
  async developerStatus(uid: string): Promise<Record<DeveloperWebhook, boolean>> {
    const active = new Set((await this.list(uid)).filter((e) => e.isActive).map(({ id }) => id));
    return Object.fromEntries(
      DEVELOPER_WEBHOOKS.map((type) => [type, active.has(`${DEVELOPER}${type}`)]),
    ) as Record<DeveloperWebhook, boolean>;
  }

  /** Switches the webhook of an app on again that its receiver has ended; the user has enabled it anew. */
  async reviveApp(uid: string, appId: string): Promise<void> {
    const found = await this.find(uid, `${APP}${appId}`);
    if (found && !found.isActive) await this.setEnabled(uid, found.id, true);
  }

  /** The receiver wants nothing more: nothing is sent until the user switches it on again. */
  async markGone(uid: string, id: string): Promise<void> {
    await this.#change(uid, id, { enabled: false, disabledReason: 'gone' });
  }

  /** Adds to the counts of live requests. */
  async countLive(
    uid: string,
    id: string,
    counted: Pick<WebhookEndpoint['live'], 'sent' | 'failed' | 'dropped' | 'lastStatus'>,
  ): Promise<void> {
    const now = this.#clock.now();
    await this.#store.transact(async (tx) => {
      const found = await tx.find(webhookEndpoints, uid, id);
      const current = found ?? makeWebhookEndpoint(id, now);
      const live = {
        sent: current.live.sent + counted.sent,
        failed: current.live.failed + counted.failed,
        dropped: current.live.dropped + counted.dropped,
        lastStatus: counted.lastStatus,
        lastAt: now,
      };
      tx.put(webhookEndpoints, uid, { ...current, live });
    });
  }

  async #change(
    uid: string,
    id: string,
    fields: Partial<Pick<WebhookEndpoint, 'url' | 'enabled' | 'disabledReason'>>,
  ): Promise<void> {
    await this.#store.transact(async (tx) => {
      const found = await tx.find(webhookEndpoints, uid, id);
      const current = found ?? makeWebhookEndpoint(id, this.#clock.now());
      tx.put(webhookEndpoints, uid, { ...current, ...fields });
    });
  }

  /** A name that cannot be looked up now may be there later; what is refused stays refused. */
  async #checkUrl(url: string): Promise<void> {
    if (url.length > MAX_URL) throw new AppError('bad-request', 'The address is too long.');
    try {
      await this.#http.check(url);
    } catch (error) {
      if (isAppError(error, 'forbidden') || isAppError(error, 'bad-request')) throw error;
    }
  }

  #ofDeveloper(uid: string, kind: DeveloperWebhook, document: WebhookEndpoint): ResolvedEndpoint {
    const { url, seconds } = parseDeveloperUrl(kind, document.url);
    const isActive = document.enabled && url !== '';
    const { id } = document;
    return { id, kind, url, seconds, app: null, secretOwner: uid, isActive, document };
  }

  #ofApp(app: App, known: WebhookEndpoint | undefined): ResolvedEndpoint | null {
    const { triggersOn, webhookUrl } = app.externalIntegration ?? {};
    if (!triggersOn || !webhookUrl || app.uid === null) return null;
    const id = `${APP}${app.id}`;
    const document = known ?? makeWebhookEndpoint(id, this.#clock.now());
    return {
      id,
      kind: triggersOn,
      url: webhookUrl,
      seconds: APP_AUDIO_SECONDS,
      app,
      secretOwner: app.uid,
      isActive: document.enabled,
      document,
    };
  }
}
