import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/kernel/logger.ts';
import { openSqlite } from '../../src/kernel/sqlite/open-sqlite.ts';
import { openSqliteSearchIndex } from '../../src/search/adapters/sqlite/sqlite-search-index.ts';
import {
  type AskedPerson,
  makeSearchDocument,
  type SearchDocument,
  type SearchIndex,
  type SearchRequest,
} from '../../src/search/search-index.ts';
import type { Part, Row } from '../report.ts';

const GOAL_P95_MS = 50;
const SIZES = [1_000, 10_000, 100_000] as const;
const WORDS_PER_WINDOW = 80;
const LINES = 5;
const WINDOWS_PER_CONVERSATION = 50;
const VOCABULARY = 20_000;
const ROUNDS = 12;
const DAY = 86_400_000;

interface Timing {
  p50Ms: number;
  p95Ms: number;
}

interface SearchBenchRow {
  windows: number;
  /** Time to index all of them, milliseconds. */
  indexMs: number;
  /** `SearchIndex.search`, through the worker thread. */
  search: Timing;
  /** The same words in a bare FTS5 table in this thread: AND of the words, by bm25, the best 20. */
  floor: Timing;
  ratioP50: number;
  ratioP95: number;
  byQuery: Record<string, { search: Timing; floor: Timing }>;
}

/** A word of the vocabulary, the commonest first; spelled so that no two have one stem or prefix. */
function wordOf(rank: number): string {
  let rest = (rank * 7919 + 17) % 456_976;
  let word = '';
  for (let i = 0; i < 4; i += 1) {
    word += 'bcdfghjklmnpqrtvwxzaeiouy'.charAt(rest % 25);
    rest = Math.floor(rest / 25);
  }
  return `${word}${rank.toString(36)}x`;
}

/** Numbers in 0 to 1, the same in each run. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Windows whose words are distributed as in speech (Zipf). */
function* makeWindows(count: number): Generator<SearchDocument> {
  const random = makeRandom(42);
  const vocabulary = Array.from({ length: VOCABULARY }, (_, i) => wordOf(i));
  const pick = () => vocabulary[Math.floor(VOCABULARY ** random()) - 1] ?? '';
  for (let n = 0; n < count; n += 1) {
    const conversationId = `conversation-${Math.floor(n / WINDOWS_PER_CONVERSATION)}`;
    yield makeSearchDocument({
      id: `${conversationId}:${n % WINDOWS_PER_CONVERSATION}`,
      kind: 'window',
      conversationId,
      happenedAt: DAY + n * 40_000,
      title: n % 3 === 0 ? 'Ann, Ben' : 'Ann',
      text: Array.from({ length: LINES }, () =>
        Array.from({ length: WORDS_PER_WINDOW / LINES }, pick).join(' '),
      ).join('\n'),
      segmentIds: Array.from({ length: LINES }, (_, i) => `segment-${n}-${i}`),
      lines: Array.from({ length: LINES }, (_, i) => ({
        segmentId: `segment-${n}-${i}`,
        speaker: n % 3 === 0 && i % 2 === 1 ? 'person-ben' : 'person-ann',
      })),
      speakers: n % 3 === 0 ? ['person-ann', 'person-ben'] : ['person-ann'],
    });
  }
}

/** What people type: rare and common words, several, a beginning, words in every window. */
const QUERIES: Record<string, string> = {
  'one rare word': wordOf(9000),
  'one middling word': wordOf(200),
  'one word of every window': wordOf(0),
  'two common words': `${wordOf(3)} ${wordOf(1)}`,
  'three words, common to rare': `${wordOf(2)} ${wordOf(60)} ${wordOf(4000)}`,
  'five words': [1, 12, 45, 300, 700].map(wordOf).join(' '),
  'a beginning': wordOf(900).slice(0, 3),
  'a person and three words': `${wordOf(6)} ${wordOf(40)} ${wordOf(2500)}`,
  'twelve words': [0, 1, 2, 5, 9, 20, 33, 80, 150, 400, 1200, 5000].map(wordOf).join(' '),
};

/** Queries that ask what somebody says; beside the floor of the same words. */
const PEOPLE: Record<string, AskedPerson> = {
  'a person and three words': { speaker: 'person-ben', name: 'Ben', words: ['ben'] },
};

/** Fills an index with windows of one user; answers the milliseconds that it took. */
async function fill(index: SearchIndex, uid: string, windows: number): Promise<number> {
  const started = performance.now();
  let documents: SearchDocument[] = [];
  const flush = async (subjectId: string) => {
    await index.apply(uid, [{ kind: 'conversation', subjectId, documents }], 1);
    documents = [];
  };
  for (const document of makeWindows(windows)) {
    documents.push(document);
    if (documents.length === WINDOWS_PER_CONVERSATION) await flush(document.conversationId ?? '');
  }
  return performance.now() - started;
}

/** The floor: nothing but an FTS5 table and one statement. */
function openFloor(path: string, windows: number): { run: (query: string) => void; close(): void } {
  const db = openSqlite(path);
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE VIRTUAL TABLE words USING fts5 (title, text, content = '',
    tokenize = 'porter unicode61 remove_diacritics 2')`);
  const insert = db.prepare('INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)');
  db.transaction(() => {
    let rowid = 0;
    for (const { title, text } of makeWindows(windows)) {
      rowid += 1;
      insert.run(rowid, title, text);
    }
  })();
  const statement = db.prepare(
    'SELECT rowid, bm25(words, 4.0, 1.0) AS rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20',
  );
  const run = (query: string) => {
    statement.all(
      query
        .split(' ')
        .map((word) => `"${word}"`)
        .join(' AND '),
    );
  };
  return { run, close: () => db.close() };
}

function timingOf(samples: number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

async function measure(directory: string, windows: number): Promise<SearchBenchRow> {
  const index = await openSqliteSearchIndex({
    vectors: null,
    directory: join(directory, 'index'),
    embeddings: null,
    logger: silentLogger,
    maxOpen: 4,
  });
  const uid = `user-${windows}`;
  const indexMs = await fill(index, uid, windows);
  const floor = openFloor(join(directory, `floor-${windows}.sqlite`), windows);
  const all = { search: [] as number[], floor: [] as number[] };
  const byQuery: SearchBenchRow['byQuery'] = {};
  for (const [name, query] of Object.entries(QUERIES)) {
    const asked = PEOPLE[name];
    const request: SearchRequest = {
      query,
      kinds: ['conversation', 'window'],
      from: null,
      to: null,
      people: asked ? [asked] : [],
      includeDiscarded: true,
      limit: 100,
    };
    const samples = { search: [] as number[], floor: [] as number[] };
    // Both in turn, so that whatever else the machine does meets both.
    for (let round = -1; round < ROUNDS; round += 1) {
      const beforeSearch = performance.now();
      await index.search(uid, request);
      const beforeFloor = performance.now();
      floor.run(query);
      if (round < 0) continue;
      samples.search.push(beforeFloor - beforeSearch);
      samples.floor.push(performance.now() - beforeFloor);
    }
    byQuery[name] = { search: timingOf(samples.search), floor: timingOf(samples.floor) };
    all.search.push(...samples.search);
    all.floor.push(...samples.floor);
  }
  floor.close();
  await index.close();
  const search = timingOf(all.search);
  const bare = timingOf(all.floor);
  return {
    windows,
    indexMs,
    search,
    floor: bare,
    ratioP50: search.p50Ms / bare.p50Ms,
    ratioP95: search.p95Ms / bare.p95Ms,
    byQuery,
  };
}

/** Word search of one user with 1,000, 10,000 and 100,000 transcript windows. */
async function measureSizes(sizes: readonly number[] = SIZES): Promise<SearchBenchRow[]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-search-'));
  try {
    const rows: SearchBenchRow[] = [];
    for (const windows of sizes) rows.push(await measure(directory, windows));
    return rows;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Measures word search among the windows of one user, beside bare FTS5 queries. */
export async function benchSearch(): Promise<Part> {
  const rows = await measureSizes();
  const single = (name: string, unit: Row['unit'], value: number, goal: number | null): Row => ({
    name,
    unit,
    value: { median: value, min: value, max: value },
    goal,
  });
  return {
    name: 'Word search among the transcript windows of one user',
    rows: rows.flatMap((row) => {
      const windows = `${row.windows.toLocaleString('en')} windows`;
      return [
        single(`${windows}: p50`, 'ms', row.search.p50Ms, null),
        single(`${windows}: p95`, 'ms', row.search.p95Ms, GOAL_P95_MS),
        single(`${windows}: p50 against a bare FTS5 query`, '×', row.ratioP50, null),
        single(`${windows}: p95 against a bare FTS5 query`, '×', row.ratioP95, null),
      ];
    }),
    raw: rows,
  };
}
