import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { appSchema, apps } from '../../../src/model/apps/app.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import {
  type WebhookDelivery,
  webhookDeliveries,
} from '../../../src/model/webhooks/webhook-delivery.ts';
import { queryAll } from '../../../src/store/collection.ts';
import {
  type ReceivedWebhook,
  type WebhookAnswer,
  WebhookReceiver,
} from '../../simulators/apps/webhook-receiver.ts';
import { startTestServer } from '../test-server.ts';
import { ChildServer } from './child-server.ts';

/** Faults that a receiver shows by turns; most requests succeed in the end. */
const FAULTS: readonly WebhookAnswer[] = [
  'reset',
  { status: 500 },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
  'flood',
  { status: 404 },
];
const HANG_EVERY = 400;
const ENV = { ALLOW_LOOPBACK_URLS: 'true', WEBHOOK_RETRY_SECONDS: Array(45).fill('0.2').join(',') };

export interface WebhookSoakOptions {
  apps: number;
  conversations: number;
  kills: number;
  /** Longest time that a server runs before it is killed, milliseconds. */
  runMs: number;
  /** Gives up after this long, milliseconds. */
  limitMs: number;
}

/** What came of it; see `runWebhookSoak`. */
export interface WebhookSoakResult {
  deliveries: number;
  requests: number;
  /** Deliveries of which the receiver has got more than one request. */
  repeated: number;
  /** Deliveries in the log whose state is not `delivered`. */
  undelivered: number;
  /** Pairs of app and conversation without a delivery in the log. */
  missing: number;
  /** Delivered according to the log, and never received. */
  neverReceived: number;
  /** Received under an id that the log does not have. */
  unknown: number;
  /** Pairs of app and conversation with more than one id. */
  doubled: number;
  badSignatures: number;
}

/**
 * Seeds conversations for a number of apps, then runs and kills the server until every delivery has
 * ended, against a receiver that fails in every way.
 */
export async function runWebhookSoak(options: WebhookSoakOptions): Promise<WebhookSoakResult> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-webhook-soak-'));
  const receiver = await WebhookReceiver.start();
  try {
    const faults = makeFaults();
    receiver.answer = faults;
    const { uid, secrets } = await seed(directory, receiver.url, options);
    const until = Date.now() + options.limitMs;
    for (let kill = 0; kill < options.kills; kill += 1) {
      const child = await ChildServer.start(directory, ENV);
      await sleep(Math.round(options.runMs * Math.random()));
      await child.kill();
      receiver.release();
    }
    const last = await ChildServer.start(directory, ENV);
    const total = options.apps * options.conversations;
    while (faults.succeeded.size < total && Date.now() < until) {
      await sleep(100);
      receiver.release();
    }
    // The last outcomes are stored after their responses.
    await sleep(1_000);
    await last.stop();
    return await judge(directory, uid, receiver.received, secrets, options);
  } finally {
    await receiver.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function makeFaults() {
  const counts = new Map<string, number>();
  const succeeded = new Set<string>();
  const answer = (request: ReceivedWebhook, index: number): WebhookAnswer => {
    const id = String(request.headers['webhook-id']);
    const count = counts.get(id) ?? 0;
    counts.set(id, count + 1);
    if (index % HANG_EVERY === HANG_EVERY - 1) return 'hang';
    // Every third event meets one or two faults first.
    const turn = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    const fault = FAULTS[(turn + count) % FAULTS.length];
    if (turn % 3 === 0 && count < 1 + (turn % 2) && fault) return fault;
    succeeded.add(id);
    return { status: 200 };
  };
  return Object.assign(answer, { succeeded });
}

async function seed(directory: string, url: string, options: WebhookSoakOptions) {
  const server = await startTestServer(ENV, directory);
  const { context, uid } = server;
  // Nothing is sent yet: what is announced waits for the servers that are killed.
  await context.outgoingWorker.close();
  const secrets = new Map<string, string>();
  for (let i = 0; i < options.apps; i += 1) {
    const app = appSchema.parse({
      id: `app${i}`,
      name: `App ${i}`,
      description: '',
      uid,
      private: true,
      capabilities: ['external_integration'],
      externalIntegration: { triggersOn: 'memory_creation', webhookUrl: `${url}/${i}` },
      createdAt: i,
    });
    await context.store.transact((tx) => tx.put(apps, GLOBAL, app));
    await context.enabledApps.enableApp(uid, app.id);
    const { secret } = await context.webhooks.secrets.get(uid, `app_${app.id}`);
    secrets.set(`/${i}`, secret);
  }
  for (let i = 0; i < options.conversations; i += 1) {
    const { conversationId } = await context.externalConversations.create(uid, {
      text: `I will send report number ${i} to the committee tomorrow.`,
      textSource: 'message',
      textSourceSpec: null,
      source: 'external_integration',
      startedAt: null,
      finishedAt: null,
      geolocation: null,
      language: 'en',
      appId: null,
      sender: null,
      isFromUser: true,
      subject: null,
      understoodText: null,
    });
    await context.processing.whenProcessed(uid, conversationId, 30_000);
  }
  await server.stop({ keepData: true });
  return { uid, secrets };
}

async function judge(
  directory: string,
  uid: string,
  received: readonly ReceivedWebhook[],
  secrets: ReadonlyMap<string, string>,
  options: WebhookSoakOptions,
): Promise<WebhookSoakResult> {
  const server = await startTestServer(ENV, directory);
  const log: WebhookDelivery[] = [];
  const all = queryAll(server.context.store, webhookDeliveries, uid, { query: 'recent' });
  for await (const delivery of all) log.push(delivery);
  await server.stop({ keepData: true });
  const requests = new Map<string, number>();
  let badSignatures = 0;
  for (const { headers, body, url } of received) {
    const id = String(headers['webhook-id']);
    requests.set(id, (requests.get(id) ?? 0) + 1);
    const secret = secrets.get(url.split('?')[0] ?? '') ?? '';
    if (!isSigned(secret, body, headers as Record<string, string>)) badSignatures += 1;
  }
  const pairs = log.map(({ endpointId, subject }) => `${endpointId} ${subject}`);
  const ids = new Set(log.map(({ id }) => id));
  return {
    deliveries: log.length,
    requests: received.length,
    repeated: [...requests.values()].filter((count) => count > 1).length,
    undelivered: log.filter(({ state }) => state !== 'delivered').length,
    missing: options.apps * options.conversations - new Set(pairs).size,
    neverReceived: log.filter((one) => one.state === 'delivered' && !requests.has(one.id)).length,
    unknown: [...requests.keys()].filter((id) => !ids.has(id)).length,
    doubled: pairs.length - new Set(pairs).size,
    badSignatures,
  };
}

function isSigned(secret: string, body: Buffer, headers: Record<string, string>): boolean {
  try {
    // The library refuses what is older than five minutes; long soaks check what they can.
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    return String(error).includes('too old');
  }
}
