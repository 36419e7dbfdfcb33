import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ListenClient } from './listen-client.ts';
import { expectNothingLeft, expectServing, RawSocket, TEXT_SESSION } from './misbehaviour.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
const open = new Set<ListenClient>();
afterEach(async () => {
  for (const client of open) client.socket.terminate();
  open.clear();
  await expectServing(server);
});

async function connect(query: Record<string, string> = TEXT_SESSION): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, query);
  open.add(client);
  await client.ready();
  return client;
}

/** Sends what means nothing and shows that the session goes on. */
async function expectIgnored(texts: readonly string[]): Promise<void> {
  const client = await connect();
  for (const text of texts) client.socket.send(text);
  client.suggest([{ text: 'Still here after all that.', start: 1, end: 2 }]);
  await client.until(() => client.text().includes('Still here'));
  expect(client.closed).toBeUndefined();
  expect(client.segments.size).toBe(1);
  await server.api('POST', '/v1/conversations', {});
  await client.close();
}

describe('text frames that mean nothing', () => {
  it('are skipped where they are no JSON, or no object', () =>
    expectIgnored(['', '{', 'ping', '\0', '[]', '["type"]', '5', 'null', '"type"', 'true', '{}']));

  it('are skipped where their type is unknown or no text', () =>
    expectIgnored([
      '{"type":"no_such_thing"}',
      '{"type":5}',
      '{"type":null}',
      '{"type":{"toString":1}}',
      '{"type":{"toString":null,"valueOf":null}}',
      `{"type":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      '{"__proto__":{"type":"suggested_transcript","segments":[]}}',
      '{"constructor":{"prototype":{"type":"x"}}}',
    ]));

  it('are skipped where a known type has the wrong shape', () => {
    const segment = { start: 0, end: 1, is_user: false };
    const wrong = [
      {},
      { segments: null },
      { segments: {} },
      { segments: [null] },
      { segments: [[]] },
      { segments: [segment] },
      { segments: [{ ...segment, text: null }] },
      { segments: [{ ...segment, text: ['never stored'] }] },
      { segments: [{ ...segment, text: 'x'.repeat(20_001) }] },
      { segments: Array.from({ length: 2001 }, () => segment) },
    ].map((fields) => JSON.stringify({ type: 'suggested_transcript', ...fields }));
    const speakers = [
      {},
      { speaker_id: '0', person_id: 'user', person_name: 'x' },
      { speaker_id: 0, person_id: '', person_name: 'x' },
      { speaker_id: 0.5, person_id: 'user', person_name: 'x' },
      { speaker_id: 0, person_id: 'user', person_name: null },
      { speaker_id: 0, person_id: 'user', person_name: 'x', segment_ids: 'all' },
    ].map((fields) => JSON.stringify({ type: 'speaker_assigned', ...fields }));
    return expectIgnored([...wrong, ...speakers]);
  });

  it('are skipped where they belong to modes that are off', () =>
    expectIgnored([
      '{"type":"skip_question"}',
      '{"type":"image_chunk","id":"a","index":-1,"total":1,"data":"x"}',
      '{"type":"image_chunk","id":"a","index":0,"total":1e9,"data":"x"}',
    ]));

  it('are not hung up on by nesting', async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    await expectIgnored([
      deep,
      `{"type":"suggested_transcript","segments":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      `{"type":"speaker_assigned","speaker_id":${deep}}`,
    ]);
  });
});

describe('words with odd contents', () => {
  it('are stored and given back as they are', async () => {
    await server.api('POST', '/v1/conversations', {});
    const odd = [
      'null \u0000 byte',
      'half \ud83d emoji',
      '\u202eright to left',
      '\\"; DROP TABLE x;--',
    ];
    const client = await connect();
    odd.forEach((text, i) => {
      client.suggest([
        { text: `${text}.`, start: 10 * i, end: 10 * i + 1, speaker: `SPEAKER_0${i}` },
      ]);
    });
    client.suggest([{ text: 'Last words.', start: 90, end: 91, speaker: 'no number' }]);
    await client.until(() => client.text().includes('Last words'));
    const ended = await server.api('POST', '/v1/conversations', {});
    expect(ended.status).toBe(200);
    const stored = (
      ended.body as { conversation: { transcript_segments: { text: string }[] } }
    ).conversation.transcript_segments.map(({ text }) => text);
    const live = [...client.segments.values()].map(({ text }) => text);
    expect(live).toEqual([...odd.map((text) => `${text}.`), 'Last words.']);
    // The half of an emoji is no character: a store may put the replacement character there.
    expect(stored.map((text) => text.replace(/[\ud800-\udfff]/g, '\ufffd'))).toEqual(
      live.map((text) => text.replace(/[\ud800-\udfff]/g, '\ufffd')),
    );
    await client.close();
  });

  it('cannot name the segment of another conversation', async () => {
    await server.api('POST', '/v1/conversations', {});
    const first = await connect();
    first.suggest([{ text: 'The first conversation has one segment.', start: 0, end: 1 }]);
    await first.until(() => first.segments.size === 1);
    const [id] = first.segments.keys();
    await server.api('POST', '/v1/conversations', {});
    await first.close();
    const second = await connect();
    const stolen = { id, text: 'Words under a foreign id.', start: 0, end: 1, is_user: false };
    second.socket.send(JSON.stringify({ type: 'suggested_transcript', segments: [stolen] }));
    await second.until(() => second.segments.size === 1);
    expect([...second.segments.keys()]).not.toContain(id);
    await server.api('POST', '/v1/conversations', {});
    await second.close();
  });
});

describe('frames that break the protocol', () => {
  it('close with 1007 where text is not UTF-8', async () => {
    const client = await connect();
    client.socket.send(Buffer.from([0x7b, 0xff, 0xfe, 0xc0, 0x80]), { binary: false });
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1007);
  });

  it('close with 1009 where they are too large', async () => {
    const client = await connect();
    client.socket.send(Buffer.alloc(4 * 1024 * 1024 + 1));
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1009);
  });

  it('close with 1009 where their parts are too large together', async () => {
    const client = await connect();
    for (let i = 0; i < 5; i += 1) {
      client.socket.send(Buffer.alloc(1024 * 1024), { fin: i === 4, binary: true });
    }
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1009);
  });

  it('are taken up to the limit', async () => {
    const client = await connect();
    client.socket.send(Buffer.alloc(4 * 1024 * 1024));
    client.suggest([{ text: 'The large frame was no problem.', start: 1, end: 2 }]);
    await client.until(() => client.text().includes('large frame'));
    await client.close();
  });

  it.each([
    ['a reserved opcode', [3, Buffer.from('x'), {}]],
    ['a frame without a mask', [1, Buffer.from('{}'), { masked: false }]],
    ['a continuation of nothing', [0, Buffer.from('x'), {}]],
    ['a ping of 126 bytes', [9, Buffer.alloc(126), {}]],
    ['a close frame of one byte', [8, Buffer.from([3]), {}]],
    ['a close frame with a forbidden code', [8, Buffer.from([3, 237]), {}]],
  ] as const)('%s ends the session with 1002', async (_name, [opcode, payload, options]) => {
    const raw = await RawSocket.connect(server);
    expect(await raw.upgrade(server, '/v4/listen?custom_stt=enabled', server.token)).toBe(
      'HTTP/1.1 101 Switching Protocols',
    );
    raw.received = Buffer.alloc(0);
    raw.frame(opcode, payload, options);
    // The close frame: opcode 8, and its code as the first two bytes.
    await expect.poll(() => raw.received.indexOf(Buffer.from([3, 234]))).toBeGreaterThan(0);
    raw.socket.end();
    await expect.poll(() => raw.ended).toBe(true);
  });

  it('a length beyond every limit ends the session with 1009, its bytes never awaited', async () => {
    const raw = await RawSocket.connect(server);
    await raw.upgrade(server, '/v4/listen?custom_stt=enabled', server.token);
    raw.socket.write(Buffer.from([0x82, 0xff, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0]));
    await expect.poll(() => raw.received.indexOf(Buffer.from([3, 241]))).toBeGreaterThan(0);
    // It answers nothing and keeps its half of the connection open: it is cut off all the same.
    await expect.poll(() => server.context.transcription.sessionCount).toBe(0);
    raw.socket.destroy();
  });
});

describe('clients that do not behave', () => {
  it('a connection that is cut in the middle of a frame leaves nothing', async () => {
    const raw = await RawSocket.connect(server);
    await raw.upgrade(server, '/v4/listen?custom_stt=enabled', server.token);
    await expect.poll(() => raw.received.includes('ready')).toBe(true);
    raw.socket.write(Buffer.from([0x82, 0xfe, 0x10, 0x00, 0, 0, 0, 0, 1, 2, 3]));
    raw.socket.destroy();
    await expectNothingLeft(server);
  });

  it('a client that vanishes at once leaves nothing', async () => {
    for (let i = 0; i < 8; i += 1) {
      const client = await ListenClient.connect(server.wsUrl, server.token, TEXT_SESSION);
      client.socket.terminate();
    }
    await expectNothingLeft(server);
  });

  it('a client that sends more than can be stored has to wait, and loses nothing', async () => {
    const client = await connect();
    const before = process.memoryUsage().rss;
    const filler = 'x'.repeat(2_000);
    const count = 200;
    for (let i = 0; i < count; i += 1) {
      const text = `Number ${i} of many. ${filler}.`;
      client.suggest([{ text, start: i * 10, end: i * 10 + 1, speaker: `SPEAKER_${i % 2}` }]);
    }
    await client.until(() => client.segments.size === count);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
    await client.close();
    await server.api('POST', '/v1/conversations', {});
  });

  it('more sessions than a user may have are refused with a reason', async () => {
    const clients: ListenClient[] = [];
    for (let i = 0; i < 10; i += 1) clients.push(await connect());
    const refused = await ListenClient.connect(server.wsUrl, server.token, TEXT_SESSION);
    await refused.until(() => refused.closed !== undefined);
    expect(refused.closed).toEqual({
      code: 1008,
      reason: 'Too many live sessions are open; close one first.',
    });
    expect(refused.statuses()).toEqual(['too_many_sessions']);
    expect(server.context.transcription.sessionCount).toBe(10);
    for (const client of clients) await client.close();
  });
});

describe('handshakes that are wrong', () => {
  it.each([
    ['//', 400],
    ['//[', 400],
    ['/v4/listen/../../etc/passwd', 404],
    ['/v4/elsewhere', 404],
    ['/v1/conversations', 404],
    ['/v4/listen%00', 404],
    [`/v4/listen?language=${'x'.repeat(36)}`, 403],
    ['/v4/listen?codec=opus&sample_rate=1e9', 403],
    ['/v4/listen?__proto__=1&sample_rate=NaN', 403],
  ])('%s is answered with %i, and the connection let go', async (target, status) => {
    const raw = await RawSocket.connect(server);
    expect(await raw.upgrade(server, target, server.token)).toMatch(`HTTP/1.1 ${status} `);
    // It never ends its own half.
    await expect.poll(() => raw.socket.readableEnded).toBe(true);
    await expect
      .poll(() => new Promise((resolve) => raw.socket.write('x', (error) => resolve(!!error))))
      .toBe(true);
    raw.socket.destroy();
  });

  it('no WebSocket key is answered with 400', async () => {
    const raw = await RawSocket.connect(server);
    raw.socket.write(
      'GET /v4/listen HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        `Authorization: Bearer ${server.token}\r\n\r\n`,
    );
    await expect.poll(() => raw.received.toString('latin1')).toMatch('HTTP/1.1 400 ');
    raw.socket.destroy();
  });
});
