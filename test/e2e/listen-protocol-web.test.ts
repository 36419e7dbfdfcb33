import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from './listen-client.ts';
import { expectNothingLeft, heldBytes, RawSocket, rawFrame } from './misbehaviour.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const QUERY = { language: 'multi', sample_rate: '16000', codec: 'pcm16', source: 'web' };
const MEGABYTE = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(() => expectNothingLeft(server));

function connect(query: Record<string, string> = { ...QUERY, custom_stt: 'enabled' }) {
  return ListenClient.connect(server.wsUrl, null, query, '/v4/web/listen');
}

/** Sends one first frame and waits for the end. */
async function afterFirst(frame: string | Buffer): Promise<ListenClient> {
  const client = await connect();
  client.socket.send(frame);
  await client.until(() => client.closed !== undefined);
  return client;
}

describe('signing in by the first message', () => {
  it('is answered, then the stream begins', async () => {
    const client = await connect();
    client.socket.send(JSON.stringify({ type: 'auth', token: server.token }));
    await client.ready();
    expect(client.frames.slice(0, 2)).toEqual(['{"type":"auth_response","success":true}', 'ping']);
    client.suggest([{ text: 'Spoken into a browser.', start: 0, end: 2 }]);
    await client.until(() => client.text() === 'Spoken into a browser.');
    await client.close();
  });

  it('loses nothing that comes right behind it', async () => {
    const client = await connect();
    client.socket.send(JSON.stringify({ type: 'auth', token: server.token }));
    client.suggest([{ text: 'Too impatient to wait for the answer.', start: 0, end: 2 }]);
    await client.until(() => client.text().includes('impatient'));
    await client.close();
  });

  it.each([
    ['a binary frame', Buffer.from('{"type":"auth"}'), 'Expected JSON auth message'],
    ['no JSON', 'hello', 'Invalid JSON'],
    ['an empty frame', '', 'Invalid JSON'],
    ['another type', '{"type":"suggested_transcript"}', 'First message must be auth'],
    ['no type', '{"token":"x"}', 'First message must be auth'],
    ['no object', '"auth"', 'First message must be auth'],
    ['null', 'null', 'First message must be auth'],
    ['no token', '{"type":"auth"}', 'Missing token'],
    ['an empty token', '{"type":"auth","token":""}', 'Missing token'],
    ['a token that is no text', '{"type":"auth","token":{"toString":1}}', 'Missing token'],
  ])('is closed with 1008 and no answer: %s', async (_name, frame, reason) => {
    const client = await afterFirst(frame);
    expect(client.closed).toEqual({ code: 1008, reason });
    expect(client.frames).toEqual([]);
  });

  it('is answered with success false where the token is not accepted', async () => {
    const { accounts } = server.context;
    const made = await accounts.createToken(server.uid, 'revoked');
    await accounts.revokeToken(made.record.id);
    for (const token of ['nonsense', made.token, 'x'.repeat(MEGABYTE)]) {
      const client = await afterFirst(JSON.stringify({ type: 'auth', token }));
      expect(client.frames).toEqual(['{"type":"auth_response","success":false}']);
      expect(client.closed).toEqual({ code: 1008, reason: 'Invalid token' });
    }
  });

  it('is given up after 5 s without a message', async () => {
    const client = await connect();
    await client.until(() => client.closed !== undefined);
    expect(client.closed).toEqual({ code: 1008, reason: 'Auth timeout' });
    expect(client.frames).toEqual([]);
  });

  it('leaves nothing where the client goes before, while or after it is checked', async () => {
    for (const wait of [0, 0, 1, 2, 5]) {
      const client = await connect();
      client.socket.send(JSON.stringify({ type: 'auth', token: server.token }), () => {
        setTimeout(() => client.socket.terminate(), wait);
      });
      await client.until(() => client.closed !== undefined);
    }
    const silent = await connect();
    silent.socket.terminate();
  });

  it('does not let a stranger fill the memory', async () => {
    const frame = rawFrame(2, Buffer.alloc(MEGABYTE));
    const before = heldBytes();
    const strangers: RawSocket[] = [];
    for (let i = 0; i < 4; i += 1) {
      const stranger = await RawSocket.connect(server);
      strangers.push(stranger);
      await stranger.upgrade(server, '/v4/web/listen', 'none');
      stranger.frame(1, Buffer.from('no JSON'));
      // It does not answer the close frame, and goes on sending until it is cut off.
      for (let sent = 0; sent < 20 && !stranger.ended; sent += 1) {
        await new Promise((resolve) => stranger.socket.write(frame, resolve));
      }
    }
    expect(heldBytes() - before).toBeLessThan(40 * MEGABYTE);
    for (const stranger of strangers) {
      await expect.poll(() => stranger.ended).toBe(true);
    }
  });
});

describe('the query of the web socket', () => {
  it('is refused before the upgrade where it is wrong', async () => {
    await expect(connect({ sample_rate: 'fast' })).rejects.toThrow('403');
  });

  it('is refused after sign-in where it asks for what is not there', async () => {
    const client = await connect({ ...QUERY, codec: 'mp3' });
    client.socket.send(JSON.stringify({ type: 'auth', token: server.token }));
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1003);
    expect(client.statuses()).toEqual(['unsupported_codec']);
  });
});

describe('the end of the server', () => {
  it('does not wait for strangers, nor for clients that do not answer', async () => {
    const own = await startTestServer();
    const stranger = await ListenClient.connect(own.wsUrl, null, QUERY, '/v4/web/listen');
    const deaf = await ListenClient.connect(own.wsUrl, own.token, { custom_stt: 'enabled' });
    await deaf.ready();
    deaf.socket.pause();
    const polite = await ListenClient.connect(own.wsUrl, own.token, { custom_stt: 'enabled' });
    await polite.ready();
    await own.stop();
    await polite.until(() => polite.closed !== undefined);
    await stranger.until(() => stranger.closed !== undefined);
    expect(polite.closed).toEqual({ code: 1001, reason: 'Server is shutting down' });
    expect(stranger.closed).toEqual({ code: 1001, reason: 'Server is shutting down' });
    deaf.socket.terminate();
  });
});
