import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, conversations } from '../../../src/model/conversations/conversation.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { queryAll } from '../../../src/store/collection.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { appendSegments } from '../../../src/transcripts/append-segments.ts';
import { divideAtPause } from '../../../src/transcripts/conversation-pause.ts';
import { LiveConversations } from '../../../src/transcripts/live-conversations.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import { createListenSession } from '../../fixtures/listen/listen-sessions.ts';
import { HeldClock, NOW } from '../../harness/held-clock.ts';
import { openTestStore } from '../../harness/test-store.ts';

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
      await appendSegments({ store, clock }, { ...request, session: null });
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
    await createListenSession(store, {
      uid: UID,
      conversationId: id,
      createdAt: NOW,
      state: 'draining',
      audioEndMs: 600_000,
    });
    clock.advance(630_000);
    expect(await live.attach(UID, OPTIONS)).toMatchObject({ resumed: true });
    clock.advance(TIMEOUT_MS);
    expect(await live.attach(UID, OPTIONS)).toMatchObject({ resumed: false });
  });
});

describe('devices', () => {
  const wish = { clientKey: 'omi:device-a', conversationId: null, heldByOthers: new Set<string>() };

  it('go on in a conversation of an earlier version, which belongs to none', async () => {
    const first = await live.attach(UID, OPTIONS);
    expect(await live.attach(UID, OPTIONS, wish)).toMatchObject({
      resumed: true,
      conversation: { id: first.conversation.id, clientKey: 'omi:device-a' },
    });
  });

  it('get the conversation that they name, whatever belongs to none', async () => {
    await live.attach(UID, OPTIONS);
    const conversationId = '6f2f8ab5-7a3e-4d3e-9a58-0a2b8d9f4c11';
    const named = { ...wish, clientKey: `conversation:${conversationId}`, conversationId };
    expect(await live.attach(UID, OPTIONS, named)).toMatchObject({
      resumed: false,
      conversation: { id: conversationId },
    });
  });

  it('leave a conversation that another one speaks into', async () => {
    const first = await live.attach(UID, OPTIONS, wish);
    const heldByOthers = new Set([first.conversation.id]);
    expect(await live.attach(UID, OPTIONS, { ...wish, heldByOthers })).toMatchObject({
      resumed: false,
    });
    expect(await live.isOpen(UID, first.conversation.id)).toBe(true);
  });
});

describe('words before the position', () => {
  it('are stored if the position is where their owner knows it to be', async () => {
    const { id } = (await live.attach(UID, OPTIONS)).conversation;
    const transcribedMs = 10_000;
    await createListenSession(store, {
      uid: UID,
      conversationId: id,
      createdAt: NOW,
      transcribedMs,
    });
    const session = { id: 'session', epoch: 0, fromMs: transcribedMs, transcribedMs: 11_000 };
    const word = makeSegment({ id: 'w', text: 'late', startMs: 9_800, endMs: 9_990 });
    const segments = [word];
    const request = { uid: UID, conversationId: id, audioStartedAt: NOW, segments, session };
    const result = await appendSegments({ store, clock }, request);
    expect(result?.updated.map(({ text }) => text)).toEqual(['late']);
  });
});

describe('words that are transcribed late', () => {
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
