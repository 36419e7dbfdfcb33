import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { jobs } from '../../src/model/jobs.ts';
import { eventually } from '../fixtures/eventually.ts';
import { FcmService } from '../simulators/push/fcm-service.ts';
import { PushService } from '../simulators/push/push-service.ts';
import { recordElsewhere } from './console/record-elsewhere.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SENTENCE = 'The lighthouse needs a new lamp before the winter, and I will order it tomorrow.';

describe('notifications on phones', () => {
  let fcm: FcmService;
  let server: TestServer;
  /** How far the server's clock is ahead, milliseconds. */
  let ahead = 0;

  beforeAll(async () => {
    fcm = await FcmService.start();
    const clock = { now: () => Date.now() + ahead };
    server = await startTestServer(fcm.env, undefined, undefined, clock);
  });
  afterAll(async () => {
    await server.stop();
    await fcm.close();
  });
  afterEach(async () => {
    expect(fcm.complaints).toEqual([]);
    fcm.requests = 0;
    fcm.received.length = 0;
    fcm.faults.length = 0;
    for (const token of ['phone-1', 'phone-2']) {
      await server.api('DELETE', '/v1/users/fcm-token', { fcm_token: token });
    }
  });

  const register = (token: string) =>
    fetch(`${server.url}/v1/users/fcm-token`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.token}`,
        'content-type': 'application/json',
        'x-app-platform': 'android',
        'x-device-id-hash': token,
      },
      body: JSON.stringify({ fcm_token: token, time_zone: 'Europe/Berlin' }),
    });
  const pending = async () => {
    const request = { query: 'ofUser', filters: { uid: server.uid }, limit: 100 } as const;
    const { items } = await server.context.store.query(jobs, GLOBAL, request);
    return items.filter(({ kind }) => ['notify', 'push', 'process'].includes(kind));
  };
  /** Waits until the service was asked so often, and nothing is left to be sent. */
  const asked = async (requests: number) => {
    await eventually(() => expect(fcm.requests).toBeGreaterThanOrEqual(requests));
    await eventually(async () => expect(await pending()).toEqual([]));
    expect(fcm.requests).toBe(requests);
  };

  it('tells each phone once, where Omi’s app is to go', async () => {
    await register('phone-1');
    await register('phone-2');
    const id = await recordElsewhere(server, SENTENCE);
    await asked(2);
    await server.api('POST', `/v1/conversations/${id}/reprocess`);
    await asked(2);
    expect(fcm.received.map(({ token }) => token).sort()).toEqual(['phone-1', 'phone-2']);
    expect(fcm.received[0]?.data).toMatchObject({
      navigate_to: `/conversation/${id}`,
      sender: 'ai',
    });
    expect(fcm.tokens).toBe(1);
  });

  it('tells a browser and a phone from one outbox', async () => {
    const browser = await PushService.start();
    const { body } = await server.api('GET', '/v1/push/key');
    const subscription = browser.subscribe((body as { public_key: string }).public_key);
    await server.api('POST', '/v1/push/subscriptions', subscription);
    await register('phone-1');
    await recordElsewhere(server, SENTENCE);
    await browser.until(() => browser.received.length === 1);
    await asked(1);
    expect(browser.received).toHaveLength(1);
    expect(fcm.received).toHaveLength(1);
    await browser.close();
    const { body: list } = await server.api('GET', '/v1/push/subscriptions');
    for (const { id } of list as { id: string }[]) {
      await server.api('DELETE', `/v1/push/subscriptions/${id}`);
    }
  });

  it.each(['UNREGISTERED', 'SENDER_ID_MISMATCH'])(
    'forgets a token that Firebase says is %s',
    async (errorCode) => {
      await register('phone-1');
      await register('phone-2');
      fcm.faults.push({ status: errorCode === 'UNREGISTERED' ? 404 : 403, errorCode });
      await recordElsewhere(server, SENTENCE);
      await asked(2);
      expect(fcm.received).toHaveLength(1);
      const left = fcm.received[0]?.token;
      await recordElsewhere(server, SENTENCE);
      await asked(3);
      expect(fcm.received.map(({ token }) => token)).toEqual([left, left]);
    },
  );

  it('tries again after the time that Firebase asks for, and sends once', async () => {
    await register('phone-1');
    fcm.faults.push({ status: 429, errorCode: 'QUOTA_EXCEEDED', retryAfter: '600' });
    await recordElsewhere(server, SENTENCE);
    await eventually(async () => {
      const waiting = (await pending()).find(
        ({ kind, attempts }) => kind === 'push' && attempts > 0,
      );
      expect(waiting?.dueAt).toBeGreaterThan(Date.now() + 500_000);
    });
    expect(fcm.received).toEqual([]);
    ahead += 700_000;
    await asked(2);
    expect(fcm.received).toHaveLength(1);
  });

  it('gets a new access token if the old one was taken back', async () => {
    await register('phone-1');
    const before = fcm.tokens;
    // Another server of the same account has got a newer one.
    fcm.tokens += 1;
    await recordElsewhere(server, SENTENCE);
    await eventually(async () => {
      expect((await pending()).some(({ kind, attempts }) => kind === 'push' && attempts > 0)).toBe(
        true,
      );
    });
    ahead += 60_000;
    await asked(2);
    expect(fcm.received).toHaveLength(1);
    expect(fcm.tokens).toBe(before + 2);
  });

  it('does not try again what Firebase will not take', async () => {
    await register('phone-1');
    fcm.faults.push({ status: 400, errorCode: 'INVALID_ARGUMENT' });
    await recordElsewhere(server, SENTENCE);
    await asked(1);
    expect(fcm.received).toEqual([]);
  });

  it('keeps quiet about a kind that is switched off', async () => {
    await register('phone-1');
    await server.api('PATCH', '/v1/push/settings', { conversation: false });
    const id = await recordElsewhere(server, SENTENCE);
    // What is to be told is enqueued in the commit that completes it.
    await eventually(async () => {
      const { body } = await server.api('GET', `/v1/conversations/${id}`);
      expect(body).toMatchObject({ status: 'completed' });
    });
    await asked(0);
    await server.api('PATCH', '/v1/push/settings', { conversation: true });
  });
});
