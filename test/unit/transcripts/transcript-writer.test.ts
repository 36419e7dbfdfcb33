import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, conversations } from '../../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../../src/model/conversations/listen-session.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import type { AppendResult } from '../../../src/transcripts/append-segments.ts';
import { LiveConversations } from '../../../src/transcripts/live-conversations.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import {
  TranscriptWriter,
  type TranscriptWriterOptions,
} from '../../../src/transcripts/transcript-writer.ts';
import { createListenSession } from '../../fixtures/listen/listen-sessions.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const UID = 'ada';
const TIMEOUT_MS = 120_000;
const LEASE = { id: 'session', epoch: 0 };
const OPTIONS = {
  timeoutMs: TIMEOUT_MS,
  source: 'phone',
  language: 'de',
  privateCloudSyncEnabled: true,
} as const;

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let live: LiveConversations;
let appended: AppendResult[];
beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
  live = new LiveConversations({ store, clock });
  appended = [];
});
afterEach(() => close());

/** A segment of two seconds that no other segment is merged with. */
const said = (text: string, startMs: number): TranscriptSegment =>
  makeSegment({ id: text, text, startMs, endMs: startMs + 2000, sttProvider: text });

/** The writer of a session that has one conversation. */
async function open(changes: Partial<TranscriptWriterOptions> = {}) {
  const { conversation } = await live.attach(UID, OPTIONS);
  const { id } = conversation;
  const session = await createListenSession(store, {
    uid: UID,
    conversationId: id,
    createdAt: NOW,
  });
  const writer = new TranscriptWriter({
    store,
    clock,
    uid: UID,
    lease: LEASE,
    spans: session.spans,
    transcribedMs: 0,
    audioStartedAt: () => NOW,
    isLive: () => true,
    replaceConversation: async () => null,
    ...changes,
  });
  const write = (segments: TranscriptSegment[], transcribedMs: number | null) =>
    writer.write(segments, transcribedMs, (result) => appended.push(result));
  return { id, writer, write };
}

/** Ends a conversation, and begins another one a second later. */
async function attachAfter(id: string): Promise<string> {
  await live.requestEnd(UID, id);
  clock.advance(1_000);
  return (await live.attach(UID, OPTIONS)).conversation.id;
}

const stored = () => store.find(listenSessions, UID, 'session');

/** The texts of every conversation, the oldest first. */
async function transcripts(): Promise<string[]> {
  const texts: string[] = [];
  for (const conversation of await all()) {
    const segments = await loadTranscript(store, UID, conversation);
    texts.push(segments.map(({ text }) => text).join(' '));
  }
  return texts;
}

async function all(): Promise<Conversation[]> {
  const found = [];
  for await (const c of queryAll(store, conversations, UID, { query: 'recent' })) found.unshift(c);
  return found;
}

describe('the position', () => {
  it('moves in the commit of the words', async () => {
    const { writer, write } = await open();
    await write([said('one', 0), said('two', 2_000)], 4_500);
    expect(await transcripts()).toEqual(['one two']);
    expect((await stored())?.transcribedMs).toBe(4_500);
    expect(writer.transcribedMs).toBe(4_500);
  });

  it('moves without words, and never back', async () => {
    const { writer, write } = await open();
    await write([], 9_000);
    expect((await stored())?.transcribedMs).toBe(9_000);
    await write([], 8_000);
    expect((await stored())?.transcribedMs).toBe(9_000);
    expect(writer.transcribedMs).toBe(9_000);
    expect(appended).toEqual([]);
  });

  it('stays at the end of the stored words if later words belong to another conversation', async () => {
    const { id, writer, write } = await open();
    await writer.startNextConversation('gone', 10_000);
    await write([said('one', 0), said('two', 10_000)], 60_000);
    // The second conversation does not exist, and its words are dropped.
    expect((await stored())?.transcribedMs).toBe(2_000);
    expect(appended.map(({ conversation }) => conversation.id)).toEqual([id]);
  });

  it('keeps words out that another run has stored meanwhile', async () => {
    const { write } = await open();
    await write([said('once', 0), said('only', 2_000)], 4_000);
    const { id } = (await all())[0] ?? { id: '' };
    const second = new TranscriptWriter({
      store,
      clock,
      uid: UID,
      lease: LEASE,
      spans: [{ conversationId: id, fromMs: 0 }],
      transcribedMs: 0,
      audioStartedAt: () => NOW,
      isLive: () => false,
      replaceConversation: async () => null,
    });
    const again = [said('once', 0), said('only', 2_000), said('later', 5_000)];
    await second.write(again, 7_000, () => undefined);
    expect(await transcripts()).toEqual(['once only later']);
    expect(second.transcribedMs).toBe(7_000);
  });

  it('does not move once another process has taken the session', async () => {
    const { write } = await open();
    await store.transact((tx) => tx.patch(listenSessions, UID, 'session', { epoch: 1 }));
    await expect(write([said('late', 0)], 2_000)).rejects.toThrow('The session goes on elsewhere.');
    await expect(write([], 2_000)).rejects.toThrow('The session goes on elsewhere.');
    expect(await transcripts()).toEqual(['']);
    expect((await stored())?.transcribedMs).toBe(0);
  });
});

describe('the next conversation', () => {
  it('takes the words from its position on', async () => {
    const { id, writer, write } = await open();
    const next = await attachAfter(id);
    await writer.startNextConversation(next, 5_000);
    await write([said('before', 3_000), said('after', 5_000)], 7_000);
    expect(await transcripts()).toEqual(['before', 'after']);
    expect(writer.conversationId).toBe(next);
    expect(await stored()).toMatchObject({
      conversationId: next,
      spans: [
        { conversationId: id, fromMs: 0 },
        { conversationId: next, fromMs: 5_000 },
      ],
      transcribedMs: 7_000,
    });
  });

  it('takes all words of a session without an audio log', async () => {
    const { id, writer, write } = await open({ lease: null });
    const next = await attachAfter(id);
    await writer.startNextConversation(next, 5_000);
    await write([said('spoken before', 1_000)], null);
    expect(await transcripts()).toEqual(['', 'spoken before']);
    expect(writer.spans).toEqual([{ conversationId: next, fromMs: 0 }]);
  });

  it('is the one that replaces a deleted conversation', async () => {
    let replaced: [string, number] | null = null;
    const { id, writer, write } = await open({
      replaceConversation: async (deleted, fromMs) => {
        replaced = [deleted, fromMs];
        const { conversation } = await live.attach(UID, OPTIONS);
        await writer.startNextConversation(conversation.id, fromMs);
        return conversation.id;
      },
    });
    await store.transact((tx) => tx.delete(conversations, UID, id));
    await write([said('kept', 3_000)], 5_000);
    expect(replaced).toEqual([id, 3_000]);
    expect(await transcripts()).toEqual(['kept']);
  });

  it('fails if the replacement has disappeared too', async () => {
    const { id, write } = await open({ replaceConversation: async () => 'nowhere' });
    await store.transact((tx) => tx.delete(conversations, UID, id));
    await expect(write([said('lost', 0)], 2_000)).rejects.toThrow('disappeared twice');
    expect((await stored())?.transcribedMs).toBe(0);
  });
});

describe('words that were transcribed late', () => {
  const late = () => [said('one', 1_000), said('two', 60_000), said('three', 400_000)];

  it('are split at the pauses, with the times at which they were spoken', async () => {
    const { id, writer, write } = await open();
    // The provider was down until now.
    clock.advance(600_000);
    await write(late(), 402_000);
    expect(await transcripts()).toEqual(['one two', 'three']);
    // Each commit moves the position no further than its words.
    expect(appended.map(({ transcribedMs }) => transcribedMs)).toEqual([62_000, 402_000]);
    const [before, after] = await all();
    expect(before?.endRequestedAt).toBe(NOW + 600_000);
    expect(after).toMatchObject({
      startedAt: NOW + 400_000,
      finishedAt: NOW + 402_000,
      source: 'phone',
      language: 'de',
      privateCloudSyncEnabled: true,
      timeoutMs: TIMEOUT_MS,
      endRequestedAt: null,
    });
    expect(writer.spans).toEqual([
      { conversationId: id, fromMs: 0 },
      { conversationId: after?.id, fromMs: 400_000 },
    ]);
    expect(await stored()).toMatchObject({ conversationId: after?.id, spans: writer.spans });
    // The next connection continues the later one.
    expect((await live.attach(UID, OPTIONS)).conversation.id).toBe(after?.id);
  });

  it('are split more than once', async () => {
    const { write } = await open();
    clock.advance(900_000);
    await write([...late(), said('four', 700_000)], 702_000);
    expect(await transcripts()).toEqual(['one two', 'three', 'four']);
    expect(appended.map(({ rest }) => rest.length)).toEqual([2, 1, 0]);
  });

  it('of a session that is over begin a conversation that no connection resumes', async () => {
    const { id, write } = await open({ isLive: () => false });
    clock.advance(600_000);
    await live.attach(UID, OPTIONS);
    await write(late(), 402_000);
    const after = (await all()).find(({ startedAt }) => startedAt === NOW + 400_000);
    expect(after?.endRequestedAt).toBe(NOW + 600_000);
    expect((await live.attach(UID, OPTIONS)).conversation.id).not.toBe(after?.id);
    expect((await store.find(conversations, UID, id))?.nextSeq).toBe(2);
  });

  it('leave the session where it is if it has a later conversation already', async () => {
    const { id, writer, write } = await open();
    clock.advance(600_000);
    const later = await attachAfter(id);
    await writer.startNextConversation(later, 590_000);
    await write(late(), 402_000);
    expect(writer.conversationId).toBe(later);
    expect(writer.spans.map(({ fromMs }) => fromMs)).toEqual([0, 400_000, 590_000]);
    expect((await stored())?.conversationId).toBe(later);
  });
});
