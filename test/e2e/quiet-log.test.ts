import { appendFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../../src/kernel/errors.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { documentedRoutes } from './openapi-routes.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Each is said, sent or stored somewhere below; none may stand in a log line. */
const SECRETS = {
  spoken: 'marmaladefjord',
  suggested: 'velvetturbine',
  name: 'Peregrinaquill',
  memory: 'copperlantern',
  searched: 'thunderbiscuit',
  provider: 'dg-key-halibut',
  model: 'oa-key-mackerel',
  badToken: 'omi_stolenbarnacle',
};

let lines: string[];
let deepgram: DeepgramSimulator;
let openai: OpenAiSimulator;
let server: TestServer;
let token: string;

beforeAll(async () => {
  lines = [];
  deepgram = await DeepgramSimulator.start({ apiKey: SECRETS.provider });
  openai = await OpenAiSimulator.start({ apiKey: SECRETS.model });
  server = await startTestServer(
    {
      LOG_LEVEL: 'trace',
      DEEPGRAM_API_KEY: SECRETS.provider,
      DEEPGRAM_BASE_URL: deepgram.url,
      OPENAI_API_KEY: SECRETS.model,
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_TIMEOUT_MS: '2000',
    },
    undefined,
    { write: (line) => lines.push(line) },
  );
  token = server.token;
});
afterAll(async () => {
  await deepgram.close();
  await openai.close();
});

/** Words by voice and by the client itself, a name, and what the server cannot make sense of. */
async function session(): Promise<void> {
  const speech = synthesise([
    { speaker: 0, text: `We must buy the ${SECRETS.spoken} tomorrow.` },
    { speaker: 1, text: `Yes, the ${SECRETS.spoken} is for the office.` },
  ]);
  const voice = await ListenClient.connect(server.wsUrl, token, {
    sample_rate: '16000',
    codec: 'pcm16',
    uid: SECRETS.name,
  });
  await voice.ready();
  voice.socket.send(
    JSON.stringify({
      type: 'speaker_assigned',
      speaker_id: 1,
      person_id: 'p',
      person_name: SECRETS.name,
    }),
  );
  voice.socket.send(`{"type":"${SECRETS.spoken}"`);
  voice.socket.send(JSON.stringify({ type: SECRETS.spoken }));
  await play(voice.socket, pcmFrames(speech.pcm, 16_000), 8);
  await voice.until(() => voice.text().includes('office'));
  const text = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
  await text.ready();
  text.suggest([{ text: `I will call about the ${SECRETS.suggested}.`, start: 0, end: 3 }]);
  await text.until(() => text.text().includes(SECRETS.suggested));
  expect((await server.api('POST', '/v1/conversations', {})).status).toBe(200);
  await voice.close();
  await text.close();
}

function expectQuiet(): void {
  const log = lines.join('');
  for (const [what, secret] of Object.entries({ ...SECRETS, token, hash: token.slice(4) })) {
    expect(log.toLowerCase().includes(secret.toLowerCase()), what).toBe(false);
  }
}

describe('the log at its most talkative', () => {
  it('holds no word, name, key or token of a session that goes well', async () => {
    await session();
    await server.api('POST', '/v1/users/people', { name: SECRETS.name });
    await server.api('POST', '/v3/memories', { content: `Has a ${SECRETS.memory}.` });
    await server.api('POST', '/v1/conversations/search', { query: SECRETS.searched });
    await server.api('GET', `/v1/action-items/search?query=${SECRETS.searched}`);
    await server.api('GET', '/v1/users/export');
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.some((line) => line.includes('"msg":"request"'))).toBe(true);
    expect(lines.some((line) => line.includes('"msg":"stt state"'))).toBe(true);
    expect(lines.some((line) => line.includes('"msg":"listen messages ignored"'))).toBe(true);
    expectQuiet();
  });

  it('holds none where the vendors fail', async () => {
    deepgram.faults.push({ kind: 'garbage' }, { kind: 'drop', afterAudioMs: 1_000 });
    openai.fault = 'not-json';
    const before = lines.length;
    await session();
    expect(lines.slice(before).some((line) => line.includes('model'))).toBe(true);
    expectQuiet();
  });

  it('holds none of what is refused', async () => {
    await server.api('GET', '/v3/memories', undefined, SECRETS.badToken);
    await expect(ListenClient.connect(server.wsUrl, SECRETS.badToken, {})).rejects.toThrow('403');
    await expect(
      ListenClient.connect(server.wsUrl, token, { sample_rate: SECRETS.spoken }),
    ).rejects.toThrow('403');
    const web = await ListenClient.connect(server.wsUrl, null, {}, '/v4/web/listen');
    web.socket.send(JSON.stringify({ type: 'auth', token: SECRETS.badToken }));
    await web.until(() => web.closed !== undefined);
    for (const route of await documentedRoutes(server.url)) {
      const target = route.path.replace(/\{\w+\}/g, SECRETS.spoken);
      const method = route.name === 'DELETE /v1/users/delete-account' ? 'GET' : route.method;
      const response = await fetch(`${server.url}${target}?query=${SECRETS.searched}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          // An id of another form than ids have is not taken over.
          'x-request-id': `${SECRETS.name} said`,
        },
        ...(method === 'GET' ? {} : { body: `{"${SECRETS.memory}": ${SECRETS.spoken}` }),
      });
      await response.text();
    }
    expectQuiet();
  });

  it('holds none where what is stored cannot be read', async () => {
    const { body } = await server.api('GET', '/v3/memories?limit=1');
    expect(JSON.stringify(body)).toContain(SECRETS.memory);
    await server.stop({ keepData: true });
    // A damaged index holds words, and quotes of them stand in the errors of its engine.
    const indexes = path.join(server.dataDir, 'search');
    for (const name of await readdir(indexes, { recursive: true })) {
      if (/\.(sqlite|db)$/.test(name)) {
        await writeFile(path.join(indexes, name), `not a database: ${SECRETS.spoken}`);
      }
    }
    await appendFile(path.join(indexes, 'stray'), SECRETS.spoken);
    const again = await startTestServer({ LOG_LEVEL: 'trace' }, server.dataDir, {
      write: (line) => lines.push(line),
    });
    await again.api('POST', '/v1/conversations/search', { query: SECRETS.searched });
    await again.stop();
    expectQuiet();
    expect(lines.join('')).not.toContain(again.token);
  });
});

describe('the description of an error', () => {
  it('does not quote what could not be parsed', () => {
    let thrown: unknown;
    try {
      JSON.parse(`{"text": ${SECRETS.spoken}}`);
    } catch (error) {
      thrown = error;
    }
    expect(String(thrown)).toContain('marmalade');
    expect(describeError(thrown)).toBe('SyntaxError');
  });
});
