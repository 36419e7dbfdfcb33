import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { cooperativeLoop } from '../src/understanding/rules/cooperative-loop.ts';
import { ENGLISH_RULES } from '../src/understanding/rules/english/english-rules.ts';
import { createRuleEngine } from '../src/understanding/rules/rule-engine.ts';
import { splitSentences } from '../src/understanding/rules/sentences.ts';
import type {
  SpokenSegment,
  UnderstandingInput,
} from '../src/understanding/understanding-engine.ts';
import { loadMeetings } from '../test/fixtures/meetings.ts';

/** How much dearer a word of eight hours may be than one of an hour. */
const MAX_RATIO = 1.6;
new Command('npm run soak:long-talk --')
  .description(
    `Understands the real meetings joined to talks of one to eight hours with the rules and prints, for each length: time a word as a ratio to that of one hour in the same run, growth of the heap while it works, how long it keeps others of the process waiting, and from which eighth of the talk the sentences of the overview come. Ends with 1 if a word of eight hours costs more than ${MAX_RATIO} of one of an hour, or the overview says nothing of the last quarter. Reads the meetings from OMI_DATA_DIR.`,
  )
  .parse();
const ROUNDS = 3;
const HOUR_MS = 3_600_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const meetings = loadMeetings();
const engine = createRuleEngine();
const { signal } = new AbortController();

/** Another round's words: the long ones have an ending of its own, as another talk has other words. */
function reword(text: string, round: number): string {
  const ending = String.fromCharCode(97 + round).repeat(2);
  return round === 0 ? text : text.replace(/\b\p{Ll}{7,}\b/gu, (word) => word + ending);
}

/** The meetings one after another, in other words each round, until `hours` are full. */
function talkOf(hours: number): UnderstandingInput {
  const segments: SpokenSegment[] = [];
  let at = 0;
  for (let round = 0; at < hours * HOUR_MS; round += 1) {
    for (const { input } of meetings) {
      for (const segment of input.segments) {
        if (at >= hours * HOUR_MS) break;
        const length = segment.endMs - segment.startMs;
        const speaker = segment.name ?? segment.speaker;
        segments.push({
          ...segment,
          text: reword(segment.text, round),
          id: `${segments.length}`,
          speaker,
          startMs: at,
          endMs: at + length,
        });
        at += length;
      }
    }
  }
  const [first] = meetings;
  if (!first) throw new Error('The real meetings are needed (OMI_DATA_DIR).');
  return { ...first.input, segments };
}

function heapMb(): number {
  return getHeapStatistics().used_heap_size / 2 ** 20;
}

/** Eighths of the talk, from 1, that sentences of the overview are said in. */
async function eighths(overview: string, input: UnderstandingInput): Promise<number[]> {
  const sentences = await splitSentences(input.segments, cooperativeLoop(signal), ENGLISH_RULES);
  const found = new Set<number>();
  for (const sentence of sentences) {
    const words = sentence.text
      .replace(/[.?!]$/, '')
      .split(' ')
      .slice(-6)
      .join(' ');
    if (words.split(' ').length === 6 && overview.includes(words)) {
      found.add(Math.floor((sentence.index / sentences.length) * 8) + 1);
    }
  }
  return [...found].sort((a, b) => a - b);
}

const delay = monitorEventLoopDelay({ resolution: 1 });
// Compiled before the first figure is taken.
await engine.understand(talkOf(1), signal);
let floor = 0;
let isGood = true;
for (const hours of [1, 2, 4, 8]) {
  const input = talkOf(hours);
  const words = input.segments.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  const times: number[] = [];
  let growth = 0;
  let overview = '';
  let blocked = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    collect();
    const before = heapMb();
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, heapMb());
    }, 5);
    delay.reset();
    delay.enable();
    const from = process.cpuUsage();
    ({ overview } = await engine.understand(input, signal));
    const { user, system } = process.cpuUsage(from);
    clearInterval(watch);
    delay.disable();
    blocked = Math.min(blocked, delay.max / 1e6);
    growth = Math.max(growth, peak - before);
    times.push((user + system) / 1000);
  }
  const ms = Math.min(...times);
  if (hours === 1) floor = ms / words;
  const ratio = ms / words / floor;
  const where = await eighths(overview, input);
  console.log(
    `${hours} h, ${words} words: ${ms.toFixed(0)} ms of processor, ${ratio.toFixed(2)} times an hour's time a word, heap up ${growth.toFixed(0)} MB, others wait ${blocked.toFixed(0)} ms at most, overview from eighths ${where.join(' ')}`,
  );
  isGood &&= ratio <= MAX_RATIO && (hours < 8 || where.some((part) => part >= 7));
}
process.exitCode = isGood ? 0 : 1;
