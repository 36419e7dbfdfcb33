import { enqueue } from '../jobs/enqueue.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import { sha256Hex } from '../kernel/ids.ts';
import { taskRemindersJob } from '../model/jobs.ts';
import {
  NOTIFICATION_KINDS,
  type NotificationKind,
  PUSH_SETTINGS_ID,
  type PushSubscription,
  pushSettings,
  pushSubscriptions,
} from '../model/notifications/push.ts';
import type { DocumentReader, DocumentStore } from '../store/document-store.ts';
import { assertSubscriptionKeys, type SubscriptionKeys } from './web-push-encryption.ts';

const MAX_SUBSCRIPTIONS = 20;
/** There is one job of each user. */
export const REMINDERS_SUBJECT = 'next';

export interface PushSubscriptionsOptions {
  store: DocumentStore;
  clock: Clock;
  http: GuardedHttp;
}

/** The browsers that a user gets notifications in, and what the user wants to be told of. */
export class PushSubscriptions {
  readonly #o: PushSubscriptionsOptions;

  constructor(options: PushSubscriptionsOptions) {
    this.#o = options;
  }

  /** Returns the subscriptions of a user, the newest first. */
  async list(uid: string): Promise<PushSubscription[]> {
    return listSubscriptions(this.#o.store, uid);
  }

  /**
   * Adds a browser; one that is there already gets its new keys. Of too many the oldest goes.
   * @throws AppError `bad-request`, `forbidden` if it cannot be a push service
   */
  async add(
    uid: string,
    endpoint: string,
    keys: SubscriptionKeys,
    name: string,
  ): Promise<PushSubscription> {
    const { store, clock, http } = this.#o;
    assertSubscriptionKeys(keys);
    await http.check(endpoint);
    const now = clock.now();
    const added = { id: sha256Hex(endpoint), endpoint, ...keys, name, createdAt: now };
    await store.transact(async (tx) => {
      const others = (await listSubscriptions(tx, uid)).filter(({ id }) => id !== added.id);
      for (const { id } of others.slice(MAX_SUBSCRIPTIONS - 1)) {
        tx.delete(pushSubscriptions, uid, id);
      }
      tx.put(pushSubscriptions, uid, added);
      enqueue(tx, taskRemindersJob, { uid, subject: REMINDERS_SUBJECT }, now);
    });
    return added;
  }

  /** @throws AppError `not-found` */
  async remove(uid: string, id: string): Promise<void> {
    await this.#o.store.transact(async (tx) => {
      if (!(await tx.find(pushSubscriptions, uid, id))) {
        throw new AppError('not-found', 'There is no such subscription.');
      }
      tx.delete(pushSubscriptions, uid, id);
    });
  }

  /** Returns which kinds of notification the user wants. */
  settings(uid: string): Promise<Record<NotificationKind, boolean>> {
    return wantedKinds(this.#o.store, uid);
  }

  /** Switches kinds on or off; the others stay. */
  async setSettings(
    uid: string,
    changes: Partial<Record<NotificationKind, boolean>>,
  ): Promise<Record<NotificationKind, boolean>> {
    return await this.#o.store.transact(async (tx) => {
      const wanted = { ...(await wantedKinds(tx, uid)), ...changes };
      const off = NOTIFICATION_KINDS.filter((kind) => !wanted[kind]);
      tx.put(pushSettings, uid, { id: PUSH_SETTINGS_ID, off });
      return wanted;
    });
  }
}

/** Returns the subscriptions of a user, the newest first. */
export async function listSubscriptions(
  reader: DocumentReader,
  uid: string,
): Promise<PushSubscription[]> {
  const request = { query: 'recent', limit: MAX_SUBSCRIPTIONS * 2 } as const;
  return (await reader.query(pushSubscriptions, uid, request)).items;
}

/** Returns which kinds of notification a user wants: all, unless switched off. */
export async function wantedKinds(
  reader: DocumentReader,
  uid: string,
): Promise<Record<NotificationKind, boolean>> {
  const found = await reader.find(pushSettings, uid, PUSH_SETTINGS_ID);
  const isOn = (kind: NotificationKind) => !found?.off.includes(kind);
  return {
    conversation: isOn('conversation'),
    daily_summary: isOn('daily_summary'),
    task: isOn('task'),
    app_message: isOn('app_message'),
  };
}
