import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from './listen-client.ts';
import { TEXT_SESSION } from './misbehaviour.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireSegment {
  text: string;
  start: number;
  end: number;
}

let server: TestServer;
const open = new Set<ListenClient>();
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const client of open) await client.close();
  open.clear();
});

async function connect(): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, TEXT_SESSION);
  open.add(client);
  await client.ready();
  return client;
}

/** Ends the live conversation and returns the segments that are stored of it. */
async function storedSegments(): Promise<WireSegment[]> {
  const { body } = await server.api('POST', '/v1/conversations', {});
  const { id } = (body as { conversation: { id: string } }).conversation;
  const found = await server.api('GET', `/v1/conversations/${id}`);
  return (found.body as { transcript_segments: WireSegment[] }).transcript_segments;
}

describe('a message of segments of which some are no segments', () => {
  it('is stored without these, and the client is told', async () => {
    const client = await connect();
    const good = { speaker: 'SPEAKER_00', is_user: false };
    client.socket.send(
      JSON.stringify({
        type: 'suggested_transcript',
        stt_provider: 'local',
        segments: [
          { ...good, text: 'The first good sentence.', start: 7, end: 8 },
          { ...good, text: null, start: 8, end: 9 },
          { ...good, text: 'The second good sentence.', start: '9', end: 'NAN' },
          null,
        ],
      }).replace('"NAN"', 'NaN'),
    );
    await client.until(() => client.text().includes('The second good sentence.'));
    const told = client.events.filter(({ status }) => status === 'suggested_transcript_skipped');
    expect(told.map(({ status_text }) => status_text)).toEqual([
      '2 of 4 segments of suggested_transcript could not be read: no text (1), not an object (1).',
    ]);
    expect((await storedSegments()).map(({ text }) => text).join(' ')).toBe(
      'The first good sentence. The second good sentence.',
    );
  });

  it('is stored whole if it has 2,500 segments', async () => {
    const client = await connect();
    client.suggest(
      Array.from({ length: 2_500 }, (_, i) => ({
        text: `This is sentence number ${i}.`,
        speaker: `SPEAKER_0${i % 2}`,
        start: i * 3,
        end: i * 3 + 2,
      })),
    );
    await client.until(() => client.text().includes('number 2499.'), 60_000);
    const segments = await storedSegments();
    expect(segments).toHaveLength(2_500);
    expect(segments.at(-1)).toMatchObject({ start: 7_497, end: 7_499 });
  }, 120_000);
});
