import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { openSqlite } from '../../src/kernel/sqlite/open-sqlite.ts';
import { COLLECTIONS } from '../../src/model/collections.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../src/model/conversations/transcript-segment.ts';
import { openSqliteStore } from '../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../src/store/document-store.ts';
import { appendSegments } from '../../src/transcripts/append-segments.ts';
import { LiveConversations } from '../../src/transcripts/live-conversations.ts';
import { createListenSession } from '../../test/fixtures/listen/listen-sessions.ts';
import type { Part, Row } from '../report.ts';
import { median, spread } from '../statistics.ts';

const FAR = 10_000;
/** Appends that are timed at each end, in each repetition. */
const TIMED = 200;
const SEGMENT_MS = 4_000;
const SENTENCE = 'we could meet at the harbour on friday and then talk about the old boat again.';

/** One conversation that is being spoken, and how far it is. */
interface Spoken {
  uid: string;
  conversationId: string;
  sessionId: string;
  startedAt: number;
  position: number;
}

async function begin(store: DocumentStore, live: LiveConversations, uid: string): Promise<Spoken> {
  const { conversation } = await live.attach(uid, {
    timeoutMs: 14_400_000,
    source: 'omi',
    language: 'en',
    privateCloudSyncEnabled: false,
  });
  const conversationId = conversation.id;
  const sessionId = newId();
  const startedAt = systemClock.now();
  await createListenSession(store, {
    id: sessionId,
    uid,
    conversationId,
    codec: 'opus_fs320',
    createdAt: startedAt,
  });
  return { uid, conversationId, sessionId, startedAt, position: 0 };
}

/** A sentence with its words' times; the speakers alternate, so that each is a segment of its own. */
function sentenceAt(position: number): TranscriptSegment {
  const startMs = position * SEGMENT_MS;
  const words = SENTENCE.split(' ').map((text, i) => ({
    text,
    startMs: startMs + i * 200,
    endMs: startMs + i * 200 + 180,
    confidence: 0.98,
    language: 'en',
  }));
  return makeSegment({
    id: newId(),
    text: `Well ${SENTENCE}`,
    speaker: `SPEAKER_${position % 2}`,
    startMs,
    endMs: startMs + words.length * 200,
    words,
    sttProvider: 'deepgram',
  });
}

/** Commits the next sentence; returns how long that took, milliseconds. */
async function append(store: DocumentStore, spoken: Spoken): Promise<number> {
  const segment = sentenceAt(spoken.position);
  const startedAt = performance.now();
  const result = await appendSegments(
    { store, clock: systemClock },
    {
      uid: spoken.uid,
      conversationId: spoken.conversationId,
      audioStartedAt: spoken.startedAt,
      segments: [segment],
      session: {
        id: spoken.sessionId,
        epoch: 0,
        fromMs: segment.startMs,
        transcribedMs: segment.endMs,
      },
    },
  );
  const tookMs = performance.now() - startedAt;
  spoken.position += 1;
  if (result?.conversation.nextSeq !== spoken.position) {
    throw new Error('The sentence has not become a segment of its own.');
  }
  return tookMs;
}

/** The floor: one row of the same size, in a transaction of its own. */
function openFloor(path: string): { insert(position: number): number; close(): void } {
  const db = openSqlite(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('CREATE TABLE segments (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT');
  const statement = db.prepare('INSERT INTO segments (id, body) VALUES (?, ?)');
  const insert = (segment: TranscriptSegment) =>
    db.transaction(() => statement.run(segment.id, JSON.stringify(segment))).immediate();
  return {
    insert: (position) => {
      const segment = sentenceAt(position);
      const startedAt = performance.now();
      insert(segment);
      return performance.now() - startedAt;
    },
    close: () => db.close(),
  };
}

/** What the 10,000th segment of a conversation costs against the first ones. */
export async function benchAppend(repetitions: number): Promise<Part> {
  const directory = mkdtempSync(join(tmpdir(), 'omi-backend-bench-'));
  const store = await openSqliteStore({
    path: join(directory, 'store.sqlite'),
    collections: COLLECTIONS,
    durability: 'process',
    logger: silentLogger,
  });
  const floor = openFloor(join(directory, 'floor.sqlite'));
  try {
    const live = new LiveConversations({ store, clock: systemClock });
    const long = await begin(store, live, 'long');
    while (long.position < FAR) await append(store, long);
    const raw: { nearMs: number; farMs: number; floorMs: number }[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const short = await begin(store, live, `short-${repetition}`);
      const samples = { near: [] as number[], far: [] as number[], floor: [] as number[] };
      for (let i = 0; i < TIMED; i += 1) {
        // In turn, and each as often before as after the other.
        if (i % 2 === 0) samples.near.push(await append(store, short));
        samples.far.push(await append(store, long));
        if (i % 2 === 1) samples.near.push(await append(store, short));
        samples.floor.push(floor.insert(i));
      }
      raw.push({
        nearMs: median(samples.near),
        farMs: median(samples.far),
        floorMs: median(samples.floor),
      });
    }
    const row = (
      name: string,
      unit: Row['unit'],
      goal: number | null,
      of: (r: (typeof raw)[0]) => number,
    ): Row => ({ name, unit, goal, value: spread(raw.map(of)) });
    return {
      name: `Appending a segment (medians of ${TIMED}, ${repetitions} repetitions)`,
      rows: [
        row(`segments 1 to ${TIMED} of a conversation`, 'ms', null, (r) => r.nearMs),
        row(`segments from ${FAR.toLocaleString('en')} on`, 'ms', null, (r) => r.farMs),
        row('far against near', '×', 1.2, (r) => r.farMs / r.nearMs),
        row('floor: one bare insert', 'ms', null, (r) => r.floorMs),
        row('near against the floor', '×', null, (r) => r.nearMs / r.floorMs),
      ],
      raw,
    };
  } finally {
    floor.close();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
