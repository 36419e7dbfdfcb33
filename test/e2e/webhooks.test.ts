import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appSchema, apps } from '../../src/model/apps/app.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import {
  type ReceivedWebhook,
  type WebhookAnswer,
  WebhookReceiver,
} from '../simulators/apps/webhook-receiver.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let receiver: WebhookReceiver;
let recogniser: DeepgramSimulator;

interface Delivery {
  id: string;
  state: string;
  attempts: { status: number | null; error: string | null; request_bytes: number }[];
}

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  recogniser = await DeepgramSimulator.start({ clips: [] });
  server = await startTestServer({
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: recogniser.url,
    ALLOW_LOOPBACK_URLS: 'true',
    WEBHOOK_RETRY_SECONDS: '0.05,0.05,0.05',
  });
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
  await recogniser.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer = () => ({ status: 200 });
});

/** Switches off every webhook of the user's own. */
async function setHook(type: string, url: string): Promise<void> {
  for (const other of ['memory_created', 'realtime_transcript', 'audio_bytes', 'day_summary']) {
    await ok('POST', `/v1/users/developer/webhook/${other}`, { url: other === type ? url : '' });
  }
}

async function ok<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.api(method, path, body);
  expect(answer, `${method} ${path}`).toMatchObject({ status: 200 });
  return answer.body as T;
}

/** Makes a conversation out of text, as `omi-backend import` does. */
let conversations = 0;
async function makeConversation(): Promise<string> {
  conversations += 1;
  const { conversationId } = await server.context.externalConversations.create(server.uid, {
    text: `I will send report number ${conversations} to the committee tomorrow.`,
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
  return conversationId;
}

function idOf(request: ReceivedWebhook): string {
  return JSON.parse(request.body.toString('utf8')).id;
}

async function deliveries(id: string): Promise<Delivery[]> {
  return await ok('GET', `/v1/webhooks/${id}/deliveries`);
}

async function ended(id: string, subject?: string): Promise<Delivery> {
  const find = async () =>
    ((await deliveries(id)) as (Delivery & { subject: string })[]).find(
      (one) => subject === undefined || one.subject === subject,
    );
  await expect.poll(async () => (await find())?.state).not.toMatch(/waiting/);
  return (await find()) as Delivery;
}

describe('the webhook of a developer', () => {
  it('is set, read, switched and shown as in Omi', async () => {
    const base = '/v1/users/developer/webhook/audio_bytes';
    await ok('POST', base, { url: `${receiver.url}/audio,10` });
    expect(await ok('GET', base)).toEqual({ url: `${receiver.url}/audio,10` });
    const status = () => ok('GET', '/v1/users/developer/webhooks/status');
    expect(await status()).toMatchObject({ audio_bytes: true, memory_created: false });
    await ok('POST', `${base}/disable`);
    expect(await status()).toMatchObject({ audio_bytes: false });
    await ok('POST', `${base}/enable`);
    expect(await status()).toMatchObject({ audio_bytes: true });
    await ok('POST', base, { url: ',' });
    expect(await ok('GET', base)).toEqual({ url: null });
    expect(await status()).toEqual({
      audio_bytes: false,
      memory_created: false,
      realtime_transcript: false,
      day_summary: false,
    });
    const unknown = await server.api('GET', '/v1/users/developer/webhook/everything');
    expect(unknown.status).toBe(422);
  });

  it('gets a conversation that was imported, signed, with names', async () => {
    await setHook('memory_created', `${receiver.url}/hook?key=1`);
    const id = await makeConversation();
    const request = await receiver.next((one) => one.body.includes(id));
    expect(request.url).toBe(`/hook?key=1&uid=${server.uid}`);
    expect(request.headers['content-type']).toBe('application/json');
    const { secret } = await ok<{ secret: string }>(
      'GET',
      '/v1/webhooks/dev_memory_created/secret',
    );
    const headers = request.headers as Record<string, string>;
    const body = new Webhook(secret).verify(request.body, headers);
    expect(body).toMatchObject({
      id,
      status: 'completed',
      folder_name: 'Personal',
      structured: { title: expect.any(String) },
      transcript_segments: [{ speaker_name: 'User', text: expect.stringContaining('report') }],
    });
    const delivery = await ended('dev_memory_created', id);
    expect(delivery).toMatchObject({
      id: headers['webhook-id'],
      state: 'delivered',
      attempts: [{ status: 200, error: null, request_bytes: request.body.length }],
    });
  });

  it('is told of a conversation once, not again after reprocessing', async () => {
    await setHook('memory_created', `${receiver.url}/once`);
    const id = await makeConversation();
    await ended('dev_memory_created', id);
    await ok('POST', `/v1/conversations/${id}/reprocess`);
    await ok('POST', '/v1/webhooks/dev_memory_created/test');
    expect(receiver.received.filter((one) => idOf(one) === id)).toHaveLength(1);
  });

  it('is asked again under the same id after each kind of failure', async () => {
    await setHook('memory_created', `${receiver.url}/flaky`);
    receiver.answer = (_, index) =>
      (
        [
          'reset',
          { status: 500 },
          { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
        ] as const
      )[index] ?? { status: 204 };
    const id = await makeConversation();
    const delivery = await ended('dev_memory_created', id);
    expect(delivery.state).toBe('delivered');
    expect(delivery.attempts.map(({ status }) => status)).toEqual([null, 500, 302, 204]);
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    expect([...ids]).toEqual([delivery.id]);
  });

  it('that fails for good is seen in the log, and can be sent again', async () => {
    await setHook('memory_created', `${receiver.url}/down`);
    receiver.answer = () => 'flood';
    const id = await makeConversation();
    const failed = await ended('dev_memory_created', id);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.attempts).toHaveLength(4);
    expect(failed.attempts[0]?.error).toContain('too large');
    receiver.answer = () => ({ status: 200 });
    await ok('POST', `/v1/webhooks/dev_memory_created/deliveries/${failed.id}/redeliver`);
    const again = await ended('dev_memory_created', id);
    expect(again).toMatchObject({ id: failed.id, state: 'delivered' });
    expect(again.attempts).toHaveLength(5);
  });

  it('that says 410 gets nothing more until it is switched on', async () => {
    await setHook('memory_created', `${receiver.url}/gone`);
    receiver.answer = () => ({ status: 410 });
    const first = await makeConversation();
    expect(await ended('dev_memory_created', first)).toMatchObject({ state: 'failed' });
    const shown = () => ok('GET', '/v1/webhooks/dev_memory_created');
    await expect.poll(shown).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    receiver.answer = () => ({ status: 200 });
    await ok('POST', '/v1/webhooks/dev_memory_created/enable');
    expect(await shown()).toMatchObject({ enabled: true, disabled_reason: null });
    const second = await makeConversation();
    expect(await ended('dev_memory_created', second)).toMatchObject({ state: 'delivered' });
  });

  it('signs with the old secret, too, for a day after a rotation', async () => {
    await setHook('memory_created', `${receiver.url}/rotated`);
    const path = '/v1/webhooks/dev_memory_created/secret';
    const before = await ok<{ secret: string }>('GET', path);
    const after = await ok<{ secret: string; previous_until: string }>('POST', `${path}/rotate`);
    expect(after.secret).not.toBe(before.secret);
    await ok('POST', '/v1/webhooks/dev_memory_created/test');
    const [request] = receiver.received;
    for (const { secret } of [before, after]) {
      new Webhook(secret).verify(request?.body ?? '', request?.headers as Record<string, string>);
    }
  });

  it('cannot point into a private network, whatever form the address has', async () => {
    for (const url of [
      'http://example.com/hook',
      'https://10.0.0.1/',
      'https://169.254.169.254/latest/meta-data',
      'https://[fd00::1]/',
      'https://user:pass@example.com/',
      'file:///etc/passwd',
    ]) {
      const set = await server.api('POST', '/v1/users/developer/webhook/memory_created', { url });
      expect(set.status, url).toBe(403);
    }
  });

  it('gets the summary of a day as JSON', async () => {
    await setHook('day_summary', `${receiver.url}/day`);
    await makeConversation();
    const today = new Date().toISOString().slice(0, 10);
    await expect
      .poll(async () => {
        const path = '/v1/users/daily-summary-settings/test';
        return (await server.api('POST', path, { date: today })).status;
      })
      .toBe(200);
    const request = await receiver.next(({ url }) => url.startsWith('/day'));
    const body = JSON.parse(request.body.toString('utf8'));
    expect(body).toMatchObject({ uid: server.uid, created_at: expect.any(String) });
    expect(JSON.parse(body.summary)).toMatchObject({ date: today, headline: expect.any(String) });
  });
});

describe('what is said now', () => {
  it('reaches a live webhook with new segments, and its message comes into the chat', async () => {
    await setHook('realtime_transcript', `${receiver.url}/live`);
    receiver.answer = () => ({ status: 200, body: '{"message":"You mentioned the roof."}' });
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
    });
    await client.ready();
    client.suggest([{ text: 'The roof needs new tiles.', start: 0, end: 3 }]);
    const request = await receiver.next(({ url }) => url.startsWith('/live'));
    expect(request.url).toBe(`/live?uid=${server.uid}`);
    expect(JSON.parse(request.body.toString('utf8'))).toMatchObject({
      session_id: server.uid,
      segments: [{ text: 'The roof needs new tiles.', start: 0, end: 3 }],
    });
    await client.close();
    await expect
      .poll(async () => JSON.stringify((await server.api('GET', '/v2/messages')).body))
      .toContain('You mentioned the roof.');
    await expect
      .poll(() => ok('GET', '/v1/webhooks/dev_realtime_transcript'))
      .toMatchObject({ live: { sent: 1, failed: 0, dropped: 0, last_status: 200 } });
  });
});

describe('what is heard now', () => {
  /** Sends so many seconds of audio as 16-bit PCM, in frames of 20 ms. */
  async function hear(seconds: number): Promise<void> {
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      codec: 'pcm16',
      sample_rate: '16000',
    });
    await client.ready();
    const frames = Array.from({ length: seconds * 50 }, () => new Uint8Array(640).fill(1));
    await play(client.socket, frames, 50);
    await client.close();
  }

  it('reaches the webhook for audio as raw samples, in pieces of the length that was asked for', async () => {
    await setHook('audio_bytes', `${receiver.url}/audio,2`);
    await hear(4.5);
    const request = await receiver.next(({ url }) => url.startsWith('/audio'));
    expect(request.url).toBe(`/audio?sample_rate=16000&uid=${server.uid}`);
    expect(request.headers['content-type']).toBe('application/octet-stream');
    expect(request.body).toHaveLength(2 * 16_000 * 2);
    expect(new Set(request.body)).toEqual(new Set([1]));
    expect(request.headers['webhook-signature']).toMatch(/^v1,/);
  });

  it.each(['reset', 'flood', { status: 500 }, { status: 302, headers: { location: '/else' } }])(
    'is sent once and dropped if the webhook answers %j',
    async (answer) => {
      receiver.answer = () => answer as WebhookAnswer;
      await setHook('audio_bytes', `${receiver.url}/audio,1`);
      await hear(1.5);
      await receiver.next(({ url }) => url.startsWith('/audio'));
      expect(receiver.received.every(({ url }) => url.startsWith('/audio'))).toBe(true);
    },
  );

  it('reaches an app as raw samples of four seconds, once it is enabled', async () => {
    await setHook('none', '');
    await addApp('ears', 'audio_bytes', `${receiver.url}/ears`);
    await hear(5);
    await server.context.enabledApps.enableApp(server.uid, 'ears');
    await hear(5);
    const request = await receiver.next(({ url }) => url.startsWith('/ears'));
    await server.context.enabledApps.disableApp(server.uid, 'ears');
    expect(request.url).toBe(`/ears?sample_rate=16000&uid=${server.uid}`);
    expect(request.headers['content-type']).toBe('application/octet-stream');
    expect(request.headers['webhook-signature']).toMatch(/^v1,/);
    expect(request.body).toHaveLength(4 * 16_000 * 2);
    expect(new Set(request.body)).toEqual(new Set([1]));
    expect(receiver.received.filter(({ url }) => url.startsWith('/ears'))).toHaveLength(1);
  });
});

/** Adds an app of the user's own that is told by its webhook. */
async function addApp(
  id: string,
  triggersOn: 'memory_creation' | 'audio_bytes',
  webhookUrl: string,
): Promise<void> {
  const app = appSchema.parse({
    id,
    name: 'Notes',
    description: 'Takes notes',
    uid: server.uid,
    private: true,
    capabilities: ['external_integration'],
    externalIntegration: { triggersOn, webhookUrl },
    createdAt: 1,
  });
  await server.context.store.transact((tx) => tx.put(apps, GLOBAL, app));
}

describe('the webhook of an app', () => {
  beforeAll(async () => {
    await addApp('notes', 'memory_creation', `${receiver.url}/app`);
    await setHook('none', '');
    await server.context.enabledApps.enableApp(server.uid, 'notes');
  });

  it('is told, and its answer is a message that cites the conversation', async () => {
    receiver.answer = () => ({ status: 200, body: '{"message":"Noted."}' });
    const id = await makeConversation();
    const request = await receiver.next(({ url }) => url.startsWith('/app'));
    expect(JSON.parse(request.body.toString('utf8'))).toMatchObject({ id, plugins_results: [] });
    await ended('app_notes', id);
    const { body } = await server.api('GET', '/v2/messages?app_id=notes');
    expect(body).toMatchObject([
      { text: 'Noted.', sender: 'ai', plugin_id: 'notes', memories: [{ id }] },
    ]);
  });

  it('gives its message to whoever ends a live conversation, and keeps nobody waiting for a failure', async () => {
    const said = async (text: string) => {
      const client = await ListenClient.connect(server.wsUrl, server.token, {
        custom_stt: 'enabled',
      });
      await client.ready();
      client.suggest([{ text, start: 0, end: 3 }]);
      await client.until(() => client.text().includes(text));
      const ended = await ok<{ conversation: { id: string }; messages: unknown[] }>(
        'POST',
        '/v1/conversations',
        {},
      );
      await client.close();
      return ended;
    };
    receiver.answer = () => ({ status: 200, body: '{"message":"Noted at once."}' });
    const told = await said('We sign the lease for the new office on Friday.');
    expect(told.messages).toMatchObject([
      { text: 'Noted at once.', plugin_id: 'notes', memories: [{ id: told.conversation.id }] },
    ]);
    receiver.answer = () => ({ status: 500 });
    const failed = await said('The movers come on Saturday with two vans.');
    expect(failed.messages).toEqual([]);
  });

  it('is skipped once the app is disabled', async () => {
    receiver.answer = () => 'reset';
    const id = await makeConversation();
    await receiver.next(({ url, body }) => url.startsWith('/app') && body.includes(id));
    await server.context.enabledApps.disableApp(server.uid, 'notes');
    const gone = await server.api('GET', '/v1/webhooks/app_notes/deliveries');
    expect(gone.status).toBe(404);
  });
});
