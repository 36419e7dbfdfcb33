import { enqueue } from '../jobs/enqueue.ts';
import type { JobWorker } from '../jobs/job-worker.ts';
import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { webhookJob } from '../model/jobs.ts';
import {
  type WebhookAttempt,
  type WebhookDelivery,
  webhookDeliveries,
} from '../model/webhooks/webhook-delivery.ts';
import { getDocument, queryByOffset } from '../store/collection.ts';
import type { DocumentStore } from '../store/document-store.ts';
import { sampleSegment } from './delivery-body.ts';
import { addressFor } from './webhook-address.ts';
import { makeDelivery } from './webhook-announcements.ts';
import type { WebhookBodies } from './webhook-bodies.ts';
import type { WebhookDeliveryRun } from './webhook-delivery-run.ts';
import type { ResolvedEndpoint, WebhookEndpoints } from './webhook-endpoints.ts';
import type { WebhookSender } from './webhook-sender.ts';

const SAMPLE_RATE = 16_000;
/** How long ago an app was told of what it answers with a conversation, milliseconds. */
const HOP_MS = 10 * 60_000;
const HOPS_CONSIDERED = 50;
const NOT_FOUND = 'Delivery not found';

export interface WebhookLogOptions {
  store: DocumentStore;
  clock: Clock;
  worker: JobWorker;
  endpoints: WebhookEndpoints;
  sender: WebhookSender;
  bodies: WebhookBodies;
  deliveries: WebhookDeliveryRun;
}

/** What was sent to a user's webhooks; sends it again, and tests. */
export class WebhookLog {
  readonly #o: WebhookLogOptions;

  constructor(options: WebhookLogOptions) {
    this.#o = options;
  }

  /** Returns the deliveries of an endpoint, newest first. */
  async list(
    uid: string,
    endpointId: string,
    page: { state: WebhookDelivery['state'] | null; offset: number; limit: number },
  ): Promise<WebhookDelivery[]> {
    await this.#o.endpoints.get(uid, endpointId);
    const filters = { endpointId, ...(page.state === null ? {} : { state: page.state }) };
    const request = { query: 'recent', filters } as const;
    const { offset, limit } = page;
    return (await queryByOffset(this.#o.store, webhookDeliveries, uid, request, offset, limit))
      .items;
  }

  /** @throws AppError `not-found` */
  async get(uid: string, endpointId: string, id: string): Promise<WebhookDelivery> {
    await this.#o.endpoints.get(uid, endpointId);
    const found = await getDocument(this.#o.store, webhookDeliveries, uid, id, NOT_FOUND);
    if (found.endpointId !== endpointId) throw new AppError('not-found', NOT_FOUND);
    return found;
  }

  /**
   * Returns how many webhooks have led to a conversation that an app makes now: one more than the most
   * of those that the app was told of in the last minutes. What an app does by itself cannot be told
   * from what it does in answer, so it is counted as the latter.
   */
  async hopsAfter(uid: string, appId: string): Promise<number> {
    const { items } = await this.#o.store.query(webhookDeliveries, uid, {
      query: 'recent',
      filters: { endpointId: `app_${appId}` },
      from: this.#o.clock.now() - HOP_MS,
      limit: HOPS_CONSIDERED,
    });
    return items.length === 0 ? 0 : Math.max(...items.map(({ hops }) => hops)) + 1;
  }

  /** Sends a delivery once more, under its old id and with a schedule that begins anew. */
  async redeliver(uid: string, endpointId: string, id: string): Promise<WebhookDelivery> {
    const { endpoints, store, clock, worker } = this.#o;
    const endpoint = await endpoints.get(uid, endpointId);
    if (!endpoint.isActive) {
      throw new AppError('conflict', 'The webhook is switched off: switch it on first.', {
        retryable: false,
      });
    }
    await this.get(uid, endpointId, id);
    const waiting = await store.transact(async (tx) => {
      const current = await getDocument(tx, webhookDeliveries, uid, id, NOT_FOUND);
      const now = clock.now();
      const fields = { state: 'waiting', tries: 0, dueAt: now } as const;
      tx.patch(webhookDeliveries, uid, id, fields);
      enqueue(tx, webhookJob, { uid, subject: endpointId }, now);
      return { ...current, ...fields };
    });
    worker.wake();
    return waiting;
  }

  /** Sends a sample to an endpoint now, also to one that is switched off, and returns what came of it. */
  async test(uid: string, endpointId: string, signal: AbortSignal): Promise<WebhookAttempt> {
    const { endpoints, store, clock, deliveries } = this.#o;
    const endpoint = await endpoints.get(uid, endpointId);
    const { kind } = endpoint;
    if (kind !== 'memory_created' && kind !== 'memory_creation' && kind !== 'day_summary') {
      return await this.#testLive(uid, endpoint, signal);
    }
    const now = clock.now();
    // Not due for the worker: this request alone sends it.
    const state = 'failed' as const;
    const delivery = makeDelivery(endpointId, { kind, subject: '', isTest: true, state }, now);
    await store.transact((tx) => tx.create(webhookDeliveries, uid, delivery));
    const attempt = await deliveries.deliver(uid, endpoint, delivery, signal);
    if (!attempt) throw new AppError('internal', 'A test had nothing to send.');
    return attempt;
  }

  async #testLive(
    uid: string,
    endpoint: ResolvedEndpoint,
    signal: AbortSignal,
  ): Promise<WebhookAttempt> {
    const { endpoints, sender, bodies } = this.#o;
    const secrets = await endpoints.secrets.signing(endpoint.secretOwner, endpoint.id);
    const isAudio = endpoint.kind.startsWith('audio_bytes');
    const { attempt } = await sender.send(
      {
        id: `msg_${newId()}`,
        url: addressFor(endpoint.url, uid, isAudio ? SAMPLE_RATE : null),
        // One second of silence, or one segment.
        body: isAudio
          ? Buffer.alloc(SAMPLE_RATE * 2)
          : Buffer.from(bodies.transcript(uid, [sampleSegment()])),
        contentType: isAudio ? 'application/octet-stream' : 'application/json',
        secrets,
      },
      signal,
    );
    return attempt;
  }
}
