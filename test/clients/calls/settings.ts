import { call } from '../client-call.ts';
import { STATUS } from '../records.ts';

const STATS = {
  transcription_seconds: 'int',
  words_transcribed: 'int',
  insights_gained: 'int',
  memories_created: 'int',
} as const;
const usage = (period: string) =>
  call(`GET /v1/users/me/usage?period=${period}`, 'Ad Nd Wd', { [period]: STATS });
const integration = (name: string) =>
  call(`GET /v1/integrations/${name}`, 'Ad Nd Wd', { connected: 'bool', app_key: 'string' });

/** Settings, usage, voice profile and the account. */
export const SETTING_CALLS = [
  call('GET /v4/speech-profile', 'Ad Nd', { url: 'string|null' }),
  call(
    'POST /v3/upload-audio',
    'Ad Nd',
    { url: 'string' },
    {
      file: { field: 'file', name: 'voice.wav', holds: 'wav' },
    },
  ),
  call('GET /v3/speech-profile/expand', 'Ar Nr', 'list'),
  call(
    'DELETE /v3/speech-profile/expand?memory_id={conversation}&segment_idx=0&person_id=null',
    'Ar Nr',
    STATUS,
  ),
  call('GET /v3/speech-profile/stt-availability', 'Nr', { available: 'bool' }),
  call(
    'PATCH /v1/users/profile',
    'Md',
    { uid: 'string', created_at: 'date' },
    {
      body: { name: 'Sam', motivation: 'remember', use_case: 'work', job: null, company: null },
      omiFails: true,
    },
  ),
  call(
    'PATCH /v1/users/transcription-preferences',
    'Ad Nd Md Wd Id',
    { ...STATUS, single_language_mode: 'bool', vocabulary: ['string'] },
    { body: { single_language_mode: false, vocabulary: ['Omi'] } },
  ),
  call('PATCH /v1/users/assistant-settings', 'Md Id', {}, { body: { shared: { cooldown: 5 } } }),
  call('GET /v1/users/notification-settings', 'Md', { enabled: 'bool', frequency: 'int' }),
  call(
    'PATCH /v1/users/notification-settings',
    'Mr',
    { enabled: 'bool', frequency: 'int' },
    {
      body: { enabled: true, frequency: 3 },
    },
  ),
  call('PATCH /v1/users/ai-profile', 'Md', {}, { body: { profile_text: 'Plans launches.' } }),
  call('GET /v1/users/ai-profile', 'Nd Md', {}),
  call('GET /v1/users/daily-summary-settings', 'Ad Nd Md Wd', { enabled: 'bool', hour: 'int' }),
  call('PATCH /v1/users/daily-summary-settings', 'Ad Nd Md Wd', STATUS, { body: { hour: 21 } }),
  call('GET /v1/users/mentor-notification-settings', 'Ad Nd', { frequency: 'int' }),
  call('PATCH /v1/users/mentor-notification-settings', 'Ar Nr', STATUS, { body: { frequency: 2 } }),
  call('GET /v1/users/store-recording-permission', 'Ad Nd Md Wd', {
    store_recording_permission: 'bool',
  }),
  call('POST /v1/users/store-recording-permission?value=true', 'Ar Nr Mr Wr', STATUS),
  call('DELETE /v1/users/store-recording-permission', 'Ar Nr', STATUS),
  call('POST /v1/users/private-cloud-sync?value=true', 'Ar Nr Mr', STATUS),
  call('POST /v1/users/training-data-opt-in', 'Ar Nr', STATUS),
  call('POST /v1/users/training-data-opt-in?web', 'Wr', STATUS, { body: { opted_in: true } }),
  call('DELETE /v1/users/fcm-token', 'Wr', STATUS, { body: { fcm_token: 'token' } }),
  call('PATCH /v1/users/onboarding?device', 'Nr', STATUS, {
    body: { device_onboarding_completed: true },
  }),
  call('PUT /v1/users/preferences/app?app_id={app}', 'Ad Nd', STATUS, { store: true }),
  usage('today'),
  usage('monthly'),
  usage('yearly'),
  usage('all_time'),
  call('POST /v1/users/me/llm-usage', 'Md', STATUS, {
    body: { input_tokens: 10, output_tokens: 5, model: 'x', cost_usd: 0.01, account: 'omi' },
  }),
  call('GET /v1/users/me/llm-usage/total', 'Md', { total_cost_usd: 'number' }),
  call(
    'POST /v1/users/me/byok-active',
    'Mr',
    { active: 'bool' },
    {
      body: { fingerprints: { deepgram: '0'.repeat(64) } },
    },
  ),
  call('DELETE /v1/users/me/byok-active', 'Mr', { active: 'bool' }),
  call('GET /v1/fair-use/status', 'Ad Nd Wd', {
    stage: 'string',
    limits: 'object',
    usage_pct: 'object',
    message: 'string',
  }),
  call('GET /v1/users/developer/webhooks/status', 'Ad Nd Wr', {
    audio_bytes: 'bool',
    memory_created: 'bool',
    realtime_transcript: 'bool',
    day_summary: 'bool',
  }),
  ...['memory_created', 'realtime_transcript', 'audio_bytes', 'day_summary'].map((type) =>
    call(`GET /v1/users/developer/webhook/${type}`, 'Ar Nr Wr', { url: 'string|null' }),
  ),
  call('POST /v1/users/developer/webhook/day_summary', 'Ar Nr Wr', STATUS, {
    body: { url: 'https://example.com/hook' },
  }),
  call('POST /v1/users/developer/webhook/day_summary/enable', 'Ar Nr Wr', STATUS),
  call('POST /v1/users/developer/webhook/day_summary/disable', 'Ar Nr Wr', STATUS),
  integration('google_calendar'),
  integration('whoop'),
  integration('notion'),
  integration('github'),
  integration('twitter'),
  integration('gmail'),
  integration('apple_health'),
  call('GET /v1/users/migration/requests?target_level=enhanced', 'Ar Nr', {
    needs_migration: 'list',
  }),
  call('POST /v1/users/migration/requests', 'Ar Nr', STATUS, {
    body: { target_level: 'enhanced' },
  }),
  call('POST /v1/users/migration/batch-requests', 'Ar Nr', STATUS, {
    body: { requests: [{ type: 'memory', id: '{memory}', target_level: 'enhanced' }] },
  }),
  call('POST /v1/users/migration/requests/data-protection-level/finalize', 'Ar Nr', STATUS, {
    body: { target_level: 'enhanced' },
  }),
  call('GET /v1/users/export', 'Ar Nr Wr', {
    profile: 'object',
    conversations: 'list',
    memories: 'list',
  }),
  call('DELETE /v3/memories', 'Ar Nr Mr', STATUS),
];

/** Ends the account, so it comes last. */
export const LAST_CALLS = [
  call('DELETE /v1/users/delete-account', 'Ar Nr Mr Wr Ir', STATUS, {
    body: { reason: 'other', reason_details: '' },
  }),
];
