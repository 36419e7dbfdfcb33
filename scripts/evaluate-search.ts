/**
 * A result is a window of the transcript. It counts if the segment that it names as its best
 * match lies in a marked span; `any` counts it if any of its segments does.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { SqliteSearchIndex } from '../src/search/adapters/sqlite/sqlite-search-index.ts';
import type { ConversationMatch } from '../src/search/question/group-hits.ts';
import { addMeeting, type Meeting, readMeetings, UID } from '../test/fixtures/meeting-questions.ts';
import { bootstrap, differenceOf } from '../test/fixtures/paired-bootstrap.ts';
import { PlainBm25, type Ranked } from '../test/fixtures/plain-bm25.ts';
import { openProduct } from '../test/harness/open-product.ts';
import { OpenAiSimulator } from '../test/simulators/openai-simulator.ts';

const { raw } = new Command('npm run evaluate:search --')
  .description(
    'Prints how well a question finds what was said: all real meetings in one index, each of their questions, the spans that people marked as the truth. Hit@1/5/10 and precision@5 with 95 % bootstrap intervals stand beside chance and a plain BM25; first by words alone, then with the embeddings of the simulator. Reads the meetings from OMI_DATA_DIR.',
  )
  .option('--raw', 'print every answer', false)
  .parse()
  .opts<{ raw: boolean }>();
const DEPTH = 10;
/** Windows that are asked for in the flat order. */
const FLAT = 160;
const PRECISION_AT = 5;
const CUTS = [1, 5, 10] as const;

type Judge = (result: Ranked, gold: ReadonlySet<string>) => boolean;
const JUDGES: Record<string, Judge> = {
  'best segment': ({ best }, gold) => gold.has(best),
  'any segment': ({ segmentIds }, gold) => segmentIds.some((id) => gold.has(id)),
};

interface Question {
  meeting: string;
  query: string;
  gold: ReadonlySet<string>;
}

interface Answered {
  question: Question;
  results: Ranked[];
}

const meetings = readMeetings();
if (meetings.length > 0) await evaluate(meetings);

async function evaluate(all: readonly Meeting[]): Promise<void> {
  const questions: Question[] = all.flatMap(({ name, questions: own }) =>
    own.map(({ query, gold }) => ({ meeting: name, query, gold })),
  );
  const hash = createHash('sha256')
    .update(JSON.stringify(all.map(serialisable)))
    .digest('hex');
  console.log(`${all.length} meetings, ${questions.length} questions, data ${hash.slice(0, 16)}`);

  const simulator = await OpenAiSimulator.start();
  try {
    const words = await ask(all, questions, {});
    const both = await ask(all, questions, { OPENAI_BASE_URL: simulator.baseUrl });
    const windows = words.windows;
    const plain = new PlainBm25(windows);
    const baseline = questions.map((question) => ({
      question,
      results: plain.rank(question.query, DEPTH),
    }));
    console.log(`${windows.length} windows, chance: ${chanceLine(questions, windows)}`);
    report('plain BM25', baseline, null);
    report('this server, words only', words.answers, baseline);
    report('conversation by conversation, words only', words.groups, words.answers, 'flat order');
    report("this server, with the simulator's embeddings", both.answers, baseline);
    misses('words only', words.answers);
    misses('with embeddings', both.answers);
  } finally {
    await simulator.close();
  }
}

function serialisable({ name, turns, questions }: Meeting) {
  return [name, turns, questions.map(({ query, gold }) => [query, [...gold]])];
}

/** Opens the real product on an empty directory, adds the meetings and asks. */
async function ask(
  all: readonly Meeting[],
  questions: readonly Question[],
  environment: Record<string, string>,
): Promise<{
  answers: Answered[];
  groups: Answered[];
  windows: { segments: { id: string; text: string }[] }[];
}> {
  const directory = await mkdtemp(path.join(tmpdir(), 'retrieval-eval-'));
  const values = { DATA_DIR: directory, LOG_LEVEL: 'silent', ...environment };
  const context = await openProduct(values);
  try {
    const windows = [];
    for (const meeting of all) {
      for (const segmentIds of await addMeeting(context, meeting)) {
        windows.push({ segments: segmentIds.map((id) => ({ id, text: textOf(meeting, id) })) });
      }
    }
    await context.searchFeed.catchUp(UID);
    if (context.searchIndex instanceof SqliteSearchIndex) await context.searchIndex.embedded();
    const answers: Answered[] = [];
    const groups: Answered[] = [];
    for (const question of questions) {
      const { items } = await context.search.searchConversations(UID, {
        query: question.query,
        page: 1,
        perPage: 20,
        includeDiscarded: false,
        startDate: null,
        endDate: null,
      });
      const grouped = items
        .flatMap(({ matches }) => matches)
        .filter(({ kind }) => kind === 'window');
      groups.push({ question, results: toRanked(grouped) });
      const flat = await context.search.searchWindows(UID, {
        query: question.query,
        includeDiscarded: false,
        startDate: null,
        endDate: null,
        limit: FLAT,
      });
      answers.push({ question, results: toRanked(flat) });
    }
    return { answers, groups, windows };
  } finally {
    await context.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function toRanked(found: readonly ConversationMatch[]): Ranked[] {
  return found.slice(0, DEPTH).map(({ segmentIds, matchedSegmentIds, score }) => ({
    segmentIds,
    best: matchedSegmentIds[0] ?? '',
    score,
  }));
}

function textOf(meeting: Meeting, segmentId: string): string {
  return meeting.turns[Number(segmentId.slice(meeting.name.length + 1))]?.content ?? '';
}

function report(
  name: string,
  answers: readonly Answered[],
  baseline: readonly Answered[] | null,
  baselineName = 'BM25',
) {
  console.log(`\n${name}`);
  for (const [how, judge] of Object.entries(JUDGES)) {
    const own = figuresOf(answers, judge);
    const other = baseline ? figuresOf(baseline, judge) : null;
    for (const [figure, values] of Object.entries(own)) {
      const { mean, low, high } = bootstrap(values);
      const against = other?.[figure];
      const gain = against ? differenceOf(values, against) : null;
      console.log(
        `  ${how.padEnd(13)} ${figure.padEnd(12)} ${percent(mean)} [${percent(low)}, ${percent(high)}]` +
          (gain
            ? `  against ${baselineName} ${signed(gain.mean)} [${signed(gain.low)}, ${signed(gain.high)}]`
            : ''),
      );
    }
  }
  if (!raw) return;
  for (const { question, results } of answers) {
    console.log(`  ? ${question.meeting}: ${question.query}`);
    for (const [i, { best, segmentIds, score }] of results.entries()) {
      const sign = question.gold.has(best)
        ? '+'
        : segmentIds.some((id) => question.gold.has(id))
          ? '~'
          : '-';
      console.log(
        `    ${i + 1} ${sign} ${score.toFixed(4)} ${best} of ${segmentIds[0]}…${segmentIds.at(-1)}`,
      );
    }
  }
}

/** One number a question for each figure. */
function figuresOf(answers: readonly Answered[], judge: Judge): Record<string, number[]> {
  const figures: Record<string, number[]> = {};
  const good = answers.map(({ question, results }) =>
    results.map((result) => judge(result, question.gold)),
  );
  for (const cut of CUTS) {
    figures[`hit@${cut}`] = good.map((row) => (row.slice(0, cut).includes(true) ? 1 : 0));
  }
  figures[`precision@${PRECISION_AT}`] = good.map(
    (row) => row.slice(0, PRECISION_AT).filter(Boolean).length / PRECISION_AT,
  );
  return figures;
}

/** What windows drawn at random would hit, by any of their segments. */
function chanceLine(
  questions: readonly Question[],
  windows: readonly { segments: { id: string }[] }[],
): string {
  const shares = questions.map(
    ({ gold }) => windows.filter(({ segments }) => segments.some(({ id }) => gold.has(id))).length,
  );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const figures = CUTS.map((cut) => {
    const hit = shares.map((good) => {
      let none = 1;
      for (let i = 0; i < cut; i += 1) none *= (windows.length - good - i) / (windows.length - i);
      return 1 - none;
    });
    return `hit@${cut} ${percent(mean(hit))}`;
  });
  figures.push(`precision@${PRECISION_AT} ${percent(mean(shares.map((n) => n / windows.length)))}`);
  return figures.join(', ');
}

function misses(name: string, answers: readonly Answered[]): void {
  const missed = answers.filter(
    ({ question, results }) => !results.slice(0, 5).some(({ best }) => question.gold.has(best)),
  );
  console.log(`\nnot among the first five, ${name}: ${missed.length}`);
  for (const { question } of missed) console.log(`  ${question.meeting}: ${question.query}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(0)}`;
}
