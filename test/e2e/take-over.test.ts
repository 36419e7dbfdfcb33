import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GLOBAL } from '../../src/model/collection.ts';
import { listenSessions } from '../../src/model/conversations/listen-session.ts';
import { instances } from '../../src/model/instance.ts';
import { jobs } from '../../src/model/jobs.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { ListenClient } from './listen-client.ts';
import { play } from './play-audio.ts';
import { PAUSE_FRAME, SPOKEN, TALK_FRAMES } from './processes/roaming-speaker.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const QUERY = { codec: 'pcm16', sample_rate: '16000', conversation_timeout: '60' };

let stt: DeepgramSimulator;
let directory: string;
const servers: TestServer[] = [];
const clients: ListenClient[] = [];
/** Each server's clock runs ahead by so much, so that sessions are old enough to be taken. */
let aheadMs = 0;

beforeAll(async () => {
  stt = await DeepgramSimulator.start({ clips: [] });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  for (const server of servers.splice(0)) await server.stop({ keepData: true });
  await rm(directory, { recursive: true, force: true });
});
afterAll(() => stt.close());

/** Two servers on one store without a shared cache: nothing but the store tells one of the other. */
async function startTwo(): Promise<[TestServer, TestServer]> {
  directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-take-over-'));
  aheadMs = 0;
  const env = {
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: stt.url,
    SQLITE_PATH: path.join(directory, 'store.sqlite'),
    INSTANCE_TIMEOUT_SECONDS: '3600',
  };
  const clock = { now: () => Date.now() + aheadMs };
  for (const name of ['a', 'b']) {
    const dataDir = await mkdtemp(path.join(directory, name));
    servers.push(await startTestServer(env, dataDir, undefined, clock));
  }
  return servers as [TestServer, TestServer];
}

async function connect(server: TestServer, query = QUERY): Promise<ListenClient> {
  const client = await ListenClient.connect(server.wsUrl, server.token, query);
  clients.push(client);
  await client.ready();
  return client;
}

async function sessionsOf(server: TestServer) {
  const { store } = server.context;
  const request = { query: 'ofConversation', limit: 10 } as const;
  return (await store.query(listenSessions, server.uid, request)).items;
}

describe('a device that connects to another process', () => {
  it('takes its session with it: the old owner stops, and no word is lost or doubled', async () => {
    const [a, b] = await startTwo();
    const first = await connect(a);
    await play(first.socket, TALK_FRAMES.slice(0, PAUSE_FRAME), 8);
    await first.until(() => first.segments.size > 0);
    const [held] = await sessionsOf(a);
    expect(held).toMatchObject({ state: 'open', epoch: 0, instanceId: a.context.processes.id });

    // The old connection is not closed: over there nobody knows that the device has gone.
    aheadMs = 15_000;
    const second = await connect(b);
    const taken = (await sessionsOf(b)).find(({ id }) => id === held?.id);
    if (taken) expect(taken).toMatchObject({ state: 'draining', epoch: 1 });
    await first.until(() => first.closed !== undefined);
    expect(first.closed).toEqual({ code: 1001, reason: 'The session goes on elsewhere' });

    await play(second.socket, TALK_FRAMES.slice(PAUSE_FRAME), 8);
    await second.close();
    const ended = await b.api('POST', '/v1/conversations', {});
    const { conversation } = ended.body as {
      conversation: { id: string; transcript_segments: { text: string }[] };
    };
    // What the old owner had not heard comes by a job, and belongs to the same conversation.
    const words = async () => {
      const { body } = await b.api('GET', `/v1/conversations/${conversation.id}`);
      const { transcript_segments: segments } = body as typeof conversation;
      return segments.flatMap(({ text }) => text.split(/\s+/)).sort();
    };
    await expect.poll(words).toEqual([...SPOKEN].sort());
    await expect.poll(() => sessionsOf(b)).toEqual([]);
    const list = await a.api('GET', '/v1/conversations?statuses=completed,processing,in_progress');
    expect((list.body as { id: string }[]).map(({ id }) => id)).toEqual([conversation.id]);
  });

  it('leaves the session of another device alone', async () => {
    const [a, b] = await startTwo();
    const phone = await connect(a, { ...QUERY, ...{ source: 'phone' } });
    aheadMs = 15_000;
    await connect(b, { ...QUERY, ...{ source: 'desktop' } });
    const sessions = await sessionsOf(a);
    expect(sessions.map(({ state, epoch }) => [state, epoch])).toEqual([
      ['open', 0],
      ['open', 0],
    ]);
    expect(phone.closed).toBeUndefined();
  });
});

describe('a process that starts beside others', () => {
  it('leaves alone what living ones hold, and takes what a dead one has left', async () => {
    const [a, b] = await startTwo();
    const client = await connect(a);
    await play(client.socket, TALK_FRAMES.slice(0, PAUSE_FRAME), 8);
    expect(await b.context.recoverSessions()).toMatchObject({ sessions: 0 });
    const [held] = await sessionsOf(a);
    expect(held?.state).toBe('open');

    // As if it had not been seen for a long time.
    const { store } = b.context;
    const id = a.context.processes.id;
    await store.transact((tx) => tx.patch(instances, GLOBAL, id, { seenAt: 0 }));
    const found = await b.context.processes.findAlive(id);
    expect(found).toBe(false);
    await b.context.processes.join();
    expect(await b.context.recoverSessions()).toMatchObject({ sessions: 1 });
    const [taken] = await sessionsOf(b);
    expect(taken).toMatchObject({ state: 'draining', epoch: 1 });
    // It was not dead after all: with its next words it finds out, and stops.
    await play(client.socket, TALK_FRAMES.slice(PAUSE_FRAME), 8);
    await client.until(() => client.closed !== undefined);
    expect(client.closed?.code).toBe(1001);
    const job = await store.find(jobs, GLOBAL, `drain:${b.uid}:${held?.id}`);
    expect(job?.kind ?? 'drain').toBe('drain');
  });
});
