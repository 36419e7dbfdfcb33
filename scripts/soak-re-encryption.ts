import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { Command } from 'commander';
import { parseCount } from '../src/cli/parse-option.ts';
import {
  conversations,
  makeConversation,
  transcriptChunks,
} from '../src/model/conversations/conversation.ts';
import { makeSegment } from '../src/model/conversations/transcript-segment.ts';
import { encodeTranscript } from '../src/transcripts/transcript.ts';
import { setup as buildFirst } from '../test/build-first.ts';
import { ChildServer } from '../test/e2e/crash/child-server.ts';
import { startTestServer } from '../test/e2e/test-server.ts';

const SECRET = { ENCRYPTION_SECRET: 'a secret of at least thirty-two bytes, for tests' };
const WORD = 'zanzibarquartz';
const PER_COMMIT = 20;

const [count, kills] = new Command('npm run soak:re-encryption --')
  .description(
    'Stores conversations without a secret, then encrypts them in place while the server is killed. Fails unless each can be read in the end and none of their words stands in plain in the store.',
  )
  .argument('[conversations]', 'how many', parseCount(1, 1_000_000), 10_000)
  .argument('[kills]', 'how often the server is killed', parseCount(0, 10_000), 10)
  .parse().processedArgs as [number, number];
buildFirst();
const first = await startTestServer();
const { dataDir, token } = first;
try {
  for (let at = 0; at < count; at += PER_COMMIT) await storeConversations(at);
  await first.stop({ keepData: true });
  const plainBefore = await plainTranscripts();
  console.log(JSON.stringify({ stored: count, plainBefore }));
  if (plainBefore !== count) throw new Error('Not every transcript is plain before.');
  const begun = performance.now();
  let killed = 0;
  let server = await ChildServer.start(dataDir, SECRET);
  await api('POST', '/v1/users/migration/requests', { target_level: 'enhanced' });
  let progress = await api('GET', '/v1/users/encryption');
  while (progress.status !== 'done') {
    await sleep(killed < kills ? 300 + Math.random() * 2_000 : 1_000);
    if (killed < kills) {
      await server.kill();
      killed += 1;
      server = await ChildServer.start(dataDir, SECRET);
    }
    progress = await api('GET', '/v1/users/encryption');
    console.log(JSON.stringify({ killed, ...progress }));
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  let readable = 0;
  for (let offset = 0; offset < count; offset += 500) {
    const page = (await api('GET', `/v1/conversations?limit=500&offset=${offset}`)) as unknown as {
      transcript_segments: { text: string }[];
    }[];
    readable += page.filter(({ transcript_segments: [segment] }) =>
      segment?.text.includes(WORD),
    ).length;
  }
  await server.stop();
  const plain = await plainTranscripts();
  console.log(JSON.stringify({ conversations: count, readable, plain, kills: killed, seconds }));
  if (readable !== count || plain > 0) process.exitCode = 1;

  async function api(method: string, route: string, body?: object) {
    const response = await fetch(`${server.url}${route}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function storeConversations(from: number): Promise<void> {
  const { store } = first.context;
  const parts = await Promise.all(
    Array.from({ length: Math.min(PER_COMMIT, count - from) }, async (_, i) => {
      const n = from + i;
      const id = `conversation-${n}`;
      const text = `Talk ${n} is about ${WORD}.`;
      const segment = makeSegment({ id: `${id}-s`, text, startMs: 0, endMs: 4_000 });
      const chunks = await encodeTranscript(id, [segment]);
      const createdAt = Date.now() - n * 60_000;
      const made = makeConversation({ id, createdAt, status: 'completed' });
      return { made: { ...made, transcriptChunks: chunks.length }, chunks };
    }),
  );
  await store.transact((tx) => {
    for (const { made, chunks } of parts) {
      tx.create(conversations, first.uid, made);
      for (const chunk of chunks) tx.create(transcriptChunks, first.uid, chunk);
    }
  });
}

/** How many transcripts in the store can be read without the secret and hold the word. */
async function plainTranscripts(): Promise<number> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(path.join(dataDir, 'store.sqlite'), { readonly: true });
  let plain = 0;
  try {
    const rows = db.prepare('SELECT body FROM transcript_chunks').iterate();
    for (const { body } of rows as Iterable<{ body: string }>) {
      const { segmentsZlibBase64: packed } = JSON.parse(body) as { segmentsZlibBase64: string };
      if (unpacked(packed).includes(WORD)) plain += 1;
    }
    return plain;
  } finally {
    db.close();
  }
}

/** The text of a transcript as it is stored; empty if it is ciphertext. */
function unpacked(packed: string): string {
  try {
    return inflateSync(Buffer.from(packed, 'base64')).toString();
  } catch {
    return '';
  }
}
