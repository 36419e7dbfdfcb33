import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './test-server.ts';

const MODELS = fileURLToPath(new URL('../fixtures/local-models/', import.meta.url));
const CAPTIONS = `WEBVTT

00:00.000 --> 00:04.000
<v Anna>The harbour office opens at eight.

00:05.000 --> 00:09.000
<v Ben>Then I will bring the papers before nine.
`;

describe('uploading a file', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ STT_LOCAL_MODEL: `${MODELS}tiny-en-streaming` });
  });
  afterAll(async () => {
    await server?.stop();
  });

  /** Returns the events of the answer by name, the last one last. */
  async function upload(name: string, content: Uint8Array | string): Promise<[string, unknown][]> {
    const form = new FormData();
    form.append('file', new Blob([Buffer.from(content)]), name);
    const response = await fetch(`${server.url}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}` },
      body: form,
    });
    expect(response.status).toBe(200);
    return [...(await response.text()).matchAll(/event: (\w+)\ndata: (.*)/g)].map(
      ([, event = '', data = '']) => [event, JSON.parse(data)],
    );
  }

  it('makes a conversation of captions, once', async () => {
    const [event, data] = (await upload('call.vtt', CAPTIONS)).at(-1) ?? [];
    expect(event).toBe('done');
    const { conversations } = data as { conversations: [{ id: string; status: string }] };
    expect(conversations).toMatchObject([{ status: 'added' }]);
    const { body } = await server.api('GET', `/v1/conversations/${conversations[0].id}`);
    expect(body).toMatchObject({
      transcript_segments: [
        { text: 'The harbour office opens at eight.' },
        { text: 'Then I will bring the papers before nine.' },
      ],
    });
    expect((await upload('again.vtt', CAPTIONS)).at(-1)).toEqual([
      'done',
      { conversations: [{ id: conversations[0].id, status: 'known' }] },
    ]);
  });

  it('makes a conversation of sound', async () => {
    const wav = await readFile(`${MODELS}speech/dialogue-1.wav`);
    const [event, data] = (await upload('call.wav', wav)).at(-1) ?? [];
    expect(event).toBe('done');
    const { conversations } = data as { conversations: [{ id: string }] };
    const { body } = await server.api('GET', `/v1/conversations/${conversations[0].id}`);
    expect(JSON.stringify(body)).toMatch(/noon/i);
  }, 60_000);

  it('says why a file cannot be used', async () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0]);
    expect((await upload('notes.zip', zip)).at(-1)).toMatchObject([
      'failed',
      { code: 'bad-request', detail: expect.stringContaining('not a transcript') },
    ]);
    expect((await upload('empty.txt', '')).at(-1)?.[0]).toBe('failed');
  });

  it('refuses a form without a file', async () => {
    const response = await fetch(`${server.url}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}` },
      body: new FormData(),
    });
    expect(response.status).toBe(422);
  });
});
