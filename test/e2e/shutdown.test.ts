import { afterEach, describe, expect, it } from 'vitest';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { CliInstallation, type CliServer } from './cli-process.ts';
import { ListenClient } from './listen-client.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server whose model hears a question and never answers it. */
async function serve(): Promise<{
  installation: CliInstallation;
  server: CliServer;
  openai: OpenAiSimulator;
}> {
  const openai = await OpenAiSimulator.start();
  closers.push(() => openai.close());
  const deepgram = await DeepgramSimulator.start();
  closers.push(() => deepgram.close());
  const installation = await CliInstallation.create({
    OPENAI_BASE_URL: openai.baseUrl,
    OPENAI_TIMEOUT_MS: '600000',
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: deepgram.url,
    SHUTDOWN_SECONDS: '8',
  });
  closers.push(() => installation.remove());
  return { installation, server: await installation.serve(), openai };
}

function post(server: CliServer, path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function say(server: CliServer): Promise<ListenClient> {
  const url = server.url.replace('http', 'ws');
  const client = await ListenClient.connect(url, server.token ?? '', { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([
    { text: 'We need to repair the greenhouse roof before the frost arrives.', start: 0, end: 5 },
    { text: 'I will order the new glass panes tomorrow morning.', start: 6, end: 9, is_user: true },
  ]);
  await client.until(() => client.text().includes('glass panes'));
  return client;
}

describe('SIGTERM', () => {
  it('while a conversation is processed ends in good order, and the work is done at the next start', async () => {
    const { installation, server, openai } = await serve();
    const client = await say(server);
    openai.fault = 'hang';
    const before = openai.chats.length;
    // Neither this nor the job behind it will be answered.
    const ending = post(server, '/v1/conversations', {}).catch(() => null);
    await expect.poll(() => openai.chats.length).toBeGreaterThan(before);
    expect(await server.stop()).toBe(0);
    await ending;
    await client.close();
    openai.fault = 'none';
    const again = await installation.serve();
    const conversations = async () => {
      const response = await fetch(`${again.url}/v1/conversations`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      const list = (await response.json()) as { status: string; structured: { title: string } }[];
      return list.map(({ status }) => status);
    };
    await expect.poll(conversations).toEqual(['completed']);
    expect(await again.stop()).toBe(0);
  });

  it('while an answer is streamed ends in good order', async () => {
    const { server, openai } = await serve();
    openai.fault = 'hang';
    const asking = post(server, '/v2/messages', { text: 'Hi!' }).catch(() => null);
    await expect.poll(() => openai.chats.length).toBe(1);
    expect(await server.stop()).toBe(0);
    await asking;
  });
});
