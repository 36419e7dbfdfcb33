import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, conversations } from '../../../src/model/conversation.ts';
import { type ListenSession, listenSessions } from '../../../src/model/listen-session.ts';
import { makeSegment, type TranscriptSegment } from '../../../src/model/transcript-segment.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { divideAtPause } from '../../../src/transcripts/conversation-pause.ts';
import { LiveConversations } from '../../../src/transcripts/live-conversations.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import { HeldClock, NOW, openTestStore } from '../../e2e/rest-app.ts';

const UID = 'ada';
const TIMEOUT_MS = 120_000;
const OPTIONS = {
  timeoutMs: TIMEOUT_MS,
  source: 'omi',
  language: 'en',
  privateCloudSyncEnabled: false,
} as const;

let store: DocumentStore;
let close: () => Promise<void>;
let clock: HeldClock;
let live: LiveConversations;
beforeEach(async () => {
  ({ store, close } = await openTestStore());
  clock = new HeldClock();
  live = new LiveConversations({ store, clock });
});
afterEach(() => close());

const said = (text: string, startMs: number): TranscriptSegment =>
  makeSegment({ id: text, text, startMs, endMs: startMs + 2000, sttProvider: text });

async function addSession(changes: Partial<ListenSession> & Pick<ListenSession, 'conversationId'>) {
  const session: ListenSession = {
    id: 'session',
    uid: UID,
    spans: [{ conversationId: changes.conversationId, fromMs: 0 }],
    codec: 'pcm16',
    sampleRate: 16_000,
    language: 'en',
    voice: null,
    includeSpeechProfile: false,
    audioStartedAt: NOW,
    transcribedMs: 0,
    audioEndMs: null,
    keepRecording: false,
    state: 'open',
    instanceId: null,
    epoch: 0,
    clientKey: null,
    providerDown: false,
    drainingSince: null,
    createdAt: NOW,
    ...changes,
  };
  await store.transact((tx) => tx.create(listenSessions, UID, session));
  return session;
}

async function all(): Promise<Conversation[]> {
  const found = [];
  for await (const c of queryAll(store, conversations, UID, { query: 'recent' })) found.unshift(c);
  return found;
}

describe('connecting again', () => {
  it('goes on in one conversation, however often the connection comes', async () => {
    const ids = new Set<string>();
    for (let i = 0; i < 25; i += 1) {
      const { conversation } = await live.attach(UID, OPTIONS);
      ids.add(conversation.id);
      const segments = [said(`words ${i}`, 0)];
      const audioStartedAt = clock.now();
      const request = { uid: UID, conversationId: conversation.id, audioStartedAt, segments };
      await live.append({ ...request, session: null });
      clock.advance(70_000);
    }
    expect(ids.size).toBe(1);
    const [conversation] = await all();
    expect((await loadTranscript(store, UID, conversation as Conversation)).length).toBe(25);
  });

  it('makes one stub while nobody speaks, not one a connection', async () => {
    for (let i = 0; i < 5; i += 1) {
      await live.attach(UID, OPTIONS);
      clock.advance(10_000);
    }
    expect(await all()).toHaveLength(1);
  });

  it('after the user has ended it begins another one at once', async () => {
    const first = await live.attach(UID, OPTIONS);
    await live.requestEnd(UID, first.conversation.id);
    const second = await live.attach(UID, OPTIONS);
    expect(second.resumed).toBe(false);
    expect(second.conversation.id).not.toBe(first.conversation.id);
  });

  it('goes on where the last audio waits for a provider that is down, whatever the words say', async () => {
    const first = await live.attach(UID, OPTIONS);
    const { id } = first.conversation;
    // Ten minutes of audio, all of them unheard; the connection was lost half a minute ago.
    await addSession({ conversationId: id, state: 'draining', audioEndMs: 600_000 });
    clock.advance(630_000);
    expect(await live.attach(UID, OPTIONS)).toMatchObject({ resumed: true });
    clock.advance(TIMEOUT_MS);
    expect(await live.attach(UID, OPTIONS)).toMatchObject({ resumed: false });
  });
});

describe('words before the position', () => {
  const texts = async (id: string) => {
    const conversation = await store.find(conversations, UID, id);
    if (!conversation) throw new Error('no conversation');
    const segments = await loadTranscript(store, UID, conversation);
    return segments.map(({ text }) => text).join(' ');
  };

  it('are stored where the position is where their owner knows it to be', async () => {
    const { conversation } = await live.attach(UID, OPTIONS);
    const { id } = conversation;
    await addSession({ conversationId: id, transcribedMs: 10_000 });
    const session = { id: 'session', epoch: 0, fromMs: 10_000, transcribedMs: 11_000 };
    const word = makeSegment({ id: 'w', text: 'late', startMs: 9_800, endMs: 9_990 });
    await live.append({
      uid: UID,
      conversationId: id,
      audioStartedAt: NOW,
      segments: [word],
      session,
    });
    expect(await texts(id)).toBe('late');
  });

  it('are not stored again where it has moved on meanwhile', async () => {
    const { conversation } = await live.attach(UID, OPTIONS);
    const { id } = conversation;
    await addSession({ conversationId: id });
    const request = {
      uid: UID,
      conversationId: id,
      audioStartedAt: NOW,
      segments: [said('once', 0), said('only', 2_000)],
      session: { id: 'session', epoch: 0, fromMs: 0, transcribedMs: 4_000 },
    };
    const first = await live.append(request);
    const again = await live.append(request);
    expect([first?.transcribedMs, again?.transcribedMs]).toEqual([4_000, 4_000]);
    expect(await texts(id)).toBe('once only');
  });
});

describe('words that are transcribed late', () => {
  it('are divided where the pauses were, with the times at which they were spoken', async () => {
    const { conversation } = await live.attach(UID, OPTIONS);
    const { id } = conversation;
    const session = await addSession({ conversationId: id });
    // The provider was down until now.
    clock.advance(600_000);
    const request = { uid: UID, audioStartedAt: NOW };
    const first = await live.append({
      ...request,
      conversationId: id,
      segments: [said('one', 1000), said('two', 60_000), said('three', 400_000)],
      session: { id: session.id, epoch: session.epoch, fromMs: 0, transcribedMs: 402_000 },
    });
    expect(first?.updated.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(first?.rest.map(({ text }) => text)).toEqual(['three']);
    // Not further than what is stored: a crash in between makes them again.
    const stored = await store.find(listenSessions, UID, session.id);
    expect(stored?.transcribedMs).toBe(62_000);
    const begun = await live.beginAfterPause(UID, {
      after: id,
      at: NOW + 400_000,
      session: { id: session.id, epoch: session.epoch, spans: session.spans, fromMs: 400_000 },
      isLive: true,
    });
    await live.append({
      ...request,
      conversationId: begun.conversation.id,
      segments: first?.rest ?? [],
      session: { id: session.id, epoch: session.epoch, fromMs: 62_000, transcribedMs: 402_000 },
    });
    const [before, after] = await all();
    expect(before?.endRequestedAt).toBe(NOW + 600_000);
    expect([after?.startedAt, after?.finishedAt]).toEqual([NOW + 400_000, NOW + 402_000]);
    expect(await store.find(listenSessions, UID, session.id)).toMatchObject({
      conversationId: after?.id,
      spans: [
        { conversationId: id, fromMs: 0 },
        { conversationId: after?.id, fromMs: 400_000 },
      ],
    });
    // The next connection goes on with the later one.
    expect((await live.attach(UID, OPTIONS)).conversation.id).toBe(after?.id);
  });

  it('of a session that is over begin a conversation that nobody resumes', async () => {
    const { conversation } = await live.attach(UID, OPTIONS);
    const session = await addSession({ conversationId: conversation.id });
    const begun = await live.beginAfterPause(UID, {
      after: conversation.id,
      at: NOW + 400_000,
      session: { id: session.id, epoch: session.epoch, spans: session.spans, fromMs: 400_000 },
      isLive: false,
    });
    const next = await live.attach(UID, OPTIONS);
    expect(next.conversation.id).toBe(conversation.id);
    expect(begun.conversation.id).not.toBe(conversation.id);
  });

  it('get the same borders in however many pieces they come', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2 * TIMEOUT_MS }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(gaps, fc.array(fc.nat({ max: 20 })), (pauses, cuts) => {
        let at = 0;
        const segments = pauses.map((pause, i) => {
          at += pause;
          const segment = said(String(i), at);
          at = segment.endMs;
          return segment;
        });
        expect(borders(inPieces(segments, cuts))).toEqual(borders([segments]));
      }),
    );
  });
});

/** Numbers of the segments that begin a conversation. */
function borders(batches: readonly TranscriptSegment[][]): string[] {
  const begins: string[] = [];
  let finishedAt = NOW;
  for (const batch of batches) {
    let left = batch;
    while (left.length > 0) {
      const conversation = { lastSpokenAt: finishedAt, timeoutMs: TIMEOUT_MS };
      const { fitting, rest } = divideAtPause(left, NOW, conversation);
      finishedAt = Math.max(finishedAt, NOW + (fitting.at(-1)?.endMs ?? 0));
      if (rest[0]) {
        begins.push(rest[0].id);
        finishedAt = NOW + rest[0].endMs;
        left = rest.slice(1);
      } else {
        left = [];
      }
    }
  }
  return begins;
}

function inPieces(segments: readonly TranscriptSegment[], cuts: readonly number[]) {
  const places = [...new Set(cuts)].filter((cut) => cut < segments.length).sort((a, b) => a - b);
  const starts = [0, ...places];
  return starts.map((from, i) => segments.slice(from, starts[i + 1] ?? segments.length));
}
