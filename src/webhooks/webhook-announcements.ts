import { enqueue } from '../jobs/enqueue.ts';
import type { JobRun } from '../jobs/job-run.ts';
import type { Clock } from '../kernel/clock.ts';
import { newId } from '../kernel/ids.ts';
import { conversations } from '../model/conversations/conversation.ts';
import { type announceJob, webhookJob } from '../model/jobs.ts';
import { type WebhookDelivery, webhookDeliveries } from '../model/webhooks/webhook-delivery.ts';
import type { DocumentStore } from '../store/document-store.ts';
import type { ResolvedEndpoint, WebhookEndpoints } from './webhook-endpoints.ts';

/** Conversations that webhooks of apps have led to, one after the other, before apps are told no more. */
export const MAX_HOPS = 3;

type DurableKind = WebhookDelivery['kind'];

export interface AnnouncementOptions {
  store: DocumentStore;
  clock: Clock;
  endpoints: WebhookEndpoints;
}

/** The job that makes the deliveries of an event, all in the commit that ends it. */
export async function makeDeliveries(
  run: JobRun<typeof announceJob.payload>,
  { store, clock, endpoints }: AnnouncementOptions,
): Promise<void> {
  const { uid } = run.job;
  const { of, id } = run.job.payload;
  const told = await toldOf(store, endpoints, uid, of, id);
  await store.transact(async (tx) => {
    await run.finish(tx);
    const now = clock.now();
    for (const { endpoint, kind, hops } of told) {
      tx.create(
        webhookDeliveries,
        uid,
        makeDelivery(endpoint.id, { kind, subject: id, hops }, now),
      );
      enqueue(tx, webhookJob, { uid, subject: endpoint.id }, now);
    }
  });
}

/** Returns a delivery that is due now. */
export function makeDelivery(
  endpointId: string,
  parts: Pick<WebhookDelivery, 'kind' | 'subject'> & Partial<WebhookDelivery>,
  now: number,
): WebhookDelivery {
  return {
    id: `msg_${newId()}`,
    endpointId,
    isTest: false,
    hops: 0,
    state: 'waiting',
    dueAt: now,
    tries: 0,
    attempts: [],
    createdAt: now,
    ...parts,
  };
}

interface Told {
  endpoint: ResolvedEndpoint;
  kind: DurableKind;
  hops: number;
}

async function toldOf(
  store: DocumentStore,
  endpoints: WebhookEndpoints,
  uid: string,
  of: 'conversation' | 'day_summary',
  id: string,
): Promise<Told[]> {
  if (of === 'day_summary') {
    const active = await endpoints.listActive(uid, ['day_summary']);
    return active.map((endpoint) => ({ endpoint, kind: 'day_summary', hops: 0 }));
  }
  const conversation = await store.find(conversations, uid, id);
  if (!conversation || conversation.isLocked) return [];
  const hops = conversation.webhookHops;
  const active = await endpoints.listActive(uid, ['memory_created', 'memory_creation']);
  return active.flatMap((endpoint): Told[] => {
    if (endpoint.app === null) return [{ endpoint, kind: 'memory_created', hops }];
    // Apps that make a conversation of each that they are told of would never end.
    if (conversation.discarded || hops > MAX_HOPS) return [];
    return [{ endpoint, kind: 'memory_creation', hops }];
  });
}
