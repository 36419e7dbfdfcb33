import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinedClips, plainWord, spokenClip, TINY_STREAMING } from '../../fixtures/spoken-clips.ts';
import { alignWords } from '../../fixtures/word-alignment.ts';
import { ListenClient } from '../listen-client.ts';
import { pcmFrames } from '../play-audio.ts';
import { ChildServer } from './child-server.ts';
import { waitUntilSettled } from './settled.ts';
import { readState, type StoredState } from './stored-state.ts';

/** What is killed: the process of a local model, or the server that it belongs to. */
export const RECOGNISER_TARGETS = ['recogniser', 'server'] as const;
export type RecogniserTarget = (typeof RECOGNISER_TARGETS)[number];

export interface RecogniserCrash {
  target: RecogniserTarget;
  /** Processes that were killed. */
  kills: number;
  /** Words that were accepted, and those of them that the model took for others. */
  words: number;
  misheard: string[];
  /** What was found wrong; empty if every accepted word is there once, at its time. */
  problems: string[];
}

const SPEED = 6;
const MAX_KILLS = 3;
/** Of these clips the model hears every word. */
const NAMES = ['dialogue-2', 'f4-1', 'slt-1', 'slt-3'];
const SPEECH = joinedClips(NAMES.map(spokenClip), 800);
const FRAMES = pcmFrames(SPEECH.pcm, 16_000);
const DURATION_MS = FRAMES.length * 20;
/** Audio that was read is accepted once it was written; frames wait at most 50 ms for that. */
const ACCEPTED_AFTER_MS = 150;
/** A ping follows so many frames: its answer says that the server has read them. */
const FRAMES_PER_PING = 5;
/** A word that begins again in its middle is heard wrongly now and then, as words are. */
const MAX_MISHEARD = 3;
const MAX_LATE_MS = 300;

/**
 * A client speaks to a server with a local model; the model's process, or the server, is killed with
 * SIGKILL at random instants. Examines what is stored when all has been heard.
 */
export async function crashRecogniser(
  target: RecogniserTarget,
  random: () => number,
): Promise<RecogniserCrash> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'omi-backend-crash-'));
  const env = { STT_LOCAL_MODEL: TINY_STREAMING, STT_LOCAL_THREADS: '1' };
  let server = await ChildServer.start(dataDir, env);
  const token = server.token ?? '';
  try {
    const problems: string[] = [];
    let acceptedMs = DURATION_MS;
    let kills = 1;
    if (target === 'recogniser') {
      kills = await speakWhileKilled(server, token, random);
    } else {
      const children = () => childrenOf(server.pid);
      acceptedMs = await speakUntilKilled(server, token, random, children);
      server = await ChildServer.start(dataDir, env);
    }
    if (!(await waitUntilSettled(server, token, dataDir))) problems.push('something is stuck');
    await server.stop();
    const { misheard, words, ...found } = examine(await readState(dataDir), acceptedMs);
    return { target, kills, words, misheard, problems: [...problems, ...found.problems] };
  } finally {
    await server.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function connect(server: ChildServer, token: string): Promise<ListenClient> {
  const query = { codec: 'pcm16', sample_rate: '16000', language: 'en', conversation_timeout: '3' };
  const client = await ListenClient.connect(server.wsUrl, token, query);
  await client.ready();
  return client;
}

/** Kills the model's process at random instants. Returns how often. */
async function speakWhileKilled(
  server: ChildServer,
  token: string,
  random: () => number,
): Promise<number> {
  const client = await connect(server, token);
  const count = 1 + Math.floor(random() * MAX_KILLS);
  const instants = Array.from({ length: count }, () => random() * DURATION_MS).sort(
    (a, b) => a - b,
  );
  let kills = 0;
  await send(client, (spokenMs) => {
    while (instants.length > 0 && spokenMs >= (instants[0] ?? 0)) {
      instants.shift();
      for (const pid of childrenOf(server.pid)) {
        process.kill(pid, 'SIGKILL');
        kills += 1;
      }
    }
    return true;
  });
  await client.close();
  return kills;
}

/** Kills the server at a random instant. Returns how much audio it had accepted, milliseconds. */
async function speakUntilKilled(
  server: ChildServer,
  token: string,
  random: () => number,
  children: () => number[],
): Promise<number> {
  const client = await connect(server, token);
  const read: { frames: number; at: number }[] = [];
  client.socket.on('pong', (data: Buffer) => {
    read.push({ frames: Number(data.toString()), at: performance.now() });
  });
  const killAtMs = random() * DURATION_MS;
  await send(client, (spokenMs) => spokenMs < killAtMs);
  const left = children();
  const killedAt = performance.now();
  await server.kill();
  await client.until(() => client.closed !== undefined);
  await gone(left);
  const known = read.findLast(({ at }) => at < killedAt - ACCEPTED_AFTER_MS);
  return (known?.frames ?? 0) * 20;
}

/** Speaks until `goesOn`, which is given the time that was spoken, says no. */
async function send(client: ListenClient, goesOn: (spokenMs: number) => boolean): Promise<void> {
  const startedAt = performance.now();
  for (const [i, frame] of FRAMES.entries()) {
    if (!goesOn(i * 20)) return;
    client.socket.send(frame);
    if (i % FRAMES_PER_PING === 0) client.socket.ping(String(i + 1));
    const aheadMs = ((i + 1) * 20) / SPEED - (performance.now() - startedAt);
    if (aheadMs > 4) await sleep(aheadMs);
  }
}

/** A model's process ends by itself when its server is gone. */
async function gone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  const isThere = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (pids.some(isThere)) {
    if (Date.now() > deadline) throw new Error('The process of a model outlives its server.');
    await sleep(50);
  }
}

/** Ids of the processes that a process has started. */
function childrenOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  return rows.flatMap((row) => {
    const [child, parent] = row.trim().split(/\s+/).map(Number);
    return parent === pid && child !== undefined ? [child] : [];
  });
}

function examine(state: StoredState, acceptedMs: number) {
  const problems: string[] = [];
  const heard = state.conversations
    .flatMap(({ segments }) => segments.flatMap((segment) => segment.words))
    .map((word) => ({ ...word, text: plainWord(word.text) }));
  // What was accepted without being known to be may be there too; the word at the cut may be half.
  const accepted = SPEECH.words.filter(({ endMs }) => endMs < acceptedMs - 200).length;
  const said = SPEECH.words.slice(0, Math.max(accepted, heard.length));
  const { lost, added, misheard } = alignWords(said, heard);
  const isCut = acceptedMs < DURATION_MS;
  // A word that was cut ends where the audio does, however long it would have been.
  const whole = isCut ? accepted : said.length;
  const { lateMs, worst } = alignWords(said.slice(0, whole), heard.slice(0, whole));
  if (lost.length > 0) problems.push(`lost: ${lost.join(' ')}`);
  if (added.length > (isCut ? 1 : 0)) problems.push(`added: ${added.join(' ')}`);
  if (misheard.length > MAX_MISHEARD) problems.push(`misheard: ${misheard.join(', ')}`);
  if (Math.max(0, ...lateMs) > MAX_LATE_MS) problems.push(worst);
  if (state.conversations.length > 1) problems.push(`${state.conversations.length} conversations`);
  if (state.liveSegments > 0) problems.push('live segments are left behind');
  if (state.listenSessions > 0) problems.push('a listen session is left behind');
  return { problems, misheard, words: accepted };
}
