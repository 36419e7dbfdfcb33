import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('a client that reads nothing', () => {
  it('is cut off, and what it has said until then is stored', async () => {
    const client = await ListenClient.connect(server.wsUrl, server.token, {
      custom_stt: 'enabled',
    });
    await client.ready();
    client.suggest([{ text: 'The first words were shown.', start: 0, end: 1 }]);
    await client.until(() => client.segments.size === 1);
    client.socket.pause();
    // More than the buffers of both ends and the server's own limit hold.
    const filler = 'many more words '.repeat(1_100);
    for (let index = 1; index <= 1_500 && client.closed === undefined; index += 1) {
      client.suggest([
        { text: `${index} ${filler}`, start: index * 2, end: index * 2 + 1, speaker: 'SPEAKER_01' },
      ]);
    }
    await expect.poll(() => server.context.transcription.sessionCount, { timeout: 60_000 }).toBe(0);
    client.socket.resume();
    await client.until(() => client.closed !== undefined);
    await server.api('POST', '/v1/conversations', {});
    await eventually(async () => {
      const { body } = await server.api('GET', '/v1/conversations?limit=10&include_discarded=true');
      expect(JSON.stringify(body)).toContain('The first words were shown.');
    });
    expect((await server.api('GET', '/v1/health')).status).toBe(200);
  });
});

describe('a malformed upload', () => {
  const part = (headers: string, body = '') => `--x\r\n${headers}\r\n\r\n${body}`;
  const file = 'Content-Disposition: form-data; name="files"; filename="a.wav"';
  const BODIES: Record<string, string> = {
    'is empty': '',
    'has no end': part(file, 'RIFF'),
    'has only an end': '--x--\r\n',
    'has no name of a field': `${part('Content-Disposition: form-data', 'a')}\r\n--x--\r\n`,
    'has no header at all': `${part('', 'a')}\r\n--x--\r\n`,
    'has another boundary': '--y\r\n\r\na\r\n--y--\r\n',
    'has a header without end': `--x\r\n${'a'.repeat(100_000)}`,
    'has a path as the name of a file': `${part(file.replace('a.wav', '../../../etc/passwd'), 'x')}\r\n--x--\r\n`,
    'has a thousand fields': `${part('Content-Disposition: form-data; name="a"', 'b\r\n').repeat(1_000)}--x--\r\n`,
  };
  const ROUTES = ['/v2/files', '/v1/stt/transcribe', '/v3/upload-audio', '/v2/voice-messages'];

  it.each(Object.keys(BODIES))('that %s is refused, and leaves no file behind', async (name) => {
    for (const route of ROUTES) {
      const response = await fetch(`${server.url}${route}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${server.token}`,
          'content-type': 'multipart/form-data; boundary=x',
        },
        body: BODIES[name] ?? '',
      });
      expect([200, 400, 413, 415, 422, 503], `${route}: ${await response.text()}`).toContain(
        response.status,
      );
    }
    const unfinished = path.join(server.dataDir, 'blobs', '.unfinished');
    await eventually(async () => {
      expect(await readdir(unfinished).catch(() => [])).toEqual([]);
    });
  });
});
