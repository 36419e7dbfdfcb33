import type { CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser, signInByLink } from '../../fixtures/browser.ts';
import { PushService } from '../../simulators/push/push-service.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { recordElsewhere } from './record-elsewhere.ts';
import { ReverseProxy } from './reverse-proxy.ts';

const SENTENCE = 'The lighthouse needs a new lamp before the winter, and I will order it tomorrow.';

describe.skipIf(!hasBrowser)('notifications of a console behind a proxy at a sub-path', () => {
  let service: PushService;
  let proxy: ReverseProxy;
  let server: TestServer;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;

  beforeAll(async () => {
    [service, proxy, browser] = await Promise.all([
      PushService.start(),
      ReverseProxy.start('/omi'),
      launchBrowser(),
    ]);
    server = await startTestServer({
      ALLOW_LOOPBACK_URLS: 'true',
      PUBLIC_URL: `${proxy.url}/`,
    });
    proxy.target = Number(new URL(server.url).port);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await proxy?.stop();
    await service?.close();
  });

  it('are subscribed to by a button, arrive at the worker, and name the conversation', async () => {
    const context = await browser.newContext({
      locale: 'en-GB',
      permissions: ['notifications'],
    });
    // The browser's own push service is of its maker; this one is of the test. Keys as in PushSubscription.
    await context.exposeFunction('subscribeHere', (key: string) => service.subscribe(key));
    await context.addInitScript(`{
      let current = null;
      PushManager.prototype.getSubscription = async () => current;
      PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
        const made = await window.subscribeHere(applicationServerKey);
        current = { endpoint: made.endpoint, toJSON: () => made, unsubscribe: async () => true };
        return current;
      };
    }`);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const session = await context.newCDPSession(page);
    const registered = registrationAt(session, `${proxy.url}/`);
    await signInByLink(page, { ...server, url: proxy.url });
    await page.goto(`${proxy.url}/settings`);
    await page.getByRole('button', { name: 'Turn on' }).click();
    const registrationId = await registered;
    await expect
      .poll(async () => (await server.api('GET', '/v1/push/subscriptions')).body)
      .toHaveLength(1);

    const id = await recordElsewhere(server, SENTENCE);
    await service.until(() => service.received.length > 0);
    const message = service.received[0]?.message;
    expect(message).toMatchObject({ kind: 'conversation', path: `timeline/${id}` });

    const data = JSON.stringify(message);
    const { origin } = new URL(proxy.url);
    await session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
    const shown = () =>
      page.evaluate(`(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const notifications = await registration.getNotifications();
        return notifications.map(({ title, icon, data }) => ({
          title, icon, opens: new URL(data.path, registration.scope).href,
        }));
      })()`);
    await expect.poll(shown).toEqual([
      {
        title: message?.title,
        icon: `${proxy.url}/icon.svg`,
        opens: `${proxy.url}/timeline/${id}`,
      },
    ]);
    await page.goto(`${proxy.url}/timeline/${id}`);
    await page
      .getByText(/The lighthouse needs a new lamp/)
      .first()
      .waitFor();
    await context.close();
  });
});

/** The id of the worker's registration whose scope is an address, once there is one. */
async function registrationAt(session: CDPSession, scope: string): Promise<string> {
  const found = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find((one) => one.scopeURL === scope && !one.isDeleted);
      if (own) resolve(own.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  return found;
}
