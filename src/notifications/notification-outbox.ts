import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { users } from '../model/accounts/user.ts';
import { GLOBAL } from '../model/collection.ts';
import { notifyJob, pushJob, taskRemindersJob } from '../model/jobs.ts';
import { pushDeliveries } from '../model/notifications/push.ts';
import { actionItems } from '../model/tasks/action-item.ts';
import type { DocumentReader, DocumentStore, Transaction } from '../store/document-store.ts';
import { zoneOf } from '../users/daily-summary-schedule.ts';
import type { NotificationChannel, PushResult } from './notification-channel.ts';
import { notificationText, reminderAt } from './notification-text.ts';
import { REMINDERS_SUBJECT, wantedKinds } from './push-subscriptions.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often tasks that are due are looked for. */
const REMINDERS_EVERY_MS = 5 * 60_000;
const MAX_REMINDERS = 200;
/** How long it is remembered that something was sent. */
const REMEMBERED_MS = 30 * DAY_MS;
const FORGOTTEN_AT_ONCE = 50;

export interface NotificationOutboxOptions {
  store: DocumentStore;
  clock: Clock;
  jobWorker: JobWorker;
  /** Runs what makes requests to servers of others. */
  outgoingWorker: JobWorker;
  /** The ways to reach devices. */
  channels: readonly NotificationChannel[];
  defaultTimeZone: string;
  logger: Logger;
}

/**
 * Sends notifications. What happened enqueues `notify` in its own commit; that makes one `push` for
 * each device; that sends. A delivery is written before it is sent, so that nothing is sent twice,
 * also after a crash: one that a crash cuts off between the two is lost rather than repeated.
 */
export class NotificationOutbox {
  readonly #o: NotificationOutboxOptions;

  constructor(options: NotificationOutboxOptions) {
    this.#o = options;
    const { jobWorker, outgoingWorker } = options;
    jobWorker.register(notifyJob, (run) => this.#notify(run));
    jobWorker.register(taskRemindersJob, (run) => this.#remind(run));
    outgoingWorker.register(pushJob, (run) => this.#push(run), {
      maxAttempts: 8,
      backoff: { initialMs: 5_000, maxMs: HOUR_MS, jitter: 0.5 },
    });
  }

  async #notify(run: JobRun<typeof notifyJob.payload>): Promise<void> {
    const { uid, subject, payload } = run.job;
    const now = this.#o.clock.now();
    await this.#o.store.transact(async (tx) => {
      const wanted = await wantedKinds(tx, uid);
      const devices = wanted[payload.kind] ? await this.#devices(tx, uid) : [];
      const old = await tx.query(pushDeliveries, uid, {
        query: 'oldest',
        to: now - REMEMBERED_MS,
        limit: FORGOTTEN_AT_ONCE,
      });
      await run.finish(tx);
      for (const { id } of old.items) tx.delete(pushDeliveries, uid, id);
      for (const device of devices) {
        const request = { uid, subject: `${subject}:${device}`, payload: { ...payload, device } };
        enqueue(tx, pushJob, request, now);
      }
    });
  }

  async #push(run: JobRun<typeof pushJob.payload>): Promise<void> {
    const { store, clock, logger } = this.#o;
    const { uid, subject: id, payload } = run.job;
    const send = await this.#senderTo(uid, payload.device);
    const text = await notificationText(store, uid, payload.kind, payload.documentId);
    const mayBeSent = await store.transact(async (tx) => {
      await run.assertHeld(tx);
      const isNew = send && text && !(await tx.find(pushDeliveries, uid, id));
      if (isNew) tx.create(pushDeliveries, uid, { id, at: clock.now() });
      else await run.finish(tx);
      return isNew;
    });
    if (!mayBeSent || !send || !text) return;
    const notificationId = id.slice(0, -payload.device.length - 1);
    const { kind, documentId } = payload;
    const result = await send({ id: notificationId, kind, documentId, ...text }, run.signal);
    const { outcome } = result;
    if (outcome !== 'sent') logger.info({ uid, kind, outcome }, 'push not delivered');
    await this.#settle(run, result);
  }

  async #settle(
    run: JobRun<typeof pushJob.payload>,
    { outcome, retryAfterMs }: PushResult,
  ): Promise<void> {
    const { uid, subject: id, payload } = run.job;
    await this.#o.store.transact(async (tx) => {
      const removals = await this.#removals(tx, uid, outcome === 'gone' ? payload.device : null);
      if (outcome === 'not-sent') {
        await run.assertHeld(tx);
        tx.delete(pushDeliveries, uid, id);
        return;
      }
      await run.finish(tx);
      for (const remove of removals) remove();
    });
    if (outcome === 'not-sent') {
      throw new AppError('provider-unavailable', 'The push service did not take the message.', {
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
      });
    }
  }

  /** To be called when a device was added: reminders begin with the first one. */
  async deviceAdded(uid: string): Promise<void> {
    const { store, clock } = this.#o;
    const request = { uid, subject: REMINDERS_SUBJECT, payload: {} };
    await store.transact((tx) => enqueue(tx, taskRemindersJob, request, clock.now()));
  }

  async #devices(reader: DocumentReader, uid: string): Promise<string[]> {
    const all: string[] = [];
    for (const channel of this.#o.channels) all.push(...(await channel.devices(reader, uid)));
    return all;
  }

  async #senderTo(uid: string, device: string) {
    for (const channel of this.#o.channels) {
      const send = await channel.sendTo(this.#o.store, uid, device);
      if (send) return send;
    }
    return null;
  }

  /** What removes a device, wherever it is known; nothing for null. */
  async #removals(tx: Transaction, uid: string, device: string | null): Promise<(() => void)[]> {
    if (device === null) return [];
    const planned: (() => void)[] = [];
    for (const channel of this.#o.channels) {
      if (await channel.sendTo(tx, uid, device)) {
        planned.push(await channel.planRemoval(tx, uid, device));
      }
    }
    return planned;
  }

  /** Finds the tasks whose reminder has come; ends if nobody could be reminded. */
  async #remind(run: JobRun): Promise<void> {
    const { store, clock, defaultTimeZone } = this.#o;
    const { uid } = run.job;
    const now = clock.now();
    const user = await store.find(users, GLOBAL, uid);
    const zone = zoneOf(user, defaultTimeZone);
    const found = await store.query(actionItems, uid, {
      query: 'byDueDate',
      filters: { completed: false },
      from: now - HOUR_MS,
      to: now + DAY_MS,
      limit: MAX_REMINDERS,
    });
    const due = found.items.flatMap(({ id, dueAt }) => {
      const at = dueAt === null ? null : reminderAt(dueAt, zone);
      return at !== null && at <= now && at > now - HOUR_MS ? [{ id, at }] : [];
    });
    await store.transact(async (tx) => {
      const devices = await this.#devices(tx, uid);
      if (devices.length === 0) {
        await run.finish(tx);
        return;
      }
      await run.reschedule(tx, now + REMINDERS_EVERY_MS);
      for (const { id, at } of due) {
        const payload = { kind: 'task' as const, documentId: id };
        // With its time: a task that is put off is told again.
        enqueue(tx, notifyJob, { uid, subject: `task:${id}:${at}`, payload }, now);
      }
    });
  }
}
