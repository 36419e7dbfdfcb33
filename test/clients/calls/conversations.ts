import { call } from '../client-call.ts';
import { CONVERSATION, LISTED_CONVERSATION, PERSON, SEGMENT, STATUS } from '../records.ts';

const C = '/v1/conversations/{conversation}';
const SEARCH = { query: 'launch', page: 1, per_page: 10, include_discarded: true };
const FOUND = {
  items: [LISTED_CONVERSATION],
  current_page: 'int',
  total_pages: 'int',
  per_page: 'int',
} as const;

/** Conversations, people and what is recorded without a connection. */
export const CONVERSATION_CALLS = [
  call(
    'GET /v1/conversations?limit=50&offset=0&folder_id={folder}&starred=false&start_date=2026-01-01T00:00:00Z',
    'Ad Nd Md Wd',
    [LISTED_CONVERSATION],
  ),
  call('GET /v1/conversations?folder_id={folder}&limit=50', 'Ad Nd Md Wd', [LISTED_CONVERSATION]),
  call(`GET ${C}`, 'Ad Nd Md Wd Id', CONVERSATION),
  call('POST /v1/conversations', 'Ad Nd Md Wd', undefined, { body: {}, takes: [200, 404] }),
  call(
    `POST ${C}/finalize`,
    'Wd Nd Md Id',
    { conversation: CONVERSATION, messages: 'list' },
    { body: {} },
  ),
  call('POST /v1/conversations/search', 'Ad Nd Md Wd Id', FOUND, { body: SEARCH }),
  call(`PATCH ${C}/title?title=Plan of the launch`, 'Ad Nd', STATUS),
  call(`PATCH ${C}/title?title=Plan%20two`, 'Wd', STATUS),
  call(`PATCH ${C}`, 'Md', { id: 'string' }, { body: { title: 'Plan three' }, omiFails: true }),
  call(`PATCH ${C}/starred?starred=true`, 'Ad Nd Md Wd Id', STATUS),
  call(`PATCH ${C}/visibility?value=shared`, 'Ad Nd Md', STATUS),
  call(`GET ${C}/shared`, 'Pd', { ...CONVERSATION, people: [PERSON] }, { key: 'none' }),
  call(`PATCH ${C}/segments/text`, 'Ad Nd Wd', STATUS, {
    body: { segment_id: '{segment}', text: 'We moved the launch to Wednesday.' },
  }),
  call(`PATCH ${C}/summary`, 'Ad Nd', STATUS, {
    body: { app_id: null, content: 'The launch moved.' },
  }),
  call(`GET ${C}/transcripts`, 'Ad Nd', {
    deepgram: [SEGMENT],
    soniox: 'list',
    whisperx: 'list',
    speechmatics: 'list',
  }),
  call(`PATCH ${C}/segments/assign-bulk`, 'Ad Nd Md Wd Id', CONVERSATION, {
    body: { segment_ids: ['{segment}'], assign_type: 'is_user', value: 'true' },
  }),
  call(`PATCH ${C}/segments/assign-bulk?unassign`, 'Ad Nd Wd', CONVERSATION, {
    body: { segment_ids: ['{segment}'], assign_type: 'person_id', value: null },
  }),
  call(`PATCH ${C}/segments/assign-bulk?person`, 'Ad Nd Md Wd', CONVERSATION, {
    body: { segment_ids: ['{segment}'], assign_type: 'person_id', value: '{person}' },
  }),
  call(`PATCH ${C}/action-items`, 'Ad Nd', STATUS, { body: { items_idx: [0], values: [true] } }),
  call('PATCH /v1/conversations/{new.conversation}/action-items/0', 'Ad Nd', STATUS, {
    body: { old_description: '{inline}', description: 'Send the new plan' },
  }),
  call(`DELETE ${C}/action-items`, 'Ad Nd', undefined, {
    body: { description: 'Send the new plan', completed: true },
    takes: [204],
  }),
  call(`GET ${C}/suggested-apps`, 'Ad Nd', { suggested_apps: 'list', conversation_id: 'string' }),
  call(`POST ${C}/reprocess`, 'Ad Nd Wd Id', CONVERSATION),
  call(`POST ${C}/reprocess?desktop`, 'Mr', { success: 'bool' }, { body: {}, omiFails: true }),
  call(`POST ${C}/speakers/1/reject`, 'Nd', CONVERSATION, { body: { kind: 'not_a_person' } }),
  call(`PATCH ${C}/folder`, 'Ad Nd Md', STATUS, { body: { folder_id: '{folder}' } }),
  call(`GET ${C}/recording`, 'Ar', { has_recording: 'bool' }),
  call(`GET ${C}/photos`, 'Ar', 'list'),
  call(`PATCH ${C}/events`, 'Ar Nr', STATUS, { body: { events_idx: [0], values: [true] } }),
  call(
    `POST ${C}/test-prompt`,
    'Ar Nr Wr',
    { summary: 'string' },
    { body: { prompt: 'Sum up.' }, takes: [200, 503] },
  ),
  call(
    'POST /v1/conversations/from-segments',
    'Md Id Nr',
    { id: 'string', status: 'string', discarded: 'bool' },
    {
      body: {
        transcript_segments: [
          {
            text: 'Hello there',
            speaker: 'SPEAKER_00',
            is_user: true,
            person_id: null,
            start: 0,
            end: 2,
          },
        ],
        started_at: '2026-03-02T10:00:00.250Z',
        finished_at: '2026-03-02T10:00:09.500Z',
        language: 'en',
        source: 'desktop',
        client_platform: 'windows',
        client_session_id: 'local-1',
      },
    },
  ),
  call(
    'POST /v1/conversations/merge',
    'Ar Nr Mr Wr',
    { status: 'string', conversation_ids: ['string'] },
    {
      body: { conversation_ids: ['{new.conversation}', '{new.conversation}'] },
    },
  ),
  call('DELETE /v1/conversations/{new.conversation}?cascade=true', 'Ad Nd', undefined, {
    takes: [204],
  }),
  call('GET /v1/sync/audio/{conversation}/urls', 'Ad Nd Wd', { audio_files: 'list' }),
  call('POST /v1/sync/audio/{conversation}/precache', 'Ad Nd Wd', STATUS),
  call(
    'POST /v2/sync-local-files',
    'Ad Nd',
    {
      job_id: 'string',
      status: 'string',
      total_files: 'int',
      total_segments: 'int',
      poll_after_ms: 'int',
    },
    {
      file: { field: 'files', name: '{deviceFile}', holds: 'device' },
      takes: [202],
    },
  ),
  call('GET /v2/sync-local-files/{syncJob}', 'Ad Nd', {
    job_id: 'string',
    status: 'string',
    total_segments: 'int',
    processed_segments: 'int',
    successful_segments: 'int',
    failed_segments: 'int',
  }),
  call(
    'POST /v1/sync-local-files',
    'Ar',
    { new_memories: ['string'], updated_memories: ['string'] },
    {
      file: { field: 'files', name: '{deviceFile}', holds: 'device' },
    },
  ),
  call('POST /v1/users/people', 'Ad Nd Md Wd Id', PERSON, { body: { name: 'Dana' } }),
  call('GET /v1/users/people/{person}', 'Nd', { ...PERSON, voice_learning_state: 'string' }),
  call('PATCH /v1/users/people/{person}/name?value=Dana Smith', 'Ad Nd', STATUS),
  call('PATCH /v1/users/people/{person}/name', 'Wd', STATUS, { body: { name: 'Dana' } }),
  call('DELETE /v1/users/people/{new.person}', 'Ad Nd Wd', undefined, { takes: [204] }),
  call('GET /v1/users/people/{person}/voice-matches', 'Nr', { matches: 'list' }),
  call('DELETE /v1/users/people/{sampled}/speech-samples/0', 'Ar Nr', STATUS),
  call(
    'POST /v1/speaker-tag-prompts/shown',
    'Nd',
    { first_time: 'bool' },
    { body: { prompt_ids: [] } },
  ),
  call(
    'POST /v1/speaker-tag-prompts/answer',
    'Nd',
    { status: 'string', quality_outcome: 'string' },
    {
      body: {
        prompt_id: 'one',
        kind: 'identify',
        origin: 'unnamed',
        conversation_id: '{conversation}',
        speaker_id: 1,
        segment_ids: ['{otherSegment}'],
        answer: 'skip',
        person_id: null,
        name: null,
        suggested_person_id: null,
        first_time: false,
      },
    },
  ),
  call('POST /v1/speaker-tag-prompts/dismiss', 'Nr', undefined, { takes: [204] }),
  call('GET /v1/speaker-tag-prompts/clip?conversation_id={recorded}&start=0&end=2.5', 'Nr', {
    audio_base64: 'string',
    duration_seconds: 'number',
  }),
  call('GET /v1/users/voice-profile-settings', 'Nr', {
    speaker_tag_prompts_enabled: 'bool',
    save_other_voice_profiles: 'bool',
  }),
  call(
    'PATCH /v1/users/voice-profile-settings',
    'Nr',
    { speaker_tag_prompts_enabled: 'bool' },
    {
      body: { speaker_tag_prompts_enabled: true },
    },
  ),
  call('GET /v1/search/overview', 'Nd', {
    starred: 'int',
    recaps: 'int',
    memories: 'int',
    people: 'int',
    places: 'int',
    folders: [{ id: 'string', name: 'string', icon: 'string', color: 'string', count: 'int' }],
  }),
  call(
    'POST /v1/users/analytics/memory_summary?memory_id={conversation}&value=1&reason=null',
    'Ad Nd',
    STATUS,
  ),
  call('GET /v1/users/analytics/memory_summary?memory_id={conversation}', 'Ad Nd', {
    has_rating: 'bool',
    rating: 'int',
  }),
  call(
    'POST /v1/calendar/meetings',
    'Ar Nd Md',
    { meeting_id: 'string', calendar_event_id: 'string', message: 'string' },
    {
      body: {
        calendar_event_id: 'event-1',
        calendar_source: 'system_calendar',
        title: 'Launch',
        start_time: '2026-03-02T10:00:00Z',
        end_time: '2026-03-02T10:30:00Z',
        platform: null,
        meeting_link: null,
        participants: [{ name: 'Dana', email: null }],
        notes: null,
      },
    },
  ),
];
