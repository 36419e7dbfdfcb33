import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from '../../src/context.ts';
import { makeUser, users } from '../../src/model/accounts/user.ts';
import { GLOBAL } from '../../src/model/collection.ts';
import { addMeeting } from '../../test/fixtures/meeting-questions.ts';
import { PlainBm25, type Ranked } from '../../test/fixtures/plain-bm25.ts';
import { openProduct } from '../../test/harness/open-product.ts';
import { type Friends, type FriendsQuestion, turnId } from './read-friends.ts';
import { ZONE } from './read-sets.ts';

const DEPTH = 10;
/** Windows that are asked for, more than all pairs together have of one user. */
const FLAT = 160;

/** A question with the windows that were found for it, the best first, at most ten. */
export interface FoundAnswer {
  pair: string;
  question: FriendsQuestion;
  /** By the search of the product. */
  found: Ranked[];
  /** By plain BM25 over the same windows. */
  plain: Ranked[];
}

/**
 * Stores the talks of each pair under a user of its own, in the real product without a model, and
 * asks its questions in the flat order of windows.
 */
export async function findAnswers(pairs: readonly Friends[]): Promise<FoundAnswer[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'friends-eval-'));
  const values = { DATA_DIR: directory, LOG_LEVEL: 'silent' };
  const context = await openProduct(values);
  try {
    const answers: FoundAnswer[] = [];
    for (const pair of pairs) answers.push(...(await askPair(context, pair)));
    return answers;
  } finally {
    await context.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function askPair(context: Context, pair: Friends): Promise<FoundAnswer[]> {
  const uid = pair.name;
  const createdAt = pair.sessions[0]?.heldAt ?? 0;
  await context.store.transact((tx) => {
    tx.create(users, GLOBAL, makeUser({ id: uid, createdAt, name: pair.me, timeZone: ZONE }));
  });
  const textOf = new Map(
    pair.sessions.flatMap(({ id, turns }) =>
      turns.map(({ text }, index) => [turnId(id, index), text] as const),
    ),
  );
  const windows: { segments: { id: string; text: string }[] }[] = [];
  for (const { id, heldAt, turns } of pair.sessions) {
    const said = turns.map(({ name, text }) => ({ speaker: name, content: text }));
    const meeting = { name: id, turns: said, questions: [], heldAt, me: pair.me };
    for (const ids of await addMeeting(context, meeting, uid)) {
      windows.push({
        segments: ids.map((segment) => ({ id: segment, text: textOf.get(segment) ?? '' })),
      });
    }
  }
  await context.searchFeed.catchUp(uid);
  const plain = new PlainBm25(windows);
  const answers: FoundAnswer[] = [];
  for (const question of pair.questions) {
    const found = await context.search.searchWindows(uid, {
      query: question.ask,
      includeDiscarded: false,
      startDate: null,
      endDate: null,
      limit: FLAT,
    });
    answers.push({
      pair: pair.name,
      question,
      found: found.slice(0, DEPTH).map(({ segmentIds, matchedSegmentIds, score }) => ({
        segmentIds,
        best: matchedSegmentIds[0] ?? '',
        score,
      })),
      plain: plain.rank(question.ask, DEPTH),
    });
  }
  return answers;
}
