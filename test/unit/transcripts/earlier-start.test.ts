import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversations, makeConversation } from '../../../src/model/conversations/conversation.ts';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { appendSegments } from '../../../src/transcripts/append-segments.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import { openTestStore } from '../../harness/test-store.ts';

const MINUTE = 60_000;
const AUDIO_STARTED_AT = Date.parse('2026-11-02T09:00:00Z');
const clock = { now: () => AUDIO_STARTED_AT + 60 * MINUTE };

let count = 0;
function said(text: string, startMs: number, endMs: number, speaker = 0): TranscriptSegment {
  count += 1;
  const id = `s${count}`;
  return makeSegment({ id, text, startMs, endMs, speaker: `SPEAKER_0${speaker}` });
}

let store: DocumentStore;
let close: () => Promise<void>;
beforeEach(async () => {
  ({ store, close } = await openTestStore());
});
afterEach(() => close());

async function open() {
  const conversation = makeConversation({ id: 'c1', createdAt: AUDIO_STARTED_AT });
  await store.transact((tx) => tx.create(conversations, 'u', conversation));
  const append = async (...segments: TranscriptSegment[]) => {
    const request = { uid: 'u', conversationId: 'c1', audioStartedAt: AUDIO_STARTED_AT };
    const result = await appendSegments({ store, clock }, { ...request, segments, session: null });
    if (!result) throw new Error('no conversation');
    return result;
  };
  const stored = async () => {
    const found = await store.find(conversations, 'u', 'c1');
    if (!found) throw new Error('no conversation');
    const segments = await loadTranscript(store, 'u', found);
    const startedAt = (found.startedAt ?? 0) - AUDIO_STARTED_AT;
    return { startedAt, words: segments.map((s) => [s.text, s.startMs, s.endMs]) };
  };
  return { append, stored };
}

describe('words from before the first words of a conversation', () => {
  it('move its start back, and all that is stored with it', async () => {
    const { append, stored } = await open();
    await append(said('Third.', 10_000, 12_000), said('Fourth.', 15_000, 16_000, 1));
    const late = await append(said('First.', 2_000, 5_000, 2));
    expect(late.updated.map(({ text, startMs }) => [text, startMs])).toEqual([['First.', 0]]);
    expect(late.moved.map(({ text, startMs }) => [text, startMs])).toEqual([
      ['Third.', 8_000],
      ['Fourth.', 13_000],
    ]);
    await append(said('Second.', 6_000, 7_000, 3));
    expect(await stored()).toEqual({
      startedAt: 2_000,
      words: [
        ['First.', 0, 3_000],
        ['Second.', 4_000, 5_000],
        ['Third.', 8_000, 10_000],
        ['Fourth.', 13_000, 14_000],
      ],
    });
  });

  it('continue each other', async () => {
    const { append, stored } = await open();
    await append(said('This came first.', 60_000, 61_000));
    await append(said('Before it', 2_000, 3_000, 1));
    await append(said('we sailed.', 3_500, 5_000, 1));
    expect((await stored()).words).toEqual([
      ['Before it we sailed.', 0, 3_000],
      ['This came first.', 58_000, 59_000],
    ]);
  });

  it('stand in order if they come in one message', async () => {
    const { append, stored } = await open();
    await append(said('Second.', 10_000, 12_000), said('First.', 2_000, 5_000, 1));
    expect(await stored()).toEqual({
      startedAt: 2_000,
      words: [
        ['First.', 0, 3_000],
        ['Second.', 8_000, 10_000],
      ],
    });
  });

  it('are placed at the start if they are from long before', async () => {
    const { append, stored } = await open();
    await append(said('Now.', 300 * MINUTE, 300 * MINUTE + 1_000));
    await append(said('Long ago.', 2_000, 5_000, 1));
    expect(await stored()).toEqual({
      startedAt: 300 * MINUTE,
      words: [
        ['Now.', 0, 1_000],
        ['Long ago.', 0, 3_000],
      ],
    });
  });

  it('are placed at the start if more is stored than one commit can move', async () => {
    const { append, stored } = await open();
    for (let i = 0; i < 5; i += 1) {
      await append(
        ...Array.from({ length: 100 }, (_, n) => {
          const at = 10_000 + (i * 100 + n) * 100;
          return said(`Number ${n}.`, at, at + 50, n % 2);
        }),
      );
    }
    await append(said('Late.', 2_000, 5_000, 5));
    const { startedAt, words } = await stored();
    expect(startedAt).toBe(10_000);
    expect(words.find(([text]) => text === 'Late.')).toEqual(['Late.', 0, 3_000]);
  });
});
