import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import type { Context } from '../src/context.ts';
import type { ImportedTurn } from '../src/conversations/import/imported-transcript.ts';
import { ImportService } from '../src/conversations/import-service.ts';
import { conversations } from '../src/model/conversations/conversation.ts';
import { loadMeetings } from '../test/fixtures/meetings.ts';
import { openProduct } from '../test/harness/open-product.ts';
import { OpenAiSimulator } from '../test/simulators/openai-simulator.ts';

const HOUR_MS = 3_600_000;
const BREAK_MS = 10 * 60_000;
/** Heap in use while 8 hours are processed, over that of one hour, that is still called bounded. */
const MAX_HEAP_RATIO = 4;

const { hours } = new Command('npm run soak:long-conversation --')
  .description(
    'Processes a conversation of many hours, real meetings joined and repeated with an own talk at the end, with both engines, and prints what it took. Ends with 1 if the end of it is not in the overview, cannot be found, or the memory that is held grows with the length. Reads the meetings from OMI_DATA_DIR.',
  )
  .option('--hours <number>', 'hours of talk', parseCount(1, 100), 8)
  .parse()
  .opts<{ hours: number }>();

/** The talk at the end, some twenty minutes of it: who restores what of a lighthouse. */
const LATE = ['north', 'south', 'harbour'].flatMap((side) =>
  ['lamp', 'staircase', 'roof', 'windows', 'door', 'radio', 'generator', 'archive'].flatMap(
    (thing) => [
      `Now to the ${thing} of the lighthouse in Peniche, on the ${side} side.`,
      `The ${thing} on the ${side} side is older than the rest and has to be restored this summer.`,
      `We decided that the harbour office pays for the ${thing} of the lighthouse.`,
      `The keeper of the lighthouse wants to see the ${thing} on the ${side} side before we begin.`,
      `I will send the offer for the ${thing} on the ${side} side to the harbour office on Friday.`,
      `The lighthouse stays closed to visitors until the ${thing} is restored.`,
    ],
  ),
);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const meetings = loadMeetings();
if (meetings.length === 0) process.exit(0);

let failed = false;
for (const engine of ['rules', 'model'] as const) {
  const short = await run(engine, 1);
  const long = await run(engine, hours);
  const ratio = long.peakHeapMb / short.peakHeapMb;
  const isBounded = ratio <= MAX_HEAP_RATIO;
  console.log(
    `${engine}: heap while processing ${short.peakHeapMb.toFixed(0)} MB for 1 h, ` +
      `${long.peakHeapMb.toFixed(0)} MB for ${hours} h (ratio ${ratio.toFixed(2)}, at most ${MAX_HEAP_RATIO}); ` +
      `time ${short.seconds.toFixed(1)} s and ${long.seconds.toFixed(1)} s`,
  );
  failed ||= !isBounded || !short.isWhole || !long.isWhole;
}
process.exitCode = failed ? 1 : 0;

async function run(engine: 'rules' | 'model', length: number) {
  const simulator = engine === 'model' ? await OpenAiSimulator.start() : null;
  const directory = await mkdtemp(path.join(tmpdir(), 'omi-long-conversation-'));
  const environment = {
    DATA_DIR: directory,
    LOG_LEVEL: 'silent',
    ...(simulator ? { OPENAI_BASE_URL: simulator.baseUrl, OPENAI_EMBEDDING_MODEL: 'none' } : {}),
  };
  const context = await openProduct(environment);
  try {
    const result = await processTalk(context, joinedTalk(length * HOUR_MS));
    const calls = simulator?.chats.length ?? 0;
    const largest = Math.max(0, ...(simulator?.chats ?? []).map((b) => JSON.stringify(b).length));
    console.log(
      `\n## ${engine}, ${length} h: ${result.words} words; ${calls} calls, the largest of ${largest} characters\n` +
        `made by ${result.engine}; end in overview: ${result.inOverview}; end found: ${result.isFound}\n` +
        `${result.title}\n${result.overview}`,
    );
    const isWhole = result.inOverview && result.isFound && result.engine === engine;
    return { ...result, isWhole };
  } finally {
    await context.close();
    await rm(directory, { recursive: true, force: true });
    await simulator?.close();
  }
}

/** Meetings one after another, then a break, then the own talk, which ends at `lengthMs`. */
function joinedTalk(lengthMs: number): ImportedTurn[] {
  const turns: ImportedTurn[] = [];
  const lateMs = LATE.length * 8_000;
  let at = 0;
  for (let round = 0; at < lengthMs - lateMs - BREAK_MS; round += 1) {
    const meeting = meetings[round % meetings.length];
    for (const segment of meeting?.input.segments ?? []) {
      const startMs = at + segment.startMs;
      if (startMs > lengthMs - lateMs - BREAK_MS) break;
      const endMs = at + segment.endMs;
      turns.push({ speaker: segment.name, text: segment.text, startMs, endMs });
    }
    at += (meeting?.input.segments.at(-1)?.endMs ?? 0) + 60_000;
  }
  const from = lengthMs - lateMs;
  for (const [i, text] of LATE.entries()) {
    const startMs = from + i * 8_000;
    turns.push({ speaker: i % 2 ? 'Rui' : 'Anna', text, startMs, endMs: startMs + 7_000 });
  }
  return turns;
}

async function processTalk(context: Context, turns: readonly ImportedTurn[]) {
  const owner = await context.accounts.ensureOwner();
  if (!owner) throw new Error('The directory is not empty.');
  const uid = owner.user.id;
  const imports = new ImportService({
    store: context.store,
    clock: context.clock,
    ensurePerson: async (user, name) => (await context.people.createPerson(user, name)).id,
  });
  const { conversationId } = await imports.importTranscript(uid, {
    turns,
    me: 'Anna',
    startedAt: Date.parse('2027-03-01T08:00:00Z'),
    language: 'en',
    title: null,
    isDated: true,
  });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let peak = before;
  const watch = setInterval(() => {
    collectGarbage();
    peak = Math.max(peak, process.memoryUsage().heapUsed);
  }, 100);
  const began = performance.now();
  const done = new Promise<void>((resolve) => {
    context.events.on('conversation-processed', () => resolve());
  });
  context.jobWorker.start();
  await done;
  const seconds = (performance.now() - began) / 1000;
  clearInterval(watch);
  const conversation = await context.store.find(conversations, uid, conversationId);
  if (!conversation) throw new Error('The conversation is gone.');
  await context.searchFeed.catchUp(uid, AbortSignal.timeout(60_000));
  const { items } = await context.search.searchConversations(uid, {
    query: 'lamp of the lighthouse in Peniche',
    page: 1,
    perPage: 5,
    includeDiscarded: false,
    startDate: null,
    endDate: null,
  });
  const { title, overview } = conversation.structured;
  return {
    words: turns.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0),
    engine: conversation.processing.engine,
    title,
    overview,
    inOverview: /lighthouse|harbour office/i.test(overview),
    isFound: items.some(({ matches }) => matches.some(({ segmentIds }) => segmentIds.length > 0)),
    peakHeapMb: (peak - before) / 2 ** 20 + 1,
    seconds,
  };
}
