import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { ChildServer } from '../crash/child-server.ts';
import { RoamingSpeaker, SPOKEN } from './roaming-speaker.ts';
import type { SharedEngines } from './shared-engines.ts';
import type { SharedStore } from './shared-store.ts';

export interface RollingOptions {
  sessions: number;
  speed: number;
  engines: SharedEngines;
}

export interface RollingOutcome {
  sessions: number;
  connections: number;
  /** How often each close code was seen. */
  closeCodes: Record<number, number>;
  shownWords: number;
  storedWords: number;
  spokenWords: number;
  conversations: number;
  completed: number;
  /** What was found wrong; empty if nothing was lost or doubled. */
  problems: string[];
}

const SETTLE_MS = 90_000;

/**
 * Three servers on shared engines, each with a disk of its own, under live sessions: one is killed with
 * SIGKILL, one is sent away with SIGTERM, and what came of the conversations is counted.
 */
export async function rollingRun(options: RollingOptions): Promise<RollingOutcome> {
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-backend-rolling-'));
  const stt = await DeepgramSimulator.start({ clips: [] });
  const { store } = options.engines;
  const servers: ChildServer[] = [];
  const env = {
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: stt.url,
    AUDIO_LOG_CHUNK_SECONDS: '5',
    INSTANCE_TIMEOUT_SECONDS: '2',
    // On a busy machine a log may lie on the disk of the killed server alone.
    INSTANCE_DISK_WAIT_SECONDS: '10',
    ...options.engines.env,
  };
  try {
    const speakers = await store.makeSpeakers(options.sessions);
    for (const name of ['a', 'b', 'c']) {
      servers.push(await ChildServer.start(await mkdtemp(path.join(directory, name)), env));
    }
    let up = servers.map(({ url }) => url);
    const devices = speakers.map(
      ({ token }, i) =>
        new RoamingSpeaker({
          token,
          // As behind a load balancer: whoever is up, each device beginning elsewhere.
          servers: () => [...up.slice(i % up.length), ...up.slice(0, i % up.length)],
          speed: options.speed,
          timeoutS: 6,
        }),
    );
    const spoken = Promise.all(devices.map((device) => device.speak()));
    const reach = async (part: number) => {
      while (devices.some((device) => device.progress < part)) await sleep(20);
    };
    await reach(0.3);
    up = up.slice(1);
    await servers[0]?.kill();
    await reach(0.6);
    up = up.slice(1);
    await servers[1]?.stop();
    await spoken;
    await Promise.all(devices.map((device) => device.leave()));
    const deadline = Date.now() + SETTLE_MS;
    while (Date.now() < deadline && !(await store.isSettled(speakers))) await sleep(200);
    return await judge(store, speakers, devices);
  } finally {
    await Promise.all(servers.map((server) => server.kill()));
    await stt.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function judge(
  store: SharedStore,
  speakers: readonly { uid: string }[],
  devices: readonly RoamingSpeaker[],
): Promise<RollingOutcome> {
  const problems: string[] = [];
  const outcome: RollingOutcome = {
    sessions: devices.length,
    connections: 0,
    closeCodes: {},
    shownWords: 0,
    storedWords: 0,
    spokenWords: SPOKEN.length * devices.length,
    conversations: 0,
    completed: 0,
    problems,
  };
  for (const [i, device] of devices.entries()) {
    const kept = await store.keptOf(speakers[i]?.uid ?? '');
    const { shownWords } = device;
    outcome.connections += device.connections;
    for (const code of device.closeCodes) {
      outcome.closeCodes[code] = (outcome.closeCodes[code] ?? 0) + 1;
    }
    outcome.shownWords += shownWords.length;
    outcome.storedWords += kept.words.length;
    outcome.conversations += kept.statuses.length;
    outcome.completed += kept.statuses.filter((status) => status === 'completed').length;
    const says = (what: string) => problems.push(`session ${i}: ${what}`);
    if (shownWords.length === 0) says('nothing was shown');
    const missing = missingWords(kept.words, shownWords);
    if (missing.length > 0) says(`shown and lost: ${missing.join(' ')}`);
    const extra = missingWords(SPOKEN, kept.words);
    if (extra.length > 0) says(`doubled or made up: ${extra.join(' ')}`);
    if (kept.statuses.join() !== 'completed') says(`conversations: ${kept.statuses.join()}`);
    if (kept.leftOver > 0) says(`${kept.leftOver} documents are left over`);
    if (new Set(kept.actionItems).size < kept.actionItems.length) says('an action item is doubled');
    if (kept.actionItems.length === 0) says('no action item: it was not processed');
  }
  problems.push(...(await store.failedJobs()));
  return outcome;
}

/** The words of `shown` that `kept` has not, or not so often; late words may stand elsewhere. */
function missingWords(kept: readonly string[], shown: readonly string[]): string[] {
  const left = [...kept];
  return shown.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
