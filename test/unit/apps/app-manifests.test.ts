import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppManifests } from '../../../src/apps/app-manifests.ts';
import { GuardedHttp, type GuardedRequest } from '../../../src/kernel/guarded-http.ts';
import { type WebhookAnswer, WebhookReceiver } from '../../simulators/apps/webhook-receiver.ts';

const TOOL = { name: 'look', description: 'Looks', endpoint: '/look' };

let receiver: WebhookReceiver;
let manifests: AppManifests;
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
  const http = new GuardedHttp({ allowLoopback: true, isPrivate: false });
  manifests = new AppManifests({ http });
});
afterEach(() => receiver.close());

const readFrom = (answer: WebhookAnswer) => {
  receiver.answer = () => answer;
  return manifests.readTools(`${receiver.url}/tools.json`, 'https://app.example/');
};

describe('the manifest of an app', () => {
  it('is read, with its tools at the home of the app', async () => {
    const body = JSON.stringify({ tools: [TOOL] });
    const { tools } = await readFrom({ status: 200, body });
    expect(tools).toMatchObject([{ name: 'look', endpoint: 'https://app.example/look' }]);
  });

  it.each<[string, WebhookAnswer, string]>([
    ['has no end', 'flood', 'payload-too-large'],
    [
      'redirects into the network',
      { status: 302, headers: { location: 'http://169.254.169.254/latest' } },
      'provider-rejected',
    ],
    ['cuts the connection', 'reset', 'provider-unavailable'],
    ['is a page', { status: 200, body: '<p>Welcome</p>' }, 'provider-rejected'],
    ['is a list', { status: 200, body: '[]' }, 'provider-rejected'],
    ['is null', { status: 200, body: 'null' }, 'provider-rejected'],
    ['is no longer there', { status: 410 }, 'provider-rejected'],
  ])('is refused if it %s', async (_what, answer, code) => {
    await expect(readFrom(answer)).rejects.toMatchObject({ code });
    expect(receiver.received).toHaveLength(1);
  });

  it.each(['https://10.0.0.1/t.json', 'https://[::ffff:192.168.0.1]/t', 'file:///etc/passwd'])(
    'is not asked for at %s',
    async (url) => {
      await expect(manifests.readTools(url, null)).rejects.toMatchObject({ code: 'forbidden' });
    },
  );

  it('is not asked for under a name that points inside, by any of its addresses', async () => {
    const http = new GuardedHttp({
      allowLoopback: false,
      isPrivate: false,
      resolve: async () => ['8.8.8.8', '10.0.0.1'],
    });
    const reading = new AppManifests({ http }).readTools('https://app.example/t.json', null);
    await expect(reading).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is waited for in bounds if it hangs, and is read in bounds', async () => {
    const asked: GuardedRequest[] = [];
    const http = {
      request: async (request: GuardedRequest) => {
        asked.push(request);
        return { status: 200, headers: {}, body: Buffer.from('{"tools":[]}') };
      },
    };
    await new AppManifests({ http }).readTools('https://app.example/t.json', null);
    expect(asked).toMatchObject([{ timeoutMs: 10_000, maxBytes: 512 * 1024 }]);
    expect(asked[0]?.maxRedirects ?? 0).toBe(0);
  });

  it('cannot fill the chat: of many tools, and of tools without an end, some are left out', async () => {
    const long = { ...TOOL, description: 'x'.repeat(5_000) };
    const many = Array.from({ length: 300 }, (_, i) => ({ ...TOOL, name: `tool_${i}` }));
    const body = JSON.stringify({ tools: [long, null, 7, { name: 'bare' }, ...many] });
    const { tools } = await readFrom({ status: 200, body });
    expect(tools.length).toBeLessThanOrEqual(50);
    expect(tools.every(({ name }) => name.startsWith('tool_'))).toBe(true);
  });
});
