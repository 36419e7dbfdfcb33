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

describe('a segment that is sent again', () => {
  const said = (id: string, text: string, start: number, end: number, speaker = 'SPEAKER_00') => ({
    id,
    text,
    start,
    end,
    speaker,
    is_user: false,
  });
  const first = said('a', 'We meet at the old harbour.', 1, 3);
  const second = said('b', 'At seven in the morning.', 4, 6, 'SPEAKER_01');

  it('is stored once, over the same connection and over the next', async () => {
    const client = await connect();
    client.suggest([first, second]);
    client.suggest([first, second]);
    const { id: _, ...nameless } = said('', 'No id at all.', 8, 9);
    client.suggest([nameless]);
    client.suggest([nameless]);
    await client.until(() => client.text().includes('No id at all.'));
    await client.close();
    const again = await connect();
    again.suggest([first, second, said('c', 'Bring a warm coat.', 12, 14)]);
    await again.until(() => again.text().includes('warm coat'));
    expect((await storedSegments()).map(({ text }) => text).join(' ')).toBe(
      'We meet at the old harbour. At seven in the morning. No id at all. Bring a warm coat.',
    );
  });

  it('replaces what it was as it grows, also inside a stored segment', async () => {
    const client = await connect();
    client.suggest([said('a', 'We meet', 1, 2)]);
    client.suggest([said('a', 'We meet at the harb', 1, 3)]);
    await client.until(() => client.text().includes('harb'));
    client.suggest([said('a', 'We meet at the harbour.', 1, 4), said('b', 'Then we sail', 4, 5)]);
    await client.until(() => client.text().includes('sail'));
    client.suggest([said('b', 'Then we sail home.', 4, 6), said('c', 'Good.', 7, 8, 'SPEAKER_01')]);
    await client.until(() => client.text().includes('Good.'));
    expect(client.text()).toBe('We meet at the harbour. Then we sail home. Good.');
    const segments = await storedSegments();
    expect(segments.map(({ text }) => text)).toEqual([
      'We meet at the harbour. Then we sail home.',
      'Good.',
    ]);
    expect(segments[0]).toMatchObject({ start: 0, end: 5 });
  });

  it('is another one if its client counts anew in each message', async () => {
    const client = await connect();
    client.suggest([said('0', 'One thing first.', 1, 2), said('1', 'Then another.', 3, 4)]);
    client.suggest([said('0', 'Now the rest.', 5, 6), said('1', 'One thing first.', 7, 8)]);
    await client.until(() => client.text().includes('Now the rest.'));
    expect((await storedSegments()).map(({ text }) => text).join(' ')).toBe(
      'One thing first. Then another. Now the rest. One thing first.',
    );
  });
});

describe('words that arrive late', () => {
  it('were spoken before those that came first, and are so in transcript, export and import', async () => {
    const client = await connect();
    client.suggest([{ text: 'This came first.', speaker: 'SPEAKER_00', start: 10, end: 12 }]);
    await client.until(() => client.text().includes('This came first.'));
    client.suggest([{ text: 'This was said before.', speaker: 'SPEAKER_01', start: 2, end: 5 }]);
    await client.until(() => client.text().includes('before'));
    const live = [...client.segments.values()].map(({ text, start, end }) => [text, start, end]);
    expect(live).toEqual([
      ['This came first.', 8, 10],
      ['This was said before.', 0, 3],
    ]);
    client.suggest([{ text: 'And this at last.', speaker: 'SPEAKER_00', start: 13, end: 14 }]);
    await client.until(() => client.text().includes('at last'));
    const segments = await storedSegments();
    expect(segments.map(({ text, start, end }) => [text, start, end])).toEqual([
      ['This was said before.', 0, 3],
      ['This came first.', 8, 10],
      ['And this at last.', 11, 12],
    ]);
  });
});
