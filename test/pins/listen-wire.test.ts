import { describe, expect, it } from 'vitest';
import { listenFrame } from '../../src/listen/listen-frames.ts';
import { makeConversation } from '../../src/model/conversation.ts';
import { makeSegment } from '../../src/model/transcript-segment.ts';

const SEGMENT = makeSegment({
  id: 'seg-1',
  text: 'Good morning.',
  speaker: 'SPEAKER_1',
  startMs: 0,
  endMs: 1234,
  sttProvider: 'deepgram',
  words: [{ text: 'Good', startMs: 0, endMs: 300, confidence: 0.9, language: 'en' }],
});

const CONVERSATION = makeConversation({
  id: 'conv-1',
  createdAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  timeoutMs: 120_000,
  source: 'omi',
  language: 'en',
  privateCloudSyncEnabled: false,
});

describe('frames of the live socket', () => {
  it('pins segments: an array, each with exactly eleven keys', () => {
    const frame = listenFrame({
      type: 'segments-updated',
      segments: [SEGMENT, { ...SEGMENT, id: 'seg-2', speaker: 'SPEAKER_00', personId: 'p-1' }],
      receivedAt: 5,
    });
    expect(frame).toBe(
      '[{"id":"seg-1","text":"Good morning.","speaker":"SPEAKER_1","speaker_id":1,"is_user":false,' +
        '"person_id":null,"start":0,"end":1.234,"translations":[],"speech_profile_processed":true,' +
        '"stt_provider":"deepgram"},' +
        '{"id":"seg-2","text":"Good morning.","speaker":"SPEAKER_00","speaker_id":0,"is_user":false,' +
        '"person_id":"p-1","start":0,"end":1.234,"translations":[],"speech_profile_processed":true,' +
        '"stt_provider":"deepgram"}]',
    );
    const [first] = JSON.parse(frame) as object[];
    expect(Object.keys(first ?? {})).toEqual([
      'id',
      'text',
      'speaker',
      'speaker_id',
      'is_user',
      'person_id',
      'start',
      'end',
      'translations',
      'speech_profile_processed',
      'stt_provider',
    ]);
  });

  it('pins service_status', () => {
    expect(listenFrame({ type: 'service-status', status: 'ready', text: null })).toBe(
      '{"type":"service_status","status":"ready","status_text":null}',
    );
    const text = 'Service Starting';
    expect(listenFrame({ type: 'service-status', status: 'initiating', text })).toBe(
      '{"type":"service_status","status":"initiating","status_text":"Service Starting"}',
    );
  });

  it('pins how far recognition is behind', () => {
    expect(listenFrame({ type: 'recognition-lag', waitingMs: 12_400, isOver: false })).toBe(
      '{"type":"service_status","status":"stt_lagging",' +
        '"status_text":"Speech recognition is 12 seconds behind. Your audio is kept, and all of it will be heard.",' +
        '"lag_seconds":12}',
    );
    expect(listenFrame({ type: 'recognition-lag', waitingMs: 900, isOver: true })).toBe(
      '{"type":"service_status","status":"stt_caught_up",' +
        '"status_text":"Speech recognition has caught up with your audio.","lag_seconds":1}',
    );
  });

  it('pins last_memory and segments_deleted', () => {
    expect(listenFrame({ type: 'last-conversation', conversationId: 'conv-9' })).toBe(
      '{"type":"last_memory","memory_id":"conv-9"}',
    );
    expect(listenFrame({ type: 'segments-deleted', segmentIds: ['a', 'b'] })).toBe(
      '{"type":"segments_deleted","segment_ids":["a","b"]}',
    );
  });

  it.each([
    ['conversation-processing', 'memory_processing_started'],
    ['conversation-processed', 'memory_created'],
  ] as const)('pins %s as %s', (type, name) => {
    const text = listenFrame({ type, conversation: CONVERSATION, segments: [SEGMENT] });
    const frame = JSON.parse(text) as { memory: Record<string, unknown> };
    expect(Object.keys(frame)).toEqual(['type', 'memory', 'messages']);
    expect(frame).toMatchObject({
      type: name,
      messages: [],
      memory: {
        id: 'conv-1',
        created_at: '2026-01-02T03:04:05.000Z',
        status: 'in_progress',
        structured: { title: '', overview: '', emoji: expect.any(String), category: 'other' },
        transcript_segments: [{ id: 'seg-1', start: 0, end: 1.234 }],
        plugins_results: [],
        apps_results: [],
      },
    });
    expect(frame.memory.structured).toMatchObject({ events: [], action_items: [] });
    expect(text).not.toContain('words');
  });
});
