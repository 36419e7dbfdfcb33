import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient, type WireSegment } from './listen-client.ts';
import { expectNothingLeft } from './misbehaviour.ts';
import { startTestServer, type TestServer } from './test-server.ts';

interface WireConversation {
  id: string;
  status: string;
  source: string;
  language: string;
  transcript_segments: WireSegment[];
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A connection of a client that transcribes by itself, `ready`. */
async function connect(query: Record<string, string> = {}): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, {
    custom_stt: 'enabled',
    ...query,
  });
  await client.ready();
  return client;
}

async function live(): Promise<WireConversation[]> {
  const { body } = await server.api('GET', '/v1/conversations?statuses=in_progress');
  return body as WireConversation[];
}

/** Ends what goes on, so that the next connection begins anew. */
async function endAll(): Promise<void> {
  while ((await live()).length > 0) {
    const { status } = await server.api('POST', '/v1/conversations', {});
    expect([200, 404]).toContain(status);
  }
}

/** The status and body with which an upgrade is refused. */
async function refusal(
  authorization: string | undefined,
  query = '',
): Promise<{ status: number; body: unknown }> {
  const { hostname, port } = new URL(server.url);
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      path: `/v4/listen?${query}`,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: 'upgraded' });
    });
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('signing in by header', () => {
  it('is refused before the upgrade, with 403 and the texts of the wire', async () => {
    const { accounts } = server.context;
    const made = await accounts.createToken(server.uid, 'revoked');
    expect(await refusal(`Bearer ${made.token}`)).toMatchObject({ status: 101 });
    await accounts.revokeToken(made.record.id);
    const cases: [string | undefined, string][] = [
      [undefined, 'Authorization header not found'],
      ['', 'Authorization header not found'],
      [server.token, 'Invalid authorization token'],
      [`Bearer  ${server.token}`, 'Invalid authorization token'],
      [`Bearer ${server.token} more`, 'Invalid authorization token'],
      ['Bearer nonsense', 'Invalid or expired token'],
      [`Bearer ${server.token.slice(0, -1)}`, 'Invalid or expired token'],
      [`Bearer ${server.token.toUpperCase()}`, 'Invalid or expired token'],
      [`Bearer ${made.token}`, 'Invalid or expired token'],
    ];
    for (const [header, detail] of cases) {
      expect(await refusal(header)).toEqual({ status: 403, body: { detail, code: 'forbidden' } });
    }
    expect(server.context.transcription.sessionCount).toBeLessThanOrEqual(1);
    await expectNothingLeft(server);
  });

  it('does not look at the scheme word', async () => {
    expect(await refusal(`Token ${server.token}`)).toMatchObject({ status: 101 });
    await expectNothingLeft(server);
  });

  it('takes the user from the token, never from the query', async () => {
    const other = await server.context.accounts.createUser('somebody else');
    const client = await connect({ uid: other.id });
    client.suggest([{ text: 'Whose words are these?', start: 0, end: 2 }]);
    await client.until(() => client.segments.size === 1);
    await client.close();
    expect((await live())[0]?.transcript_segments[0]?.text).toBe('Whose words are these?');
    const { token } = await server.context.accounts.createToken(other.id, 'test');
    expect((await server.api('GET', '/v1/conversations', undefined, token)).body).toEqual([]);
    await endAll();
  });

  it.each([
    'sample_rate=fast',
    'channels=0',
    'conversation_timeout=1.5',
    'include_speech_profile=2',
  ])('is refused with 403 where a parameter is wrong: %s', async (query) => {
    const { status, body } = await refusal(`Bearer ${server.token}`, query);
    expect(status).toBe(403);
    expect((body as { detail: string; code: 'forbidden' }).detail).toMatch(
      new RegExp(`^${query.split('=')[0]}: `),
    );
  });
});

describe('the start', () => {
  it('pins the order of the first frames', async () => {
    await endAll();
    const first = await connect();
    first.suggest([
      { text: 'We should talk about the roof of the barn before the autumn.', start: 0, end: 5 },
      { text: 'The carpenter comes on Monday and looks at the beams.', start: 6, end: 11 },
    ]);
    await first.until(() => first.segments.size > 0);
    const ended = await server.api('POST', '/v1/conversations', {});
    const { id } = (ended.body as { conversation: WireConversation }).conversation;
    await first.close();
    const list = await server.api(
      'GET',
      '/v1/conversations?statuses=completed&include_discarded=false',
    );
    const last = (list.body as WireConversation[])[0]?.id;
    expect(last).toBe(id);

    const client = await connect();
    expect(client.frames).toEqual([
      'ping',
      '{"type":"service_status","status":"initiating","status_text":"Service Starting"}',
      `{"type":"last_memory","memory_id":"${id}"}`,
      '{"type":"service_status","status":"in_progress_conversations_processing","status_text":"Processing Conversations"}',
      '{"type":"service_status","status":"stt_initiating","status_text":"STT Service Starting"}',
      '{"type":"service_status","status":"ready","status_text":null}',
    ]);
    await client.close();
    await endAll();
  });

  it('has a stub in progress at once, with source and language', async () => {
    await endAll();
    for (const [query, wanted] of [
      [{ language: 'auto' }, { language: 'multi', source: 'omi' }],
      [
        { language: 'de', source: 'friend_com' },
        { language: 'de', source: 'friend_com' },
      ],
      [{ source: 'web' }, { language: 'en', source: 'web' }],
      [{ source: '' }, { language: 'en', source: 'omi' }],
    ] as [Record<string, string>, object][]) {
      const client = await connect(query);
      const stubs = await live();
      expect(stubs).toHaveLength(1);
      expect(stubs[0]).toMatchObject({ status: 'in_progress', transcript_segments: [], ...wanted });
      await client.close();
      await endAll();
    }
  });
});

describe('what cannot be served', () => {
  it.each([
    [{ codec: 'mp3' }, 1003, 'unsupported_codec', /^Unknown codec; known are pcm, /],
    [{ codec: 'OPUS' }, 1003, 'unsupported_codec', /^Unknown codec/],
    [{ codec: 'mulaw' }, 1003, 'unsupported_codec', /^Unknown codec/],
    [{ codec: 'aac' }, 1011, 'stt_failed', /No speech-to-text provider is configured/],
    [{ codec: 'lc3_fs1030' }, 1011, 'stt_failed', /No speech-to-text provider is configured/],
    [{ channels: '2', codec: 'aac' }, 1003, 'unsupported_codec', /PCM or Opus/],
    [{ onboarding: 'enabled' }, 1011, 'stt_failed', /No speech-to-text provider is configured/],
    [{ codec: 'pcm8' }, 1011, 'stt_failed', /No speech-to-text provider is configured/],
    [{ codec: 'opus', sample_rate: '16000' }, 1011, 'stt_failed', /omi-backend models pull/],
  ] as [Record<string, string>, number, string, RegExp][])(
    'is told why, and closed: %j',
    async (query, code, status, text) => {
      await endAll();
      const client = await ListenClient.connect(server.wsUrl, server.token, query);
      await client.until(() => client.closed !== undefined);
      expect(client.frames).toHaveLength(2);
      expect(client.frames[0]).toBe('ping');
      expect(client.events[0]).toEqual({
        type: 'service_status',
        status,
        status_text: expect.stringMatching(text),
      });
      expect(client.closed?.code).toBe(code);
      expect(client.closed?.reason).toMatch(text);
      expect(await live()).toEqual([]);
      await expectNothingLeft(server);
    },
  );
});

describe('conversations', () => {
  it('resume within their timeout, under one id and on one time line', async () => {
    await endAll();
    const first = await connect({ conversation_timeout: '600' });
    first.suggest([{ text: 'The first half ends here.', start: 0, end: 3 }]);
    await first.until(() => first.segments.size === 1);
    const [before] = await live();
    await first.close();
    const second = await connect({ conversation_timeout: '600' });
    expect((await live()).map(({ id }) => id)).toEqual([before?.id]);
    second.suggest([
      {
        text: 'The second half is said by another person.',
        start: 0,
        end: 3,
        speaker: 'SPEAKER_01',
      },
    ]);
    await second.until(() => second.text().includes('second half'));
    const [after] = await live();
    expect(after?.id).toBe(before?.id);
    const [one, two] = after?.transcript_segments ?? [];
    expect([one?.text, two?.text]).toEqual([
      'The first half ends here.',
      'The second half is said by another person.',
    ]);
    expect(two?.start).toBeGreaterThan(0);
    await second.close();
    await endAll();
  });

  it('end after their timeout, whether the client comes back or not', async () => {
    await endAll();
    const first = await connect({ conversation_timeout: '1' });
    first.suggest([
      { text: 'This conversation is going to end by itself soon.', start: 0, end: 3 },
    ]);
    await first.until(() => first.segments.size === 1);
    const [before] = await live();
    await first.close();
    await expect
      .poll(
        async () =>
          ((await server.api('GET', `/v1/conversations/${before?.id}`)).body as WireConversation)
            .status,
      )
      .toBe('completed');
    const second = await connect();
    const [after] = await live();
    expect(after?.id).not.toBe(before?.id);
    await second.close();
    await endAll();
  });

  it('are each of one device', async () => {
    await endAll();
    const phone = await connect({ source: 'phone' });
    const watch = await connect({ source: 'apple_watch' });
    expect(server.context.transcription.sessionCount).toBe(2);
    phone.suggest([{ text: 'The phone heard this sentence.', start: 0, end: 2 }]);
    await phone.until(() => phone.segments.size === 1);
    watch.suggest([
      { text: 'The watch heard another sentence.', start: 0, end: 2, speaker: 'SPEAKER_05' },
    ]);
    await watch.until(() => watch.segments.size > 0);
    const conversations = await live();
    const heard = conversations.map((c) => c.transcript_segments.map(({ text }) => text));
    expect(heard.sort()).toEqual([
      ['The phone heard this sentence.'],
      ['The watch heard another sentence.'],
    ]);
    await phone.close();
    expect(server.context.transcription.sessionCount).toBe(1);
    watch.suggest([
      { text: 'And one more after that.', start: 20, end: 22, speaker: 'SPEAKER_06' },
    ]);
    await watch.until(() => watch.text().includes('one more'));
    await watch.close();
    await endAll();
    await expectNothingLeft(server);
  });
});

describe('segments', () => {
  it('carry exactly the eleven keys, and the client their provider', async () => {
    await endAll();
    const client = await connect();
    client.suggest([
      { text: 'Eleven keys, no more and no less.', start: 1.5, end: 4, is_user: true },
    ]);
    await client.until(() => client.segments.size === 1);
    const [segment] = client.segments.values();
    expect(segment).toEqual({
      id: expect.any(String),
      text: 'Eleven keys, no more and no less.',
      speaker: 'SPEAKER_00',
      speaker_id: 0,
      is_user: true,
      person_id: null,
      start: 0,
      end: 2.5,
      translations: [],
      speech_profile_processed: true,
      stt_provider: 'test',
    });
    await client.close();
    await endAll();
  });

  it('get the person that the client has named for their speaker', async () => {
    await endAll();
    const client = await connect();
    const assign = (speaker: number, person: string) =>
      client.socket.send(
        JSON.stringify({
          type: 'speaker_assigned',
          speaker_id: speaker,
          person_id: person,
          person_name: 'A name',
          segment_ids: [],
        }),
      );
    client.suggest([{ text: 'Before anybody is named.', start: 0, end: 1, speaker: 'SPEAKER_01' }]);
    await client.until(() => client.segments.size === 1);
    const { body } = await server.api('POST', '/v1/users/people', { name: 'Anna' });
    const anna = (body as { id: string }).id;
    assign(1, anna);
    assign(2, 'user');
    // Nobody that the user has.
    assign(4, 'person-of-another-user');
    client.suggest([
      { text: 'After that it is known.', start: 10, end: 11, speaker: 'SPEAKER_01' },
      { text: 'And this is the owner.', start: 20, end: 21, speaker: 'SPEAKER_02' },
      { text: 'Nobody knows this one.', start: 30, end: 31, speaker: 'SPEAKER_03' },
      { text: 'That one is a stranger.', start: 40, end: 41, speaker: 'SPEAKER_04' },
      { text: 'And so is this.', start: 50, end: 51, speaker: 'SPEAKER_05', person_id: 'stranger' },
      { text: 'Anna again.', start: 60, end: 61, speaker: 'SPEAKER_06', person_id: anna },
    ]);
    await client.until(() => client.segments.size === 7);
    expect([...client.segments.values()].map((s) => [s.person_id, s.is_user])).toEqual([
      [null, false],
      [anna, false],
      [null, true],
      [null, false],
      [null, false],
      [null, false],
      [anna, false],
    ]);
    await client.close();
    await endAll();
  });
});
