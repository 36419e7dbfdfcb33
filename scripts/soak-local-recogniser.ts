import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { median } from '../bench/statistics.ts';
import type { ListenEvent } from '../src/sessions/listen-event.ts';
import { listenOptions } from '../test/fixtures/listen/listen-options.ts';
import {
  joinedClips,
  plainWord,
  spokenClips,
  TINY_STREAMING,
} from '../test/fixtures/spoken-clips.ts';
import { openProduct } from '../test/harness/open-product.ts';

/**
 * One long session that a local model hears, many times as fast as it is spoken: the test clips over and over.
 * Prints for each hour the memory of the server and of the model's process, processor time, how many of the spoken words
 * were heard where they were said, how many came besides, how far words are behind and how far their times have drifted
 * since the first hour. Exit code 1: memory grows, or words are lost, doubled, late or drift.
 */
const MAX_DRIFT_MS = 50;
const MAX_HEAP_GROWTH_MB = 16;
const MAX_CHILD_GROWTH_MB = 24;
/** Share of the spoken words that must be heard where they were said; the model itself takes 2 % for others. */
const MIN_HEARD = 0.975;
/** Words that were heard and not said there, as a share of those that were said. */
const MAX_BESIDES = 0.03;
const PAUSE_MS = 1_000;
const FRAME_MS = 20;
/** A word is compared with the same word that was said at most so far from it, milliseconds. */
const NEAR_MS = 1_500;
/** Replays are sent at most so many times as fast as they were spoken. */
const REPLAY_SPEED = 20;
const TICKS = 100;

const options = new Command('npm run soak:local-recogniser --')
  .description(
    'Sends hours of speech through one session with a local model, many times as fast as it would be spoken, and prints memory, lag, drift and what was heard.',
  )
  .option('--hours <number>', 'hours of audio', '12')
  .option('--speed <number>', 'how many times as fast as real time', '60')
  .parse()
  .opts<{ hours: string; speed: string }>();
const hours = Number(options.hours);
const speed = Number(options.speed);

// What keeps a pace in the process keeps it by this clock.
const realNow = performance.now.bind(performance);
performance.now = () => (realNow() * speed * 2) / REPLAY_SPEED;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SPEECH = joinedClips(spokenClips(), PAUSE_MS);
const BYTES = FRAME_MS * 32;
const LOOP_FRAMES = Math.floor(SPEECH.pcm.length / BYTES);
const LOOP_MS = LOOP_FRAMES * FRAME_MS;
const framesPerHour = 3_600_000 / FRAME_MS;

const directory = await mkdtemp(path.join(tmpdir(), 'omi-local-soak-'));
const environment = {
  DATA_DIR: directory,
  STT_LOCAL_MODEL: TINY_STREAMING,
  STT_LOCAL_THREADS: '1',
  AUDIO_BURST_MINUTES: '0',
  LOG_LEVEL: 'silent',
};
const context = await openProduct(environment);
const created = await context.accounts.ensureOwner();
if (!created) throw new Error('The directory is not empty.');
context.jobWorker.start();

/** Differences of the words of an hour that were heard where they were said, milliseconds. */
let differences: number[] = [];
/** Words of an hour that nobody said there. */
let besides = 0;
/** Spoken words that were heard already, by their place in the whole session. */
const found = new Set<number>();
let originMs: number | null = null;
let heardMs = 0;
let lags = 0;
const seen = new Set<string>();
const session = await context.transcription.openSession(
  listenOptions({ uid: created.user.id, conversationTimeoutMs: 14_400_000 }),
  (event) => note(event),
);

function note(event: ListenEvent): void {
  if (event.type === 'recognition-lag' && !event.isOver) lags += 1;
  if (event.type !== 'segments-updated') return;
  for (const { text, startMs, endMs } of event.segments.flatMap((segment) => segment.words)) {
    const key = `${startMs} ${plainWord(text)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // The conversation's clock begins with its first word.
    originMs ??= (SPEECH.words[0]?.startMs ?? 0) - startMs;
    const at = startMs + originMs;
    heardMs = Math.max(heardMs, endMs + originMs);
    const differenceMs = spokenNear(plainWord(text), at);
    if (differenceMs === null) besides += 1;
    else differences.push(differenceMs);
  }
}

/** Marks the nearest such word that was said and not yet heard; returns how much later it was heard, milliseconds. */
function spokenNear(text: string, atMs: number): number | null {
  const loop = Math.floor(atMs / LOOP_MS);
  let nearest: { place: number; differenceMs: number } | null = null;
  for (const [index, word] of SPEECH.words.entries()) {
    if (word.text !== text) continue;
    const place = loop * SPEECH.words.length + index;
    const differenceMs = atMs - loop * LOOP_MS - word.startMs;
    const limitMs = Math.abs(nearest?.differenceMs ?? NEAR_MS);
    if (Math.abs(differenceMs) < limitMs && !found.has(place)) nearest = { place, differenceMs };
  }
  if (nearest === null) return null;
  found.add(nearest.place);
  return nearest.differenceMs;
}

interface Hour {
  heapMb: number;
  childMb: number;
  driftMs: number;
  heard: number;
  besides: number;
}
const rows: Hour[] = [];
const problems: string[] = [];
let firstMedian: number | null = null;
const startedAt = Date.now();
for (let hour = 1; hour <= hours; hour += 1) {
  const cpu = process.cpuUsage();
  const childBefore = childOf()?.cpuMs ?? 0;
  for (let i = (hour - 1) * framesPerHour; i < hour * framesPerHour; i += 1) {
    const at = (i % LOOP_FRAMES) * BYTES;
    session.audio(SPEECH.pcm.subarray(at, at + BYTES));
    if (i % 25 !== 0) continue;
    const waiting = session.backpressure();
    if (waiting) await waiting;
    const aheadMs = (i * FRAME_MS) / speed - (Date.now() - startedAt);
    await sleep(Math.max(0, aheadMs));
  }
  report(hour, process.cpuUsage(cpu), childBefore);
}

function report(hour: number, used: NodeJS.CpuUsage, childBefore: number): void {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const child = childOf();
  const differenceMs = median(differences);
  firstMedian ??= differenceMs;
  const row = {
    heapMb: (heapUsed + external) / 2 ** 20,
    childMb: child?.rssMb ?? Number.NaN,
    driftMs: differenceMs - firstMedian,
    heard: differences.length,
    besides,
  };
  rows.push(row);
  const cells = [
    `hour ${String(hour).padStart(2)}`,
    `server: heap ${row.heapMb.toFixed(1)} MB, rss ${(rss / 2 ** 20).toFixed(0)} MB, ${((used.user + used.system) / 3.6e6).toFixed(2)} ms a second of audio`,
    `model: rss ${row.childMb.toFixed(0)} MB, ${(((child?.cpuMs ?? Number.NaN) - childBefore) / 3600).toFixed(2)} ms a second`,
    `${row.heard} of about ${Math.round((SPEECH.words.length * 3_600_000) / LOOP_MS)} words where they were said, ${besides} besides, drift ${row.driftMs.toFixed(1)} ms`,
    `behind ${((hour * 3_600_000 - heardMs) / 1000).toFixed(1)} s, told of lag ${lags} times`,
  ];
  process.stdout.write(`${cells.join(' | ')}\n`);
  if (Math.abs(row.driftMs) >= MAX_DRIFT_MS) problems.push(`hour ${hour}: drift ${row.driftMs} ms`);
  differences = [];
  besides = 0;
  seen.clear();
  found.clear();
}

/** Memory and processor time so far of the model's process (Linux). */
function childOf(): { rssMb: number; cpuMs: number } | null {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of listed.split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/);
    if (Number(parent) !== process.pid || !line.includes('recognition-worker')) continue;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    return { rssMb, cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS };
  }
  return null;
}

await context.transcription.closeSession(session);
await context.close();
await rm(directory, { recursive: true, force: true });
// What was behind at the end of the last hour is heard when the session ends.
const heard = sum((row) => row.heard) + differences.length;
const spoken = (SPEECH.words.length * hours * 3_600_000) / LOOP_MS;
const added = sum((row) => row.besides) + besides;
process.stdout.write(
  `${heard} of about ${Math.round(spoken)} words were heard where they were said, ${added} besides\n`,
);
if (heard < spoken * MIN_HEARD) problems.push('words are lost');
if (added > spoken * MAX_BESIDES) problems.push('words came that nobody said');
const third = Math.max(1, Math.floor(rows.length / 3));
const growth = (of: (row: Hour) => number) =>
  median(rows.slice(-third).map(of)) - median(rows.slice(0, third).map(of));
if (growth((row) => row.heapMb) > MAX_HEAP_GROWTH_MB) problems.push('memory of the server grows');
if (growth((row) => row.childMb) > MAX_CHILD_GROWTH_MB) problems.push('memory of the model grows');
if (lags > 0) problems.push('recognition lags');

function sum(of: (row: Hour) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

for (const problem of problems) process.stdout.write(`BAD: ${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
