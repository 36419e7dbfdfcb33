import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisServer } from '../../fixtures/redis-server.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { RoamingSpeaker, SPOKEN } from './roaming-speaker.ts';
import type { SharedEngines } from './shared-engines.ts';
import type { SharedStore, Speaker } from './shared-store.ts';

export interface OutageOptions {
  /** Has to be the cache of the engines. */
  redis: RedisServer;
  engines: SharedEngines;
  sessions: number;
  speed: number;
  /** How long Redis is gone, milliseconds; half of it it stands still, half of it it is dead. */
  outageMs: number;
}

export interface OutageOutcome {
  requests: number;
  requestsDuring: number;
  failedRequests: number;
  slowestMs: number;
  lostWords: number;
  spokenWords: number;
  /** What `/v1/health` said of the cache before, during and after. */
  cacheStates: string[];
  problems: string[];
}

const SETTLE_MS = 60_000;

/** Two servers that share a store and a Redis, under sessions and requests, while Redis goes and comes. */
export async function redisOutageRun(options: OutageOptions): Promise<OutageOutcome> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-outage-'));
  const stt = await DeepgramSimulator.start({ clips: [] });
  const { store } = options.engines;
  const speakers = await store.makeSpeakers(options.sessions);
  const servers: TestServer[] = [];
  const env = {
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: stt.url,
    ...options.engines.env,
  };
  try {
    for (const name of ['a', 'b']) {
      servers.push(await startTestServer(env, await mkdtemp(path.join(directory, name))));
    }
    return await run(options, servers, speakers, store);
  } finally {
    options.redis.thaw();
    for (const server of servers) await server.stop();
    await stt.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function run(
  { redis, sessions, speed, outageMs }: OutageOptions,
  servers: readonly TestServer[],
  speakers: readonly Speaker[],
  store: SharedStore,
): Promise<OutageOutcome> {
  const outcome: OutageOutcome = {
    requests: 0,
    requestsDuring: 0,
    failedRequests: 0,
    slowestMs: 0,
    lostWords: 0,
    spokenWords: SPOKEN.length * sessions,
    cacheStates: [],
    problems: [],
  };
  const urls = servers.map(({ url }) => url);
  const devices = speakers.map(
    ({ token }, i) =>
      new RoamingSpeaker({
        token,
        servers: () => (i % 2 === 0 ? urls : [...urls].reverse()),
        speed,
        // Longer than a sentence takes, also on a busy machine: only its end brings words.
        timeoutS: speed < 3 ? 30 : 15,
      }),
  );
  let isOut = false;
  let goesOn = true;
  const asking = servers.map(async ({ url }, i) => {
    const token = speakers[i % speakers.length]?.token ?? '';
    while (goesOn) await ask(url, token, outcome, () => isOut);
  });
  const spoken = Promise.all(devices.map((device) => device.speak()));
  const look = async () => outcome.cacheStates.push(await cacheState(urls[0] ?? ''));
  await sleep(500);
  await look();
  isOut = true;
  redis.freeze();
  await sleep(outageMs / 2);
  await look();
  await redis.kill();
  await sleep(outageMs / 2);
  await look();
  await redis.restart();
  isOut = false;
  await spoken;
  for (let i = 0; i < 50 && (await cacheState(urls[0] ?? '')) !== 'up'; i += 1) await sleep(100);
  await look();
  await Promise.all(devices.map((device) => device.leave()));
  goesOn = false;
  await Promise.all(asking);
  const deadline = Date.now() + SETTLE_MS;
  while (Date.now() < deadline && !(await store.isSettled(speakers))) await sleep(200);
  for (const [i, { uid }] of speakers.entries()) {
    const kept = await store.keptOf(uid);
    outcome.lostWords += SPOKEN.length - kept.words.length;
    if (kept.words.join(' ') !== SPOKEN.join(' ')) outcome.problems.push(`session ${i}: words`);
    if (kept.statuses.join() !== 'completed') {
      outcome.problems.push(`session ${i}: ${kept.statuses.join()}`);
    }
    if (devices[i]?.connections !== 1) outcome.problems.push(`session ${i}: had to reconnect`);
  }
  return outcome;
}

/** One request of each kind that asks the cache, or tells other processes something. */
async function ask(
  url: string,
  token: string,
  outcome: OutageOutcome,
  isOut: () => boolean,
): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const requests = [
    ['GET', '/v1/conversations?limit=5', undefined],
    ['POST', '/v1/conversations/search', { query: 'festival' }],
    ['POST', '/v3/memories', { content: 'I like brass bands.', category: 'system' }],
  ] as const;
  for (const [method, route, body] of requests) {
    const startedAt = performance.now();
    const during = isOut();
    const response = await fetch(url + route, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    outcome.requests += 1;
    if (during) outcome.requestsDuring += 1;
    if (!response.ok) outcome.failedRequests += 1;
    outcome.slowestMs = Math.max(outcome.slowestMs, Math.round(performance.now() - startedAt));
  }
  await sleep(20);
}

async function cacheState(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/health`);
  return ((await response.json()) as { cache: { state: string } }).cache.state;
}
