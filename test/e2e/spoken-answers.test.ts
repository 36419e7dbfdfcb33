import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let model: OpenAiSimulator;
let server: TestServer;
beforeAll(async () => {
  model = await OpenAiSimulator.start({ apiKey: 'speech-key' });
  server = await startTestServer({
    TTS_MODEL: 'tts',
    TTS_BASE_URL: model.baseUrl,
    TTS_API_KEY: 'speech-key',
    TTS_VOICE: 'heart',
    RATE_LIMIT_BOOST: '100',
  });
});
afterAll(async () => {
  await server.stop();
  await model.close();
});
beforeEach(() => {
  model.fault = 'none';
  model.requests.length = 0;
});

async function speak(body: unknown, to = server, path = '/v2/tts/synthesize') {
  const response = await fetch(`${to.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${to.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

it.each(['/v2/tts/synthesize', '/v1/tts/synthesize'])(
  '%s speaks in the voice of the server, whatever voice a client names',
  async (path) => {
    const spoken = await speak(
      { text: ' Good morning. ', voice_id: 'BAMYoBHLZM7lJgJAmFz0' },
      server,
      path,
    );
    expect(spoken).toEqual({ status: 200, type: 'audio/mpeg', text: 'ID3 heart: Good morning.' });
    expect(model.requests[0]).toMatchObject({
      authorization: 'Bearer speech-key',
      body: { model: 'tts', voice: 'heart', response_format: 'mp3' },
    });
    const usage = await server.api('GET', '/v1/users/me/llm-usage');
    expect(JSON.stringify(usage.body)).toContain('speech');
  },
);

it.each(['server-error', 'unauthorized', 'rate-limited', 'not-json', 'drop'] as const)(
  'a model that fails (%s) is told as 503, so that clients speak by themselves',
  async (fault) => {
    model.fault = fault;
    const { status, text } = await speak({ text: 'Hello' });
    expect([status, JSON.parse(text).code]).toEqual([503, 'provider-unavailable']);
  },
);

it('a text that is empty or too long is refused', async () => {
  for (const text of ['', '  ', 'x'.repeat(5_001)]) {
    expect((await speak({ text })).status).toBe(422);
  }
  expect((await speak({})).status).toBe(422);
  expect(model.requests).toEqual([]);
});

it('without a model the server says so, which clients understand', async () => {
  const other = await startTestServer();
  const { status, text } = await speak({ text: 'Hello' }, other);
  expect([status, JSON.parse(text).code]).toEqual([503, 'not-configured']);
  await other.stop();
});

it('the key of the language model is sent to no other server', async () => {
  const other = await startTestServer({
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: 'speech-key',
    OPENAI_MODEL: 'x',
    OPENAI_EMBEDDING_MODEL: 'none',
    TTS_MODEL: 'tts',
    TTS_BASE_URL: model.baseUrl,
  });
  expect((await speak({ text: 'Hello' }, other)).status).toBe(503);
  expect(model.requests.at(-1)?.authorization).toBeUndefined();
  await other.stop();
});
