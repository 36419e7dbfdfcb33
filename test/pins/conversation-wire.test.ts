import { describe, expect, it } from 'vitest';
import { emptyStructured, makeConversation } from '../../src/model/conversations/conversation.ts';
import { makeSegment } from '../../src/model/conversations/transcript-segment.ts';
import {
  conversationSummaryToWire,
  conversationToWire,
  sharedConversationToWire,
} from '../../src/wire/conversation-wire.ts';

const AT = Date.UTC(2026, 4, 4, 10, 0, 0, 250);
const full = makeConversation({
  id: 'c1',
  createdAt: AT,
  finishedAt: AT + 61_000,
  source: 'phone',
  language: 'en',
  status: 'completed',
  structured: {
    title: 'Garden plans',
    overview: 'They plan a garden.',
    overviewEvidence: [{ sentence: 'They plan a garden.', segmentIds: ['s1'] }],
    emoji: '🌱',
    category: 'family',
    actionItems: [
      {
        id: 'a1',
        description: 'Buy seeds',
        completed: true,
        createdAt: AT,
        updatedAt: AT,
        dueAt: AT + 86_400_000,
        completedAt: AT + 1,
        conversationId: 'c1',
        owner: 'user',
        segmentIds: ['s1'],
      },
    ],
    events: [
      {
        title: 'Planting',
        description: '',
        start: AT + 3_600_000,
        durationMinutes: 45,
        created: false,
        segmentIds: ['s1'],
      },
    ],
  },
  geolocation: {
    googlePlaceId: null,
    latitude: 52,
    longitude: 13.4,
    altitude: null,
    accuracy: 5,
    address: 'Berlin',
    locationType: null,
  },
  appsResults: [{ appId: 'app1', content: 'Seeds!' }],
  suggestedSummarizationApps: ['app2'],
  externalData: { text: 'raw', calendar_meeting_context: { participants: [] } },
  processingConversationId: 'p1',
  gaps: [{ startAt: AT - 1000, endAt: AT + 2500, reason: 'audio-deleted' }],
  processing: {
    engine: 'rules',
    model: null,
    modelError: 'The model did not answer.',
    failureReason: null,
    note: null,
    processedAt: AT,
    runs: 1,
  },
  emotion: {
    emotion: 'joy',
    score: 0.8,
    segmentIds: ['s1'],
    engine: 'rules',
    answer: 'Good to hear!',
    at: AT,
  },
});
const segment = makeSegment({
  id: 's1',
  text: 'Buy seeds tomorrow.',
  speaker: 'SPEAKER_03',
  isUser: true,
  startMs: 1250,
  endMs: 3000,
  words: [{ text: 'Buy', startMs: 1250, endMs: 1500, confidence: 0.9, language: 'en' }],
  translations: [{ lang: 'de', text: 'Kauf morgen Samen.' }],
  sttProvider: 'deepgram',
});

describe('a conversation on the wire', () => {
  it('is literally this', () => {
    expect(conversationToWire(full, [segment])).toEqual({
      id: 'c1',
      created_at: '2026-05-04T10:00:00.250Z',
      started_at: '2026-05-04T10:00:00.250Z',
      finished_at: '2026-05-04T10:01:01.250Z',
      source: 'phone',
      language: 'en',
      structured: {
        title: 'Garden plans',
        overview: 'They plan a garden.',
        overview_evidence: [{ start: 0, end: 19, segment_ids: ['s1'] }],
        emoji: '🌱',
        category: 'family',
        action_items: [
          {
            description: 'Buy seeds',
            completed: true,
            created_at: '2026-05-04T10:00:00.250Z',
            updated_at: '2026-05-04T10:00:00.250Z',
            due_at: '2026-05-05T10:00:00.250Z',
            completed_at: '2026-05-04T10:00:00.251Z',
            conversation_id: 'c1',
            id: 'a1',
            owner: 'user',
            segment_ids: ['s1'],
          },
        ],
        events: [
          {
            title: 'Planting',
            description: '',
            start: '2026-05-04T11:00:00.250Z',
            duration: 45,
            created: false,
            segment_ids: ['s1'],
          },
        ],
      },
      transcript_segments: [
        {
          id: 's1',
          text: 'Buy seeds tomorrow.',
          speaker: 'SPEAKER_03',
          speaker_id: 3,
          is_user: true,
          person_id: null,
          start: 1.25,
          end: 3,
          translations: [{ lang: 'de', text: 'Kauf morgen Samen.' }],
          speech_profile_processed: true,
          stt_provider: 'deepgram',
        },
      ],
      transcript_segments_compressed: false,
      geolocation: {
        google_place_id: null,
        latitude: 52,
        longitude: 13.4,
        altitude: null,
        accuracy: 5,
        address: 'Berlin',
        location_type: null,
      },
      photos: [],
      audio_files: [],
      private_cloud_sync_enabled: false,
      apps_results: [{ app_id: 'app1', content: 'Seeds!' }],
      plugins_results: [{ plugin_id: 'app1', content: 'Seeds!' }],
      suggested_summarization_apps: ['app2'],
      external_data: { text: 'raw', calendar_meeting_context: { participants: [] } },
      app_id: null,
      discarded: false,
      visibility: 'private',
      starred: false,
      processing_memory_id: 'p1',
      processing_conversation_id: 'p1',
      status: 'completed',
      is_locked: false,
      data_protection_level: 'standard',
      folder_id: null,
      call_id: null,
      gaps: [{ start: -1, end: 2.5, reason: 'audio-deleted' }],
      processing: {
        engine: 'rules',
        model: null,
        model_error: 'The model did not answer.',
        failure_reason: null,
        note: null,
      },
      emotion: {
        emotion: 'joy',
        score: 0.8,
        segment_ids: ['s1'],
        engine: 'rules',
        answer: 'Good to hear!',
      },
    });
  });

  it('has every key when it is new and empty', () => {
    const wire = conversationToWire(makeConversation({ id: 'c2', createdAt: AT }), []);
    expect(Object.keys(wire).sort()).toEqual(Object.keys(conversationToWire(full, [])).sort());
    expect(wire).toMatchObject({
      source: 'omi',
      status: 'in_progress',
      structured: { title: '', overview: '', emoji: '🧠', category: 'other' },
      geolocation: null,
      external_data: null,
      processing_memory_id: null,
    });
    expect(JSON.stringify(wire)).not.toContain('undefined');
    expect(wire.structured).toEqual({
      ...emptyStructured(),
      overviewEvidence: undefined,
      overview_evidence: [],
      actionItems: undefined,
      action_items: [],
    });
  });

  it('never carries words', () => {
    expect(JSON.stringify(conversationToWire(full, [segment]))).not.toContain('words');
  });

  it('shows only title and overview of a locked one in lists', () => {
    const wire = conversationSummaryToWire({ ...full, isLocked: true }, [segment]);
    expect(wire.structured).toMatchObject({
      title: 'Garden plans',
      overview: 'They plan a garden.',
      overview_evidence: [],
      action_items: [],
      events: [],
    });
    expect(wire).toMatchObject({
      is_locked: true,
      transcript_segments: [],
      apps_results: [],
      plugins_results: [],
      suggested_summarization_apps: [],
      emotion: null,
    });
  });

  it('is published without place, guests of the meeting and voices', () => {
    const person = {
      id: 'p1',
      name: 'Ada',
      createdAt: AT,
      updatedAt: AT,
      speechSamples: ['voice.wav'],
      speechSampleTranscripts: ['my words'],
      speechSamplesVersion: 3,
    };
    const wire = sharedConversationToWire(full, [segment], [person]);
    expect(wire.geolocation).toBeNull();
    expect(wire.external_data).toEqual({ text: 'raw' });
    expect(wire.people).toEqual([
      {
        id: 'p1',
        name: 'Ada',
        created_at: '2026-05-04T10:00:00.250Z',
        updated_at: '2026-05-04T10:00:00.250Z',
        speech_samples: [],
        speech_sample_transcripts: null,
        speech_samples_version: 3,
      },
    ]);
  });
});
