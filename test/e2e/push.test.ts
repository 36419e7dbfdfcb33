import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { jobs } from '../../src/model/jobs.ts';
import { PushService } from '../simulators/push/push-service.ts';
import { recordElsewhere } from './console/record-elsewhere.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let service: PushService;
let server: TestServer;
beforeAll(async () => {
  service = await PushService.start();
  server = await startTestServer({ ALLOW_LOOPBACK_URLS: 'true' });
});
afterAll(async () => {
  await server.stop();
  await service.close();
});
afterEach(async () => {
  service.received.length = 0;
  service.answers.length = 0;
  const { body } = await server.api('GET', '/v1/push/subscriptions');
  for (const { id } of body as { id: string }[]) {
    await server.api('DELETE', `/v1/push/subscriptions/${id}`);
  }
  await server.api('PATCH', '/v1/push/settings', { conversation: true });
});

async function subscribe(name = 'one'): Promise<void> {
  const { body } = await server.api('GET', '/v1/push/key');
  const subscription = service.subscribe((body as { public_key: string }).public_key, name);
  const added = await server.api('POST', '/v1/push/subscriptions', subscription);
  expect(added.status).toBe(200);
}

/** Waits until nothing is left to be sent. */
async function settled(): Promise<void> {
  const left = async () => {
    const request = { query: 'ofUser', filters: { uid: server.uid }, limit: 100 } as const;
    const { items } = await server.context.store.query(jobs, GLOBAL, request);
    return items.filter(({ kind }) => ['notify', 'push', 'process'].includes(kind)).length;
  };
  await expect.poll(left).toBe(0);
}

const SENTENCE = 'The lighthouse needs a new lamp before the winter, and I will order it tomorrow.';

describe('web push', () => {
  it('tells every browser of the user once that a conversation is finished', async () => {
    await subscribe('one');
    await subscribe('two');
    const id = await recordElsewhere(server, SENTENCE);
    await service.until(() => service.received.length === 2);
    await server.api('POST', `/v1/conversations/${id}/reprocess`);
    await settled();
    expect(service.received.map(({ path }) => path).sort()).toEqual(['/push/one', '/push/two']);
    const [push] = service.received;
    expect(push?.message).toMatchObject({ kind: 'conversation', path: `timeline/${id}` });
    const { body } = await server.api('GET', `/v1/conversations/${id}`);
    const { emoji, title } = (body as { structured: { emoji: string; title: string } }).structured;
    expect(push?.message.title).toBe(`${emoji} ${title}`);
    expect(push?.headers).toMatchObject({ ttl: '86400', 'content-encoding': 'aes128gcm' });
  });

  it('tells nothing of a kind that the user has switched off', async () => {
    await subscribe();
    const off = await server.api('PATCH', '/v1/push/settings', { conversation: false });
    expect(off.body).toMatchObject({ conversation: false, task: true });
    await recordElsewhere(server, SENTENCE);
    await settled();
    expect(service.received).toEqual([]);
  });

  it('reminds of a task that is due', async () => {
    const due = new Date(Date.now() - 60_000).toISOString();
    const { body } = await server.api('POST', '/v1/action-items', {
      description: 'Order the lamp',
      due_at: due,
    });
    // A time of day at which a due date is no date alone, whenever the test runs.
    const zone = `Etc/GMT${new Date().getUTCHours() < 12 ? '-' : '+'}6`;
    await server.api('POST', '/v1/users/fcm-token', { fcm_token: 'none', time_zone: zone });
    await subscribe();
    await service.until(() => service.received.length === 1);
    const { id } = body as { id: string };
    expect(service.received[0]?.message).toMatchObject({ title: 'Order the lamp', kind: 'task' });
    await server.api('DELETE', `/v1/action-items/${id}`);
  });

  it('tries again what a push service did not take, and forgets a browser that is gone', async () => {
    await subscribe();
    service.answers.push(503);
    await recordElsewhere(server, SENTENCE);
    await service.until(() => service.received.length === 1);
    service.answers.push(410);
    await recordElsewhere(server, 'We should paint the boat house in spring, I will buy paint.');
    await expect
      .poll(async () => (await server.api('GET', '/v1/push/subscriptions')).body)
      .toEqual([]);
    expect(service.received).toHaveLength(1);
  });

  it('refuses what cannot be a push service', async () => {
    const good = service.subscribe('x');
    for (const endpoint of ['http://10.0.0.1/push', 'ftp://example.org', 'https://192.168.0.1/p']) {
      const { status } = await server.api('POST', '/v1/push/subscriptions', { ...good, endpoint });
      expect([400, 403], endpoint).toContain(status);
    }
    const keys = { p256dh: 'AAAA', auth: 'AAAA' };
    const bad = await server.api('POST', '/v1/push/subscriptions', { ...good, keys });
    expect(bad.status).toBe(400);
  });
});
