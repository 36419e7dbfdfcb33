import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import type { OpenAiSimulator } from '../../simulators/openai-simulator.ts';
import type { SonioxSimulator } from '../../simulators/soniox-simulator.ts';
import { ListenClient } from '../listen-client.ts';
import { pcmFrames } from '../play-audio.ts';
import { ChildServer } from './child-server.ts';
import { waitUntilSettled } from './settled.ts';
import { type Place, placeOf, readState, type StoredState } from './stored-state.ts';

/** What a run aims at; the kill falls at a random instant around it. */
export const CRASH_TARGETS = ['commit', 'fallback', 'finalise', 'processing', 'indexing'] as const;
export type CrashTarget = (typeof CRASH_TARGETS)[number];

/**
 * Where a kill fell that aims at a change of providers: before the first one was lost, between the
 * two, while the second one heard again what had not been final, or after its first words.
 */
export type ChangePhase = 'before' | 'changing' | 'replaying' | 'after';

export interface CrashOutcome {
  target: CrashTarget;
  place: Place;
  /** Null if the run does not aim at a change of providers. */
  change: ChangePhase | null;
  /** What was found wrong; empty if nothing was lost, stuck or doubled. */
  problems: string[];
}

const SPEED = 8;
/** Audio that was read is accepted once it was written; frames wait at most 50 ms for that. */
const ACCEPTED_AFTER_MS = 150;
/** A ping follows so many frames: its answer says that the server has read them. */
const FRAMES_PER_PING = 5;

/** Wall time after the loss of the first provider within which the kill falls. */
const CHANGE_MS = 500;

/** Milliseconds from the request to end a conversation until it was handed to processing. */
const finaliseTimes: number[] = [];

const SPEECH = synthesise(
  [
    'The purpose of this meeting is to plan the harvest festival in October.',
    'I will book the brass band tomorrow morning. They play until midnight.',
    'Please order twelve wooden tables from the carpenter by Friday.',
    'I live in Lisbon and my sister is allergic to peanuts.',
    'The festival budget is nine thousand euros, and the mayor has agreed.',
    'I need to send the invitation letters to all neighbours next week.',
  ].map((text, i) => ({ text, speaker: i % 2 })),
  { leadMs: 500, utteranceGapMs: 700 },
);
const SPOKEN = SPEECH.words.map((word) => word.text);
const FRAMES = pcmFrames(SPEECH.pcm, 16_000);

/** The second provider is asked only if the first one fails; both are this run's own. */
export interface CrashSimulators {
  deepgram: DeepgramSimulator;
  soniox: SonioxSimulator;
  openai: OpenAiSimulator;
}

/**
 * One life and death of a server: a client streams speech, the process is killed with SIGKILL at a
 * random instant, a new one starts on the same directory, and what it makes of it is examined.
 */
export async function crashOnce(
  target: CrashTarget,
  random: () => number,
  simulators: CrashSimulators,
): Promise<CrashOutcome> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'omi-backend-crash-'));
  const env = {
    DEEPGRAM_API_KEY: 'test-key',
    DEEPGRAM_BASE_URL: simulators.deepgram.url,
    SONIOX_API_KEY: 'test-key',
    SONIOX_BASE_URL: simulators.soniox.url,
    OPENAI_BASE_URL: simulators.openai.baseUrl,
    OPENAI_EMBEDDING_MODEL: 'none',
  };
  let server = await ChildServer.start(dataDir, env);
  // The connection breaks in mid-word, and the kill falls soon after.
  const lostAtMs =
    target === 'fallback' ? Math.round(1_000 + random() * SPEECH.durationMs * 0.7) : null;
  if (lostAtMs !== null) simulators.deepgram.faults.push({ kind: 'drop', afterAudioMs: lostAtMs });
  const phase = (): ChangePhase => {
    const heardMs = simulators.deepgram.connections[0]?.audioMs ?? 0;
    if (heardMs < (lostAtMs ?? 0) - 1) return 'before';
    return simulators.soniox.connections.length === 0 ? 'changing' : 'replaying';
  };
  try {
    const token = server.token ?? '';
    const seen = await speakUntilKilled(server, token, target, random, phase);
    const place = await placeOf(dataDir);
    server = await ChildServer.start(dataDir, env);
    const settled = await waitUntilSettled(server, token, dataDir);
    const phrase = await findPhrase(server, token, seen.acceptedWords);
    await server.stop();
    const state = await readState(dataDir);
    const problems = examine(state, seen, settled, phrase);
    return { target, place, change: target === 'fallback' ? seen.change : null, problems };
  } finally {
    await server.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Seen {
  /** Words of all segments that the client had received. */
  shownWords: string[];
  /** Words whose audio the server had accepted. */
  acceptedWords: number;
  change: ChangePhase;
}

async function speakUntilKilled(
  server: ChildServer,
  token: string,
  target: CrashTarget,
  random: () => number,
  phase: () => ChangePhase,
): Promise<Seen> {
  const client = await ListenClient.connect(server.wsUrl, token, {
    codec: 'pcm16',
    sample_rate: '16000',
    conversation_timeout: '3',
  });
  await client.ready();
  let killAtMs =
    target === 'commit' ? random() * (SPEECH.durationMs / SPEED + 500) : Number.POSITIVE_INFINITY;
  const startedAt = performance.now();
  /** Frames that had been read, and when that was known. */
  const read: { frames: number; at: number }[] = [];
  client.socket.on('pong', (data: Buffer) => {
    read.push({ frames: Number(data.toString()), at: performance.now() });
  });
  for (let i = 0; i < FRAMES.length && performance.now() - startedAt < killAtMs; i += 1) {
    client.socket.send(FRAMES[i] ?? new Uint8Array());
    if (i % FRAMES_PER_PING === 0) client.socket.ping(String(i + 1));
    if (target === 'fallback' && killAtMs === Number.POSITIVE_INFINITY && phase() !== 'before') {
      killAtMs = performance.now() - startedAt + random() * CHANGE_MS;
    }
    const aheadMs = ((i + 1) * 20) / SPEED - (performance.now() - startedAt);
    if (aheadMs > 4) await sleep(aheadMs);
  }
  if (Number.isFinite(killAtMs)) {
    await sleep(killAtMs - (performance.now() - startedAt));
  } else if (target !== 'fallback') {
    await reach(target, client, server, token, random);
  }
  const killedAt = performance.now();
  const isHeardAgain = [...client.segments.values()].some((s) => s.stt_provider === 'soniox');
  const change = isHeardAgain ? 'after' : phase();
  await server.kill();
  await client.until(() => client.closed !== undefined);
  const known = read.findLast(({ at }) => at < killedAt - ACCEPTED_AFTER_MS);
  const accepted = (known?.frames ?? 0) * 20;
  return {
    shownWords: [...client.segments.values()].flatMap((segment) => segment.text.split(/\s+/)),
    acceptedWords: SPEECH.words.filter((word) => word.endMs < accepted).length,
    change,
  };
}

/** Leads the server to the phase, then waits a random moment. */
async function reach(
  target: CrashTarget,
  client: ListenClient,
  server: ChildServer,
  token: string,
  random: () => number,
): Promise<void> {
  // The answer to this request is lost with the server.
  const ended = fetch(`${server.url}/v1/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  }).catch(() => undefined);
  const askedAt = performance.now();
  const has = (type: string) => () => client.events.some((event) => event.type === type);
  if (target === 'finalise') {
    // It takes a few milliseconds only: aimed at by how long the runs before have taken to get there.
    const typicalMs = finaliseTimes.at(-1) ?? 200;
    const aimMs = typicalMs * (0.8 + random() * 0.25);
    await Promise.race([client.until(has('memory_processing_started')), sleep(aimMs)]);
  } else {
    await client.until(has('memory_processing_started'));
    finaliseTimes.push(performance.now() - askedAt);
  }
  if (target === 'processing') {
    await sleep(random() * 300);
  } else if (target === 'indexing') {
    await client.until(has('memory_created'));
    // Whoever searches makes the index catch up.
    void search(server, token, 'festival').catch(() => undefined);
    await sleep(random() * 25);
  }
  void ended;
}

async function search(server: ChildServer, token: string, query: string): Promise<number> {
  const response = await fetch(`${server.url}/v1/conversations/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { items: unknown[] }).items.length;
}

/** How often the first accepted words are found; null if there are too few to look for. */
async function findPhrase(
  server: ChildServer,
  token: string,
  acceptedWords: number,
): Promise<number | null> {
  return acceptedWords < 6 ? null : search(server, token, SPOKEN.slice(2, 6).join(' '));
}

function examine(
  state: StoredState,
  seen: Seen,
  settled: boolean,
  phrase: number | null,
): string[] {
  const problems: string[] = [];
  if (!settled) problems.push('something is stuck');
  const stored = state.conversations.flatMap(({ segments }) =>
    segments.flatMap((segment) => segment.text.split(/\s+/)),
  );
  if (!startsWith(stored, seen.shownWords)) problems.push('a shown segment is lost');
  if (stored.length < seen.acceptedWords) {
    problems.push(`${seen.acceptedWords - stored.length} accepted words are lost`);
  }
  if (!startsWith(SPOKEN, stored)) problems.push('a word is doubled, changed or out of order');
  if (state.conversations.length !== (stored.length > 0 ? 1 : 0)) {
    problems.push(`${state.conversations.length} conversations instead of one`);
  }
  for (const { conversation } of state.conversations) {
    if (conversation.status !== 'completed') problems.push(`status ${conversation.status}`);
    if (conversation.structured.title === '' && !conversation.discarded) problems.push('no title');
    const inline = conversation.structured.actionItems.map((item) => item.description);
    if (inline.length !== state.actionItems.length) problems.push('action items differ');
  }
  if (hasDoubles(state.actionItems)) problems.push('an action item is there twice');
  if (hasDoubles(state.memories)) problems.push('a memory is there twice');
  if (state.liveSegments > 0) problems.push('live segments are left behind');
  if (state.listenSessions > 0) problems.push('a listen session is left behind');
  for (const job of state.jobs) problems.push(`job left: ${job.id} ${job.state} ${job.lastError}`);
  if (phrase !== null && phrase !== 1) problems.push(`search finds it ${phrase} times`);
  return problems;
}

function startsWith(list: readonly string[], head: readonly string[]): boolean {
  return head.every((word, i) => list[i] === word);
}

function hasDoubles(list: readonly string[]): boolean {
  return new Set(list).size !== list.length;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
