import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from './listen-client.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface Wire {
  id: string;
  emotion: { emotion: string; segment_ids: string[]; engine: string; answer: string } | null;
  transcript_segments: { id: string; text: string }[];
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function talk(words: string): Promise<Wire> {
  const client = await ListenClient.connect(server.wsUrl, server.token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([
    {
      text: 'He was furious, and the plumber hates the old pipes in the cellar.',
      start: 0,
      end: 5,
    },
    { text: words, start: 6, end: 9, speaker: 'SPEAKER_01', is_user: true },
  ]);
  await client.until(() => client.segments.size === 2);
  const ended = await server.api('POST', '/v1/conversations', {});
  await client.close();
  return (ended.body as { conversation: Wire }).conversation;
}

const HAPPY = 'I am so happy, we finally moved into the new house and I love the garden!';

describe("the user's emotion", () => {
  it('is read on demand, kept with the conversation, and not without being asked for', async () => {
    const { id, emotion, transcript_segments } = await talk(HAPPY);
    expect(emotion).toBeNull();
    const mine = transcript_segments.find(({ text }) => text === HAPPY)?.id;
    const read = await server.api('POST', `/v1/conversations/${id}/emotion`);
    expect(read.status).toBe(200);
    expect(read.body).toEqual({
      emotion: 'joy',
      score: expect.any(Number),
      segment_ids: [mine],
      engine: 'rules',
      answer: expect.stringMatching(/^\S+( \S+){3,19}$/),
    });
    const stored = await server.api('GET', `/v1/conversations/${id}`);
    expect((stored.body as Wire).emotion).toEqual(read.body);
  });

  it('is nothing where the words show nothing', async () => {
    const { id } = await talk('The new boiler comes on Tuesday, and the pipes are made of copper.');
    const read = await server.api('POST', `/v1/conversations/${id}/emotion`);
    const nothing = { emotion: null, score: null, segment_ids: [], engine: null, answer: null };
    expect(read.body).toEqual(nothing);
    const unknown = await server.api('POST', '/v1/conversations/nobodys/emotion');
    expect(unknown.status).toBe(404);
  });

  it('is read with every conversation once the user has switched it on', async () => {
    expect((await server.api('GET', '/v1/users/emotion')).body).toEqual({ enabled: false });
    const on = await server.api('PATCH', '/v1/users/emotion', { enabled: true });
    expect(on.body).toEqual({ enabled: true });
    expect((await talk(HAPPY)).emotion).toMatchObject({ emotion: 'joy', engine: 'rules' });
    await server.api('PATCH', '/v1/users/emotion', { enabled: false });
    expect((await talk(HAPPY)).emotion).toBeNull();
  });
});
