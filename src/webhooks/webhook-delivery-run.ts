import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  type WebhookAttempt,
  type WebhookDelivery,
  webhookDeliveries,
} from '../model/webhooks/webhook-delivery.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { deliveryBody } from './delivery-body.ts';
import { retryDelay } from './retry-schedule.ts';
import { type TargetBreakers, targetKey } from './target-breakers.ts';
import { addressFor } from './webhook-address.ts';
import type { WebhookBodies } from './webhook-bodies.ts';
import type { ResolvedEndpoint, WebhookEndpoints } from './webhook-endpoints.ts';
import type { WebhookOutcome, WebhookSender } from './webhook-sender.ts';

/** Requests to one endpoint at the same time. */
const PARALLEL = 4;
/** Rounds of a run; others wait for the worker, too. */
const MAX_ROUNDS = 25;
/** Requests of a delivery that its log keeps. */
const KEPT_ATTEMPTS = 20;
/** How long the log keeps what has ended, milliseconds. */
const KEPT_MS = 30 * 24 * 3_600_000;
const PRUNED_PER_RUN = 200;

/** Takes what an app has answered; called again with the same delivery if the server dies meanwhile. */
export type OnWebhookAnswer = (
  uid: string,
  endpoint: ResolvedEndpoint,
  answer: { text: string; conversationId: string | null; eventId: string },
) => Promise<void>;

export interface DeliveryOptions {
  store: DocumentStore;
  clock: Clock;
  logger: Logger;
  endpoints: WebhookEndpoints;
  sender: WebhookSender;
  breakers: TargetBreakers;
  bodies: WebhookBodies;
  /** Waits between the requests of a delivery, seconds. */
  retrySeconds: readonly number[];
  onAnswer: OnWebhookAnswer;
}

/**
 * The job that sends what waits for one endpoint. A request is made before its outcome is stored, so a
 * crash in between repeats it under the same id; nothing is ever left out.
 */
export class WebhookDeliveryRun {
  readonly #o: DeliveryOptions;

  constructor(options: DeliveryOptions) {
    this.#o = options;
  }

  async run(run: JobRun): Promise<void> {
    const { store, clock, endpoints, breakers } = this.#o;
    const { uid, subject: endpointId } = run.job;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      run.signal.throwIfAborted();
      const due = await this.#due(uid, endpointId);
      if (due.length === 0) break;
      const endpoint = await endpoints.find(uid, endpointId);
      if (!endpoint?.isActive) {
        for (const delivery of due) await this.#end(uid, delivery, 'skipped');
        continue;
      }
      const waitMs = breakers.enter(targetKey(endpoint.url));
      if (waitMs > 0) {
        await store.transact((tx) => run.reschedule(tx, clock.now() + waitMs));
        return;
      }
      const sent = breakers.isOpen(targetKey(endpoint.url)) ? due.slice(0, 1) : due;
      await Promise.all(sent.map((delivery) => this.deliver(uid, endpoint, delivery, run.signal)));
    }
    await this.#prune(uid, endpointId);
    const next = await store.query(webhookDeliveries, uid, {
      query: 'due',
      filters: { endpointId, state: 'waiting' },
      limit: 1,
    });
    const [first] = next.items;
    await store.transact(async (tx) => {
      if (first) await run.reschedule(tx, Math.max(first.dueAt, clock.now()));
      else await run.finish(tx);
    });
  }

  async #due(uid: string, endpointId: string): Promise<WebhookDelivery[]> {
    const page = await this.#o.store.query(webhookDeliveries, uid, {
      query: 'due',
      filters: { endpointId, state: 'waiting' },
      to: this.#o.clock.now(),
      limit: PARALLEL,
    });
    return page.items;
  }

  /** Makes one request for a delivery and stores what came of it; null if there was nothing to send. */
  async deliver(
    uid: string,
    endpoint: ResolvedEndpoint,
    delivery: WebhookDelivery,
    signal: AbortSignal,
  ): Promise<WebhookAttempt | null> {
    const { store, endpoints, sender, breakers, bodies } = this.#o;
    const body = await deliveryBody(store, bodies, uid, delivery);
    if (body === null) {
      await this.#end(uid, delivery, 'skipped');
      return null;
    }
    const secrets = await endpoints.secrets.signing(endpoint.secretOwner, endpoint.id);
    const outcome = await sender.send(
      {
        id: delivery.id,
        url: addressFor(endpoint.url, uid, null),
        body: Buffer.from(body),
        contentType: 'application/json',
        secrets,
      },
      signal,
    );
    breakers.record(targetKey(endpoint.url), outcome.isDelivered || outcome.isGone);
    if (outcome.isDelivered) await this.#answer(uid, endpoint, delivery, outcome);
    await this.#settle(uid, delivery, outcome);
    if (outcome.isGone) await endpoints.markGone(uid, endpoint.id);
    return outcome.attempt;
  }

  async #answer(
    uid: string,
    endpoint: ResolvedEndpoint,
    { id, subject, isTest }: WebhookDelivery,
    { text }: WebhookOutcome,
  ): Promise<void> {
    if (endpoint.app === null || isTest || !text) return;
    const conversationId = subject === '' ? null : subject;
    await this.#o.onAnswer(uid, endpoint, { text, conversationId, eventId: id });
  }

  async #settle(uid: string, delivery: WebhookDelivery, outcome: WebhookOutcome): Promise<void> {
    const { store, clock, retrySeconds } = this.#o;
    await store.transact(async (tx) => {
      const current = await tx.find(webhookDeliveries, uid, delivery.id);
      if (!current) return;
      const now = clock.now();
      const tries = current.tries + 1;
      const attempts = [...current.attempts, outcome.attempt].slice(-KEPT_ATTEMPTS);
      const schedule = current.isTest ? [] : retrySeconds;
      const waitMs =
        outcome.isDelivered || outcome.isGone
          ? null
          : retryDelay(schedule, tries, outcome.retryAfterMs);
      const state = waitMs !== null ? 'waiting' : outcome.isDelivered ? 'delivered' : 'failed';
      const dueAt = now + (waitMs ?? 0);
      tx.patch(webhookDeliveries, uid, delivery.id, { state, tries, attempts, dueAt });
    });
  }

  async #end(uid: string, delivery: WebhookDelivery, state: 'skipped'): Promise<void> {
    const { store, clock } = this.#o;
    await store.transact(async (tx) => {
      const current = await tx.find(webhookDeliveries, uid, delivery.id);
      if (current) tx.patch(webhookDeliveries, uid, delivery.id, { state, dueAt: clock.now() });
    });
  }

  async #prune(uid: string, endpointId: string): Promise<void> {
    const { store, clock } = this.#o;
    for (const state of ['delivered', 'failed', 'skipped'] as const) {
      const old = await store.query(webhookDeliveries, uid, {
        query: 'due',
        filters: { endpointId, state },
        to: clock.now() - KEPT_MS,
        limit: PRUNED_PER_RUN,
      });
      if (old.items.length === 0) continue;
      await store.transact((tx) => {
        for (const { id } of old.items) tx.delete(webhookDeliveries, uid, id);
      });
    }
  }
}
