import { expect, it } from 'vitest';
import {
  type ListenSession,
  listenSessions,
} from '../../../src/model/conversations/listen-session.ts';
import { assertNotStillHeard } from '../../../src/offline-sync/still-heard.ts';
import { openTestStore } from '../../harness/test-store.ts';

const START = Date.UTC(2026, 4, 4, 10);

/** What a file of a minute and a half after the beginning of a session meets. */
async function meets(parts: Partial<ListenSession>): Promise<unknown> {
  const { store, close } = await openTestStore();
  try {
    const session = listenSessions.schema.parse({
      id: 's1',
      uid: 'ada',
      conversationId: 'c1',
      spans: [],
      codec: 'opus',
      sampleRate: 16_000,
      language: 'en',
      audioStartedAt: START,
      transcribedMs: 60_000,
      state: 'open',
      createdAt: START,
      ...parts,
    });
    await store.transact((tx) => tx.put(listenSessions, 'ada', session));
    const words = { startAt: START + 90_000, endAt: START + 95_000 };
    return await assertNotStillHeard(store, 'ada', words).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    await close();
  }
}

it.each([
  ['open, and heard up to before the file', {}],
  ['that has ended, with audio of that time', { state: 'draining' as const, audioEndMs: 120_000 }],
])('lets words wait for a session that is %s', async (_what, parts) => {
  expect(await meets(parts)).toMatchObject({ code: 'conflict' });
});

it.each([
  ['is heard beyond the file', { transcribedMs: 101_000 }],
  ['ended before the file', { state: 'draining' as const, audioEndMs: 80_000 }],
  ['began after the file', { audioStartedAt: START + 120_000, transcribedMs: 0 }],
  ['has sent no audio', { audioStartedAt: null, transcribedMs: 0 }],
  ['has all its words', { state: 'recording' as const }],
])('does not wait for a session that %s', async (_what, parts) => {
  expect(await meets(parts)).toBeNull();
});
