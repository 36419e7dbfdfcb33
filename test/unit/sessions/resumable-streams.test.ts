import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recoverSessions } from '../../../src/sessions/recover-sessions.ts';
import { ResumableStreams } from '../../../src/sessions/resumable-streams.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { openTestLog } from '../../fixtures/audio-logs.ts';
import { createListenSession } from '../../fixtures/listen/listen-sessions.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const UID = 'ada';
const clock = new HeldClock();

let store: DocumentStore;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ store, close } = await openTestStore());
});
afterEach(() => close());

function open(): ResumableStreams {
  return new ResumableStreams({ store, clock, end: () => undefined });
}

async function sessionOf(streamId: string | null, state: 'open' | 'draining' | 'recording') {
  await createListenSession(store, {
    id: `of-${streamId}-${state}-${Math.random()}`,
    uid: UID,
    conversationId: 'c',
    createdAt: NOW,
    state,
    stream: streamId === null ? null : { id: streamId, startMs: 0 },
  });
}

describe('the position of a stream', () => {
  it('is told without reading the sessions of other streams', async () => {
    for (let i = 0; i < 30; i += 1) await sessionOf(i % 2 === 0 ? null : `other-${i}`, 'draining');
    await sessionOf('stream', 'recording');
    const query = vi.spyOn(store, 'query');
    const position = await open().position({ uid: UID, streamId: 'stream', streamAgeMs: null });
    expect(position).toMatchObject({ id: 'stream', startMs: 0 });
    const pages = await Promise.all(query.mock.results.map(({ value }) => value));
    expect(pages.flatMap(({ items }) => items)).toHaveLength(1);
  });

  it('is refused while words of an earlier connection are to come', async () => {
    await sessionOf('stream', 'draining');
    const streams = open();
    await expect(
      streams.position({ uid: UID, streamId: 'stream', streamAgeMs: null }),
    ).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
    expect(
      await streams.position({ uid: 'bob', streamId: 'stream', streamAgeMs: null }),
    ).toMatchObject({
      startMs: 0,
    });
  });

  it('is also refused for a session that an earlier release has left', async () => {
    await createListenSession(store, {
      uid: UID,
      conversationId: 'c',
      createdAt: NOW,
      state: 'draining',
      stream: { id: 'stream', startMs: 0 },
      streamId: null,
    });
    const { log: audioLog, close: closeLog } = await openTestLog();
    const processes = { id: 'here', isAlive: () => false };
    await recoverSessions({ store, audioLog, processes, clock });
    await closeLog();
    await expect(
      open().position({ uid: UID, streamId: 'stream', streamAgeMs: null }),
    ).rejects.toThrow('still being transcribed');
  });
});
