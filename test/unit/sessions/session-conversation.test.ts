import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deferred } from '../../../src/kernel/deferred.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { conversations } from '../../../src/model/conversations/conversation.ts';
import { SessionConversation } from '../../../src/sessions/session-conversation.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { LiveConversations } from '../../../src/transcripts/live-conversations.ts';
import { TranscriptWriter } from '../../../src/transcripts/transcript-writer.ts';
import { createListenSession } from '../../fixtures/listen/listen-sessions.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const UID = 'ada';
const ATTACH = {
  timeoutMs: 120_000,
  source: 'omi',
  language: 'en',
  privateCloudSyncEnabled: false,
} as const;

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
});
afterEach(() => close());

/** A session whose conversations are called `c0`, `c1`, … */
async function open() {
  const state = { isInputEnded: false, audioEndMs: 9_000, gate: Promise.resolve(), opened: 0 };
  const writer = new TranscriptWriter({
    store,
    clock,
    uid: UID,
    lease: { id: 'session', epoch: 0 },
    spans: [],
    transcribedMs: 0,
    audioStartedAt: () => NOW,
    isLive: () => true,
    replaceConversation: async () => null,
  });
  const live = new LiveConversations({ store, clock });
  const after: (string | null)[] = [];
  const started: string[] = [];
  const conversation = new SessionConversation({
    uid: UID,
    attach: ATTACH,
    conversations: {
      open: async (_options, ended) => {
        after.push(ended);
        await state.gate;
        const id = `c${state.opened}`;
        state.opened += 1;
        return id;
      },
      isOpen: (uid, id) => live.isOpen(uid, id),
    },
    writer,
    clock,
    logger: silentLogger,
    isInputEnded: () => state.isInputEnded,
    onStarted: () => started.push(writer.conversationId),
    audioEndMs: () => state.audioEndMs,
  });
  await conversation.begin();
  await createListenSession(store, { uid: UID, conversationId: 'c0', createdAt: NOW });
  return { conversation, writer, state, after, started };
}

describe('SessionConversation', () => {
  it('starts the next conversation at the end of the audio when the current one has ended', async () => {
    const { conversation, writer, after, started } = await open();
    conversation.onClosed('c0');
    await conversation.settled();
    expect(started).toEqual(['c0', 'c1']);
    expect(writer.spans).toEqual([
      { conversationId: 'c0', fromMs: 0 },
      { conversationId: 'c1', fromMs: 9_000 },
    ]);
    expect(after).toEqual([null, 'c0']);
  });

  it('starts it where the audio was split for it, once', async () => {
    const { conversation, writer } = await open();
    conversation.noteSplit(7_000);
    conversation.onClosed('c0', 8_500);
    await conversation.settled();
    conversation.onClosed('c1', 8_800);
    await conversation.settled();
    expect(writer.spans.map(({ fromMs }) => fromMs)).toEqual([0, 7_000, 8_800]);
  });

  it('ignores the end of other conversations, and every end after the input has ended', async () => {
    const { conversation, writer, state } = await open();
    conversation.onClosed('another');
    state.isInputEnded = true;
    conversation.onClosed('c0');
    await conversation.settled();
    expect(writer.conversationId).toBe('c0');
  });

  it('starts one conversation however often it hears of the end', async () => {
    const { conversation, writer, state } = await open();
    const gate = deferred();
    state.gate = gate.promise;
    conversation.onClosed('c0');
    conversation.onClosed('c0');
    const renewed = conversation.renew();
    gate.resolve();
    await renewed;
    expect(writer.conversationId).toBe('c1');
    expect(state.opened).toBe(2);
  });

  it('lets words wait while the next conversation is opened', async () => {
    const { conversation, writer, state } = await open();
    const gate = deferred();
    state.gate = gate.promise;
    conversation.onClosed('c0');
    const ready = conversation.ready(9_500).then(() => writer.conversationId);
    gate.resolve();
    expect(await ready).toBe('c1');
  });

  it('stays in the conversation if the next one cannot be opened, and tries again', async () => {
    const { conversation, writer, state } = await open();
    state.gate = Promise.reject(new Error('store'));
    conversation.onClosed('c0');
    await conversation.settled();
    expect(writer.conversationId).toBe('c0');
    await expect(conversation.renew()).rejects.toThrow('store');
    state.gate = Promise.resolve();
    await conversation.renew();
    expect(writer.conversationId).toBe('c1');
  });

  it('notices after a pause that another process has ended the conversation', async () => {
    const { conversation, writer } = await open();
    clock.advance(ATTACH.timeoutMs - 1);
    await conversation.ready(100_000);
    expect(writer.conversationId).toBe('c0');
    clock.advance(1);
    // It does not exist in the store, so it takes no words.
    await conversation.ready(121_000);
    expect(writer.spans.at(-1)).toEqual({ conversationId: 'c1', fromMs: 121_000 });
  });

  it('does not look if words went in lately, if none are to be written, or if it is open', async () => {
    const { conversation, writer } = await open();
    clock.advance(ATTACH.timeoutMs);
    await conversation.ready(null);
    conversation.noteActive();
    clock.advance(ATTACH.timeoutMs - 1);
    await conversation.ready(200_000);
    expect(writer.conversationId).toBe('c0');
    const { conversation: stored } = await new LiveConversations({ store, clock }).attach(
      UID,
      ATTACH,
    );
    await store.transact((tx) => tx.create(conversations, UID, { ...stored, id: 'c0' }));
    clock.advance(ATTACH.timeoutMs);
    await conversation.ready(300_000);
    expect(writer.conversationId).toBe('c0');
  });
});
