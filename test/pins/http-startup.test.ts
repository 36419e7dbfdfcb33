import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RestApp, startRestApp } from '../e2e/rest-app.ts';

let app: RestApp;
let token: string;

beforeAll(async () => {
  app = await startRestApp();
  token = (await app.signUp('ada')).token;
});
afterAll(() => app.close());

/** What a new user of the app is told when it starts, literally. */
it.each([
  ['GET', '/v1/users/onboarding', '{"completed":false,"acquisition_source":""}'],
  ['GET', '/v1/users/language', '{"language":null}'],
  ['GET', '/v3/speech-profile', '{"has_profile":false}'],
  ['GET', '/v4/speech-profile', '{"url":null}'],
  ['GET', '/v1/users/private-cloud-sync', '{"private_cloud_sync_enabled":false}'],
  ['GET', '/v1/users/training-data-opt-in', '{"opted_in":false,"status":null}'],
  [
    'GET',
    '/v1/users/transcription-preferences',
    '{"single_language_mode":false,"vocabulary":[],"language":"","languages":[],"stt_service":null}',
  ],
  ['GET', '/v1/users/people?include_speech_samples=true', '[]'],
  ['GET', '/v1/task-integrations', '{"integrations":{},"default_app":null}'],
  ['GET', '/v1/task-integrations/default', '{"default_app":null}'],
  ['GET', '/v1/integrations/notion', '{"connected":false,"app_key":"notion"}'],
  ['GET', '/v1/apps/enabled', '[]'],
  ['GET', '/v1/announcements/pending?app_version=1.0&platform=ios&trigger=app_launch', '[]'],
  ['POST', '/v1/agent/vm-ensure', '{"has_vm":false}'],
  ['POST', '/v1/agent/keepalive', '{"ok":false,"reason":"no_vm"}'],
  ['GET', '/v1/agent/vm-status', '{"has_vm":false}'],
  ['GET', '/v1/users/daily-summary-settings', '{"enabled":true,"hour":22}'],
  ['GET', '/v1/users/mentor-notification-settings', '{"frequency":0}'],
  ['GET', '/v1/users/notification-settings', '{"enabled":true,"frequency":3}'],
  ['GET', '/v1/users/store-recording-permission', '{"store_recording_permission":false}'],
  ['GET', '/v1/users/assistant-settings', '{}'],
  ['GET', '/v1/users/ai-profile', '{}'],
  [
    'GET',
    '/v1/fair-use/status',
    '{"stage":"none","case_ref":"","speech_hours_today":0,"speech_hours_3day":0,"speech_hours_weekly":0,"limits":{"daily_hours":0,"three_day_hours":0,"weekly_hours":0},"usage_pct":{"daily":0,"three_day":0,"weekly":0},"dg_budget":null,"message":"This server does not limit use."}',
  ],
  [
    'GET',
    '/v1/users/me/subscription',
    '{"subscription":{"plan":"unlimited","status":"active","current_period_end":null,"stripe_subscription_id":null,"current_price_id":null,"features":[],"cancel_at_period_end":false,"limits":{"transcription_seconds":null,"words_transcribed":null,"insights_gained":null,"memories_created":null,"chat_questions_per_month":null,"chat_cost_usd_per_month":null},"deprecated":false,"deprecation_message":null},"transcription_seconds_used":0,"transcription_seconds_limit":0,"words_transcribed_used":0,"words_transcribed_limit":0,"insights_gained_used":0,"insights_gained_limit":0,"memories_created_used":0,"memories_created_limit":0,"available_plans":[],"show_subscription_ui":false,"chat_quota_used":0,"chat_quota_unit":null,"chat_quota_percent":0,"chat_quota_allowed":true,"chat_quota_reset_at":null,"phone_call_quota":{"has_access":false,"is_paid":false,"monthly_limit":null,"monthly_used":0,"remaining":null,"max_duration_seconds":null,"allowed_countries":[],"reset_at":null}}',
  ],
  [
    'GET',
    '/v1/users/me/usage',
    '{"today":{"transcription_seconds":0,"words_transcribed":0,"insights_gained":0,"memories_created":0,"speech_seconds":0},"monthly":null,"yearly":null,"all_time":null,"history":[]}',
  ],
])('%s %s', async (method, path, body) => {
  const answer = await app.ask(method, path, { token });
  expect([answer.status, answer.text]).toEqual([200, body]);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
});

it('tells the profile of a new user', async () => {
  const answer = await app.ask('GET', '/v1/users/profile', { token });
  expect(answer.json).toMatchObject({
    name: 'ada',
    created_at: '2026-05-04T10:00:00.000Z',
    data_protection_level: 'standard',
  });
});

it('answers the public lists without sign-in, and nothing else', async () => {
  const categories = await app.ask('GET', '/v1/app-categories');
  expect(categories.json).toHaveLength(16);
  expect(categories.json).toContainEqual({ title: 'Other', id: 'other' });
  const capabilities = await app.ask('GET', '/v1/app-capabilities');
  expect((capabilities.json as { id: string }[]).map(({ id }) => id)).toEqual([
    'chat',
    'memories',
    'external_integration',
    'proactive_notification',
  ]);
  expect((await app.ask('GET', '/v2/apps')).status).toBe(200);
  expect((await app.ask('GET', '/v1/apps/enabled')).status).toBe(401);
});

it('answers a platform that there are no announcements for', async () => {
  const answer = await app.ask('GET', '/v1/announcements/pending?platform=pager', { token });
  expect([answer.status, answer.json]).toEqual([
    400,
    { detail: 'Invalid platform', code: 'bad-request' },
  ]);
});
