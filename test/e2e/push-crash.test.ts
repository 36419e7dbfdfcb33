import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PushService } from '../simulators/push/push-service.ts';
import { ChildServer } from './crash/child-server.ts';
import { ListenClient } from './listen-client.ts';

describe('web push of a server that is killed', () => {
  let service: PushService;
  let dataDir: string;
  let server: ChildServer;
  let token: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'omi-push-'));
    service = await PushService.start();
    server = await start();
    token = server.token ?? '';
    const { public_key } = await api<{ public_key: string }>('GET', '/v1/push/key');
    await api('POST', '/v1/push/subscriptions', service.subscribe(public_key));
  });
  afterEach(async () => {
    await server.kill();
    await service.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = () => ChildServer.start(dataDir, { ALLOW_LOOPBACK_URLS: 'true' });

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  async function running(): Promise<number> {
    return (await api<{ jobs: { running: number } }>('GET', '/v1/health')).jobs.running;
  }

  async function converse(text: string): Promise<string> {
    const client = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
    await client.ready();
    client.suggest([{ text, start: 0, end: 4 }]);
    await client.until(() => client.segments.size > 0);
    const ended = await api<{ conversation: { id: string } }>('POST', '/v1/conversations', {});
    await client.close();
    return `conversation:${ended.conversation.id}`;
  }

  it('sends after the restart what was not sent, once and signed with the same key', async () => {
    service.answers.push(503);
    const id = await converse('I will order a new lamp for the lighthouse tomorrow morning.');
    await service.until(() => service.requests === 1);
    // Until the answer is stored, the push service may have taken the message.
    await expect.poll(running).toBe(0);
    await server.kill();
    server = await start();
    await service.until(() => service.received.length === 1);
    const later = await converse('We should paint the boat house in spring, I will buy paint.');
    await service.until(() => service.received.length === 2);
    expect(service.received.map(({ message }) => message.id)).toEqual([id, later]);
  }, 60_000);

  it('does not send again what the push service may have taken', async () => {
    service.answers.push('hang');
    await converse('I will order a new lamp for the lighthouse tomorrow morning.');
    await service.until(() => service.requests === 1);
    await server.kill();
    server = await start();
    const later = await converse('We should paint the boat house in spring, I will buy paint.');
    await service.until(() => service.received.length === 1);
    expect(service.received.map(({ message }) => message.id)).toEqual([later]);
    expect(service.requests).toBe(2);
  }, 60_000);
});
