import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import type { ListenEvent } from '../src/sessions/listen-event.ts';
import type { SttProvider } from '../src/stt/stt-provider.ts';
import { loadTranscript } from '../src/transcripts/transcript.ts';
import { listenOptions } from '../test/fixtures/listen/listen-options.ts';
import { openProduct } from '../test/harness/open-product.ts';
import {
  MarkedAudioProvider,
  markedPacket,
  PACKET_MS,
  spokenAt,
} from '../test/simulators/marked-audio.ts';

const MAX_DRIFT_MS = 50;
/** Growth between the second hour and the last that is still called flat. */
const MAX_HEAP_GROWTH_MB = 12;
const MAX_COST_RATIO = 1.5;
/** Audio that the log may hold: what is behind the words, and what the provider has not heard yet. */
const MAX_LOG_MINUTES = 6;
/** How far the device may be ahead of the provider. */
const MAX_AHEAD_MS = 60_000;
const BYTES_PER_MINUTE = (60_000 / PACKET_MS) * 84;

const options = new Command('npm run soak:long-session --')
  .description(
    'Runs one live session of many hours, many times as fast as it would be spoken, and prints what each hour costs in time and memory. Ends with 1 if the last hour costs more than the second.',
  )
  .option('--hours <number>', 'hours of audio', '12')
  .option('--speed <number>', 'how many times as fast as real time, at most', '300')
  .parse()
  .opts<{ hours: string; speed: string }>();
const hours = Number(options.hours);

// Whatever keeps a pace in the process (replays are sent at 20 times real time at most) keeps it by
// this clock, so that it is made to run fast.
const haste = Number(options.speed) / 20;
const realNow = performance.now.bind(performance);
performance.now = () => realNow() * haste;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const directory = await mkdtemp(path.join(tmpdir(), 'omi-long-session-'));
const environment = {
  DATA_DIR: directory,
  DEEPGRAM_API_KEY: 'unused',
  VAD_GATE_MODE: 'off',
  LOG_LEVEL: 'silent',
};
const context = await openProduct(environment);
const provider = new MarkedAudioProvider({ name: 'deepgram', breaksAfterMs: 3_700_000 });
(context.speech.providers as Map<string, SttProvider>).set('deepgram', provider);
const created = await context.accounts.ensureOwner();
if (!created) throw new Error('The directory is not empty.');
context.jobWorker.start();

let worstDriftMs = 0;
let conversationStartMs: number | null = null;
const session = await context.transcription.openSession(
  listenOptions({
    uid: created.user.id,
    codec: 'opus_fs320',
    conversationTimeoutMs: 14_400_000,
  }),
  (event) => noteDrift(event),
);

/** Compares where each word stands with when it was spoken. */
function noteDrift(event: ListenEvent): void {
  if (event.type !== 'segments-updated') return;
  for (const word of event.segments.flatMap((segment) => segment.words)) {
    const spoken = spokenAt(word.text);
    if (spoken === null) continue;
    // The conversation's clock begins with its first word.
    conversationStartMs ??= spoken - word.startMs;
    worstDriftMs = Math.max(worstDriftMs, Math.abs(word.startMs + conversationStartMs - spoken));
  }
}

interface Hour {
  hour: number;
  heapMb: number;
  rssMb: number;
  microsPerFrame: number;
  logMb: number;
  driftMs: number;
}

const rows: Hour[] = [];
let largestLog = 0;
const packetsPerHour = 3_600_000 / PACKET_MS;
for (let hour = 1; hour <= hours; hour += 1) {
  const cpu = process.cpuUsage();
  for (let i = (hour - 1) * packetsPerHour; i < hour * packetsPerHour; i += 1) {
    session.audio(markedPacket(i));
    if (i % 50 === 0) await pace(i);
    if (i % 15_000 === 0) largestLog = Math.max(largestLog, await sizeOf('audio-log'));
  }
  const used = process.cpuUsage(cpu);
  collectGarbage();
  const memory = process.memoryUsage();
  const row = {
    hour,
    heapMb: megabytes(memory.heapUsed + memory.external),
    rssMb: megabytes(memory.rss),
    microsPerFrame: (used.user + used.system) / packetsPerHour,
    logMb: megabytes(largestLog),
    driftMs: worstDriftMs,
  };
  rows.push(row);
  print(row);
}
await context.transcription.closeSession(session);
const problems = await examine();
await context.close();
await rm(directory, { recursive: true, force: true });
for (const problem of problems) process.stdout.write(`BAD: ${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

async function pace(index: number): Promise<void> {
  const backpressure = session.backpressure();
  if (backpressure) await backpressure;
  while ((index - provider.lastPacket) * PACKET_MS > MAX_AHEAD_MS) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function print(row: Hour): void {
  const cells = [
    `hour ${String(row.hour).padStart(2)}`,
    `heap ${row.heapMb.toFixed(1)} MB`,
    `rss ${row.rssMb.toFixed(0)} MB`,
    `${row.microsPerFrame.toFixed(1)} µs CPU a frame`,
    `log at most ${row.logMb.toFixed(2)} MB`,
    `drift ${row.driftMs.toFixed(1)} ms`,
  ];
  process.stdout.write(`${cells.join(' | ')}\n`);
}

/** What is wrong with the figures, and with the words that were stored. */
async function examine(): Promise<string[]> {
  const found: string[] = [];
  const uid = created?.user.id ?? '';
  const { store } = context;
  const conversation = await context.conversationEnd.finaliseCurrent(uid, null);
  const segments = conversation ? await loadTranscript(store, uid, conversation) : [];
  const heard = segments.flatMap((segment) => segment.words.map((word) => word.text));
  const wanted = hours * 3_600;
  const different = new Set(heard).size;
  process.stdout.write(
    `${heard.length} words of ${wanted}, ${different} different; ${provider.connections} connections; ` +
      `store ${megabytes(await sizeOf('.', /^store/)).toFixed(1)} MB\n`,
  );
  if (heard.length !== wanted || different !== wanted) found.push('words are lost or doubled');
  if (worstDriftMs >= MAX_DRIFT_MS) found.push(`timestamps drift by ${worstDriftMs} ms`);
  if (largestLog > MAX_LOG_MINUTES * BYTES_PER_MINUTE)
    found.push('the audio log outgrows its bound');
  // The first hour warms up.
  const [, early] = rows;
  const late = rows.at(-1);
  if (early && late) {
    if (late.heapMb - early.heapMb > MAX_HEAP_GROWTH_MB) found.push('memory grows');
    if (late.microsPerFrame / early.microsPerFrame > MAX_COST_RATIO) found.push('frames cost more');
  }
  return found;
}

/** Bytes of the files below a folder of the data directory. */
async function sizeOf(folder: string, names = /./): Promise<number> {
  let total = 0;
  const root = path.join(directory, folder);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !names.test(entry.name)) continue;
    const file = await stat(path.join(entry.parentPath, entry.name)).catch(() => null);
    total += file?.size ?? 0;
  }
  return total;
}

function megabytes(bytes: number): number {
  return bytes / 1024 / 1024;
}
