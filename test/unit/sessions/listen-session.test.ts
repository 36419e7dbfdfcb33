import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AudioLog } from '../../../src/audio/audio-log.ts';
import { EventBus } from '../../../src/kernel/event-bus.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { makeUser } from '../../../src/model/accounts/user.ts';
import { GLOBAL } from '../../../src/model/collection.ts';
import { conversations } from '../../../src/model/conversations/conversation.ts';
import { listenSessions } from '../../../src/model/conversations/listen-session.ts';
import type { DomainEvents } from '../../../src/model/domain-events.ts';
import { backlogJob, jobId, jobs } from '../../../src/model/jobs.ts';
import type { ListenEvent } from '../../../src/sessions/listen-event.ts';
import { ListenSession } from '../../../src/sessions/listen-session.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { LiveConversations } from '../../../src/transcripts/live-conversations.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import { openTestLog, silence } from '../../fixtures/audio-logs.ts';
import { listenOptions } from '../../fixtures/listen/listen-options.ts';
import { final, ScriptedStream } from '../../fixtures/scripted-stream.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

const UID = 'ada';

let store: DocumentStore;
let audioLog: AudioLog;
let closers: (() => Promise<void>)[];
beforeEach(async () => {
  const opened = await openTestStore();
  const logged = await openTestLog();
  store = opened.store;
  audioLog = logged.log;
  closers = [opened.close, logged.close];
});
afterEach(async () => {
  for (const close of closers) await close();
});

function open(options: { selfTranscribing?: boolean; store?: DocumentStore } = {}) {
  const clock = new HeldClock();
  const events = new EventBus<DomainEvents>((error) => {
    throw error;
  });
  const stream = new ScriptedStream();
  const emitted: ListenEvent[] = [];
  const live = new LiveConversations({ store, clock });
  const session = new ListenSession({
    listen: listenOptions({ uid: UID, customStt: options.selfTranscribing ?? false }),
    user: makeUser({ id: UID, createdAt: NOW }),
    stt: options.selfTranscribing ? null : stream.stt,
    store: options.store ?? store,
    conversations: {
      open: async (attach) => (await live.attach(UID, attach)).conversation.id,
      isOpen: (uid, id) => live.isOpen(uid, id),
    },
    speakers: {
      voice: null,
      personOfName: () => Promise.reject(new Error('nobody introduces himself here')),
      note: async () => undefined,
    },
    beginFeed: () => ({
      segments: () => undefined,
      audio: () => undefined,
      end: async () => undefined,
    }),
    audioLog,
    maxAudioBurstMs: null,
    stream: null,
    instanceId: 'here',
    events,
    clock,
    logger: silentLogger,
    emit: (event) => emitted.push(event),
  });
  const statuses = () =>
    emitted.flatMap((event) => (event.type === 'service-status' ? [event.status] : []));
  const ended = () =>
    emitted.flatMap((event) => (event.type === 'session-ended' ? [event.code] : []));
  const shown = () =>
    emitted.flatMap((event) => (event.type === 'segments-updated' ? event.segments : []));
  /** Sends audio, and waits until the stream has read it. */
  const speak = async (ms: number) => {
    const readMs = stream.readMs + ms;
    session.audio(silence(ms));
    await session.flushed();
    await expect.poll(() => stream.readMs).toBe(readMs);
  };
  const stored = () => store.find(listenSessions, UID, session.id);
  return { session, stream, clock, events, emitted, statuses, ended, shown, speak, stored };
}

async function textOf(conversationId: string): Promise<string> {
  const conversation = await store.find(conversations, UID, conversationId);
  if (!conversation) throw new Error('no conversation');
  const segments = await loadTranscript(store, UID, conversation);
  return segments.map(({ text }) => text).join(' ');
}

const findBacklogJob = (sessionId: string) =>
  store.find(jobs, GLOBAL, jobId(backlogJob, UID, sessionId));

describe('starting', () => {
  it('emits its statuses in order, creates its document, and then listens', async () => {
    const { session, stream, statuses, stored } = open();
    await session.start();
    expect(statuses()).toEqual([
      'initiating',
      'in_progress_conversations_processing',
      'stt_initiating',
      'ready',
    ]);
    const { conversationId } = session;
    expect(await stored()).toMatchObject({
      state: 'open',
      conversationId,
      spans: [{ conversationId, fromMs: 0 }],
      stream: null,
      instanceId: 'here',
    });
    await expect.poll(() => stream.starts.length).toBe(1);
    await session.close();
  });

  it('that fails leaves nothing to close', async () => {
    const failing: DocumentStore = { ...store, query: () => Promise.reject(new Error('disk')) };
    const { session, ended, stored } = open({ store: failing });
    await expect(session.start()).rejects.toThrow('disk');
    await session.close();
    expect(ended()).toEqual([]);
    expect(await stored()).toBeUndefined();
  });
});

describe('listening', () => {
  it('shows words once they are stored, and moves the position with them', async () => {
    const { session, stream, shown, speak, stored } = open();
    await session.start();
    await speak(3_000);
    stream.say(final({ hello: 1_000, world: 1_600 }, 2_200));
    await expect.poll(() => shown().map(({ text }) => text)).toEqual(['hello world']);
    expect((await stored())?.transcribedMs).toBe(2_200);
    expect(await textOf(session.conversationId)).toBe('hello world');
    await session.close();
  });

  it('starts the next conversation when the current one is closed', async () => {
    const { session, stream, events, speak } = open();
    await session.start();
    const first = session.conversationId;
    await speak(2_000);
    await store.transact((tx) => tx.patch(conversations, UID, first, { status: 'processing' }));
    events.emit('conversation-closed', { uid: UID, conversationId: first, hasContent: true });
    await expect.poll(() => session.conversationId).not.toBe(first);
    await speak(2_000);
    stream.say(final({ before: 1_000 }, 1_600), final({ after: 3_000 }, 4_000));
    await session.close();
    expect(await textOf(first)).toBe('before');
    expect(await textOf(session.conversationId)).toBe('after');
  });

  it('knows that audio waits while the provider is down, and stores it for other processes', async () => {
    const { session, stream, speak, stored } = open();
    await session.start();
    await speak(2_000);
    expect(session.hasUnheardAudio(session.conversationId)).toBe(false);
    stream.say({ type: 'provider-status', state: 'unavailable', reason: 'down' });
    await expect.poll(() => session.hasUnheardAudio(session.conversationId)).toBe(true);
    expect(session.hasUnheardAudio('another')).toBe(false);
    await expect.poll(async () => (await stored())?.providerDown).toBe(true);
    stream.say({ type: 'provider-status', state: 'connected', reason: null });
    await expect.poll(async () => (await stored())?.providerDown).toBe(false);
    await session.close();
  });

  it('gets the last words with a flush, and goes on after it', async () => {
    const { session, stream, shown, speak } = open();
    await session.start();
    await speak(2_000);
    stream.lastWords = [final({ goodbye: 1_400 }, 2_000)];
    await session.flush(5_000);
    expect(shown().map(({ text }) => text)).toEqual(['goodbye']);
    session.audio(silence(1_000));
    await session.flushed();
    await expect.poll(() => stream.starts.length).toBe(2);
    await session.close();
  });

  it('takes the words of a client that transcribes by itself, without a document', async () => {
    const { session, shown, stored } = open({ selfTranscribing: true });
    await session.start();
    session.suggest({ segments: [{ text: 'by myself', start: 0, end: 1 }] });
    await expect.poll(() => shown().map(({ text }) => text)).toEqual(['by myself']);
    expect(await stored()).toBeUndefined();
    await session.close();
    session.suggest({ segments: [{ text: 'too late', start: 2, end: 3 }] });
    expect(await textOf(session.conversationId)).toBe('by myself');
  });
});

describe('ending', () => {
  it('waits for the last words, then forgets the session and its audio', async () => {
    const { session, stream, shown, speak, stored } = open();
    await session.start();
    await speak(2_000);
    stream.lastWords = [final({ goodbye: 1_000 }, 1_600)];
    const first = session.close();
    expect(session.close()).toBe(first);
    await first;
    expect(shown().map(({ text }) => text)).toEqual(['goodbye']);
    expect(await stored()).toBeUndefined();
    expect(await audioLog.find(UID, session.id)).toBe(false);
  });

  it('leaves audio to the backlog job if the provider is down', async () => {
    const { session, stream, speak, stored } = open();
    await session.start();
    await speak(2_000);
    stream.say(final({ heard: 200 }, 800));
    stream.say({ type: 'provider-status', state: 'unavailable', reason: 'down' });
    await expect.poll(async () => (await stored())?.providerDown).toBe(true);
    await session.close();
    expect(await stored()).toMatchObject({
      state: 'draining',
      transcribedMs: 800,
      audioEndMs: 2_000,
    });
    expect(await findBacklogJob(session.id)).toBeDefined();
    expect(await audioLog.find(UID, session.id)).toBe(true);
  });

  it('starts no conversation any more', async () => {
    const { session, events, speak } = open();
    await session.start();
    await speak(1_000);
    const { conversationId } = session;
    const closed = session.close();
    events.emit('conversation-closed', { uid: UID, conversationId, hasContent: true });
    await closed;
    expect(session.conversationId).toBe(conversationId);
  });

  it('after a disconnect waits for no words', async () => {
    const { session, ended, speak, stored } = open();
    await session.start();
    await speak(2_000);
    session.disconnect('The account was deleted');
    expect(ended()).toEqual([1008]);
    await session.close();
    expect(await stored()).toMatchObject({ state: 'draining', audioEndMs: 2_000 });
  });
});

describe('taken by another process', () => {
  it('asks the client to connect again, and leaves the document to its new owner', async () => {
    const { session, stream, ended, speak, stored } = open();
    await session.start();
    await speak(2_000);
    await store.transact((tx) => tx.patch(listenSessions, UID, session.id, { epoch: 1 }));
    const before = await stored();
    session.relinquish();
    session.relinquish();
    expect(ended()).toEqual([1001]);
    stream.lastWords = [final({ late: 1_000 }, 1_600)];
    await session.close();
    expect(await stored()).toEqual(before);
    expect(await textOf(session.conversationId)).toBe('');
    expect(await audioLog.find(UID, session.id)).toBe(true);
  });

  it('is noticed by the first commit that is refused', async () => {
    const { session, stream, ended, shown, speak } = open();
    await session.start();
    await speak(2_000);
    await store.transact((tx) => tx.patch(listenSessions, UID, session.id, { epoch: 1 }));
    stream.say(final({ refused: 200 }, 800));
    await expect.poll(ended).toEqual([1001]);
    await session.close();
    expect(shown()).toEqual([]);
  });

  it('may follow a disconnect, but not a close', async () => {
    const disconnected = open();
    await disconnected.session.start();
    disconnected.session.disconnect('gone');
    disconnected.session.relinquish();
    expect(disconnected.ended()).toEqual([1008, 1001]);
    await disconnected.session.close();
    const closed = open();
    await closed.session.start();
    const closing = closed.session.close();
    closed.session.relinquish();
    await closing;
    closed.session.relinquish();
    expect(closed.ended()).toEqual([]);
  });
});

describe('storage that fails', () => {
  it('ends the session; the audio log still holds what was not stored', async () => {
    let fails = false;
    const failing: DocumentStore = {
      ...store,
      find: store.find.bind(store),
      query: store.query.bind(store),
      transact: (fn) => (fails ? Promise.reject(new Error('disk')) : store.transact(fn)),
    };
    const { session, stream, ended, shown, speak, stored } = open({ store: failing });
    await session.start();
    await speak(2_000);
    fails = true;
    stream.say(final({ lost: 200 }, 800));
    await expect.poll(ended).toEqual([1011]);
    fails = false;
    await session.close();
    expect(shown()).toEqual([]);
    expect(await stored()).toMatchObject({ state: 'draining', transcribedMs: 0 });
    expect(await findBacklogJob(session.id)).toBeDefined();
  });
});
