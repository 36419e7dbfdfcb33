import { type ClientCall, call } from '../client-call.ts';
import { APP, IMPORT_JOB, STATUS } from '../records.ts';

/** Marks calls of the app store, the developer API and MCP. */
function store(calls: readonly ClientCall[]): ClientCall[] {
  return calls.map((one) => ({ ...one, store: true as const }));
}

const DEV = { key: 'dev' } as const;
const MCP = { key: 'mcp' } as const;
const PLUGIN = { key: 'app' } as const;
const KEY = { id: 'string', name: 'string', key_prefix: 'string', created_at: 'date' } as const;
const ITEM = { id: 'string', description: 'string', completed: 'bool' } as const;
const FACT = { id: 'string', content: 'string', category: 'string', visibility: 'string' } as const;
const TALK = { id: 'string', created_at: 'date', structured: 'object' } as const;
const AIM = { id: 'string', title: 'string', goal_type: 'string', target_value: 'number' } as const;
const PERSONA = {
  id: 'string',
  uid: 'string',
  name: 'string',
  username: 'string?',
  description: 'string',
  image: 'string',
  category: 'string',
  capabilities: 'list',
  persona_prompt: 'string?',
  approved: 'bool',
  status: 'string',
  private: 'bool',
  author: 'string',
  email: 'string?',
  created_at: 'date',
  updated_at: 'date',
  public_memories_count: 'int?',
} as const;
const OF_USER = 'uid={uid}';

/** The app store, the developer API with its command line, MCP and plugins. */
export const STORE_CALLS = store([
  call('GET /v2/apps?category=productivity', 'Ad Nd', {}),
  call('GET /v2/apps/search?q=summary', 'Ad Nd Md Wd', { data: 'list' }),
  call('GET /v2/apps/search?my_apps=true', 'Ad Nd Wd', { data: 'list' }),
  call('GET /v2/apps/capability/memories/grouped', 'Ad Nd', { groups: 'list' }),
  call('GET /v1/apps', 'Md Id', 'list'),
  call('GET /v1/apps/{app}', 'Ad Nd Md Wd', APP),
  call('GET /v1/apps/enabled?desktop', 'Md', 'list'),
  call('POST /v1/apps/enable?app_id={app}', 'Ad Nd Md Wd Id', STATUS),
  call('POST /v1/apps/disable?app_id={app}', 'Ad Nd Md Wd Id', STATUS),
  call('GET /v1/app-categories', 'Ad Nd Md Wd', [{ id: 'string', title: 'string' }], {
    key: 'none',
  }),
  call('GET /v1/app-capabilities', 'Ad Nd Md Wd', [{ id: 'string', title: 'string' }], {
    key: 'none',
  }),
  call('GET /v1/apps/{app}/reviews', 'Mr Ir', 'list', { key: 'none' }),
  call('GET /v1/apps/proactive-notification-scopes', 'Wr', 'list', { key: 'none', omiFails: true }),
  call('GET /v1/app/plans', 'Ar Nr Wr', 'list'),

  call('GET /v1/dev/keys', 'Ar Nr Wr', [KEY]),
  call('POST /v1/dev/keys', 'Ar Nr Wr', { ...KEY, key: 'string' }, { body: { name: 'laptop' } }),
  call('DELETE /v1/dev/keys/{new.devKey}', 'Ar Nr Wr', undefined, { takes: [204] }),
  call('GET /v1/mcp/keys', 'Ar Nr Wr Ir', [KEY]),
  call('POST /v1/mcp/keys', 'Ar Nr Wr Ir', { ...KEY, key: 'string' }, { body: { name: 'desk' } }),
  call('DELETE /v1/mcp/keys/{new.mcpKey}', 'Ar Nr Wr', undefined, { takes: [204] }),

  call('GET /v1/dev/user/memories?limit=25', 'Cd', [FACT], DEV),
  call(
    'POST /v1/dev/user/memories',
    'Cd',
    { ...FACT, scoring: 'string' },
    { body: { content: 'Has two cats' }, ...DEV },
  ),
  call('PATCH /v1/dev/user/memories/{new.memory}', 'Cd', FACT, {
    body: { content: 'Has three cats' },
    ...DEV,
  }),
  call('DELETE /v1/dev/user/memories/{new.memory}', 'Cd', { success: 'bool' }, DEV),
  call('GET /v1/dev/user/conversations?limit=25', 'Cd', [TALK], DEV),
  call('GET /v1/dev/user/conversations/{conversation}', 'Cd', TALK, DEV),
  call(
    'POST /v1/dev/user/conversations',
    'Cd',
    { id: 'string', status: 'string', discarded: 'bool' },
    {
      body: { text: 'We talked about the garden.', text_source: 'other_text' },
      ...DEV,
    },
  ),
  call(
    'POST /v1/dev/user/conversations/from-segments',
    'Cd',
    { id: 'string', status: 'string' },
    {
      body: { transcript_segments: [{ text: 'The garden.', start: 0, end: 1 }] },
      ...DEV,
    },
  ),
  call('PATCH /v1/dev/user/conversations/{conversation}', 'Cr', TALK, {
    body: { title: 'Garden' },
    ...DEV,
  }),
  call('DELETE /v1/dev/user/conversations/{new.conversation}', 'Cr', { success: 'bool' }, DEV),
  call('GET /v1/dev/user/action-items', 'Cd', [ITEM], DEV),
  call('POST /v1/dev/user/action-items', 'Cd', ITEM, {
    body: { description: 'Mow the lawn' },
    ...DEV,
  }),
  call('PATCH /v1/dev/user/action-items/{task}', 'Cd', ITEM, { body: { completed: true }, ...DEV }),
  call('DELETE /v1/dev/user/action-items/{new.task}', 'Cr', { success: 'bool' }, DEV),
  call('GET /v1/dev/user/goals', 'Cd', [AIM], DEV),
  call('POST /v1/dev/user/goals', 'Cd', AIM, {
    body: { title: 'Garden', target_value: 3 },
    ...DEV,
  }),
  call('PATCH /v1/dev/user/goals/{goal}/progress?current_value=1', 'Cd', AIM, DEV),
  call('GET /v1/dev/user/goals/{goal}', 'Cr', AIM, DEV),
  call('PATCH /v1/dev/user/goals/{goal}', 'Cr', AIM, { body: { title: 'Gardens' }, ...DEV }),
  call('GET /v1/dev/user/goals/{goal}/history', 'Cr', 'list', DEV),
  call('DELETE /v1/dev/user/goals/{new.goal}', 'Cr', {}, DEV),

  call('GET /v1/mcp/memories', 'Xd', 'list', MCP),
  call(
    'POST /v1/mcp/memories',
    'Xd',
    { content: 'string' },
    { body: { content: 'Plays chess' }, ...MCP },
  ),
  call('PATCH /v1/mcp/memories/{new.memory}?value=Plays go', 'Xd', undefined, MCP),
  call('DELETE /v1/mcp/memories/{new.memory}', 'Xd', undefined, MCP),
  call('GET /v1/mcp/conversations', 'Xd', 'list', MCP),
  call('GET /v1/mcp/conversations/{conversation}', 'Xd', { id: 'string' }, MCP),
  call('GET /v1/mcp/conversations/search?query=launch', 'Xd', 'list', MCP),
  call('POST /v1/mcp/sse', 'Xd', undefined, {
    body: { jsonrpc: '2.0', id: 1, method: 'ping', params: {} },
    ...MCP,
  }),

  call(
    'POST /v2/integrations/{plugin}/notification?message=Hello&uid={uid}',
    'Gd',
    undefined,
    PLUGIN,
  ),
  call(`POST /v2/integrations/{plugin}/user/conversations?${OF_USER}`, 'Gd', undefined, {
    body: { text: 'From the plugin.', text_source: 'other_text', text_source_spec: 'mail' },
    ...PLUGIN,
  }),
  call(`POST /v2/integrations/{plugin}/user/memories?${OF_USER}`, 'Gd', undefined, {
    body: { text: 'Sam likes tea.', text_source: 'other', memories: [{ content: 'Likes tea' }] },
    ...PLUGIN,
  }),
  call(`POST /v2/integrations/{plugin}/user/facts?${OF_USER}`, 'Gd', undefined, {
    body: { text: 'Sam likes tea.', text_source: 'other', facts: [{ content: 'Likes tea' }] },
    ...PLUGIN,
  }),
  call(`GET /v2/integrations/{plugin}/memories?${OF_USER}`, 'Gd', {}, PLUGIN),
  call(`GET /v2/integrations/{plugin}/conversations?${OF_USER}`, 'Gd', {}, PLUGIN),
  call(
    `POST /v2/integrations/{plugin}/search/conversations?${OF_USER}`,
    'Gd',
    {},
    {
      body: { query: 'launch' },
      ...PLUGIN,
    },
  ),
  call(`GET /v2/integrations/{plugin}/tasks?${OF_USER}`, 'Gd', {}, PLUGIN),
  call(`POST /v1/integrations/{plugin}/memories?${OF_USER}`, 'Gd', undefined, {
    body: { text: 'From the device.', text_source: 'other_text' },
    ...PLUGIN,
  }),
  call('POST /v1/integrations/notification', 'Gd', undefined, {
    body: { uid: '{uid}', aid: '{plugin}', message: 'Hello again' },
    ...PLUGIN,
  }),
  call('GET /v1/oauth/authorize?app_id={plugin}', 'Gd', undefined, {
    key: 'none',
    takes: [200, 302],
  }),
  call(
    'POST /v1/oauth/token',
    'Gd',
    { uid: 'string', redirect_url: 'string' },
    { key: 'none', form: { app_id: '{plugin}', firebase_id_token: '{userToken}', state: 'x' } },
  ),
]);

/** Imports, and what belongs to the hosted business: refusals that the clients go on from. */
export const HOSTED_CALLS: readonly ClientCall[] = [
  call('POST /v1/import/limitless?language=en', 'Ar Nr', IMPORT_JOB, {
    file: { field: 'file', name: 'export.zip', holds: 'zip' },
  }),
  call('GET /v1/import/jobs?limit=50', 'Ar Nr', [IMPORT_JOB]),
  call('DELETE /v1/import/limitless/conversations', 'Ar Nr', {
    deleted_count: 'int',
    message: 'string',
  }),
  call('GET /v1/payments/available-plans', 'Ar Nr Mr Wr', { plans: 'list' }),
  call('GET /v1/payments/overage-info', 'Mr', undefined, { takes: [404] }),
  call('POST /v1/payments/checkout-session', 'Ar Nr Mr Wr', undefined, {
    body: { price_id: 'p' },
    takes: [400],
  }),
  call('POST /v1/payments/upgrade-subscription', 'Ar Nr Mr Wr', undefined, {
    body: { price_id: 'p' },
    takes: [400],
  }),
  call('DELETE /v1/payments/subscription', 'Ar Nr Wr', undefined, { body: {}, takes: [400] }),
  call('POST /v1/payments/customer-portal', 'Ar Nr Mr Wr', undefined, { takes: [400] }),
  call('GET /v1/apps/x/subscription', 'Ar Nr', {}),
  call('DELETE /v1/apps/x/subscription', 'Ar Nr', undefined, { takes: [404] }),
  call('POST /v1/stripe/connect-accounts?country=DE', 'Ar Nr', undefined, { takes: [400] }),
  call('GET /v1/stripe/onboarded', 'Ar Nr', { onboarding_complete: 'bool' }),
  call('GET /v1/stripe/supported-countries', 'Ar Nr', 'list'),
  call('POST /v1/paypal/payment-details', 'Ar Nr', undefined, {
    body: { email: 'a@b.c' },
    takes: [400],
  }),
  call('GET /v1/paypal/payment-details', 'Ar Nr'),
  call('GET /v1/payment-methods/status', 'Ar Nr', {
    stripe: 'string',
    paypal: 'string',
    default: 'string|null',
  }),
  call('POST /v1/payment-methods/default', 'Ar Nr', undefined, {
    body: { method: 'paypal' },
    takes: [400],
  }),
  call('POST /v1/phone/numbers/verify', 'Ar Nr', undefined, {
    body: { phone_number: '+491' },
    takes: [400],
  }),
  call('POST /v1/phone/numbers/verify/check', 'Ar Nr', undefined, {
    body: { phone_number: '+491' },
    takes: [400],
  }),
  call('GET /v1/phone/numbers', 'Ar Nr', { numbers: 'list' }),
  call('DELETE /v1/phone/numbers/x', 'Ar Nr', undefined, { takes: [404] }),
  call('POST /v1/phone/token', 'Ar Nr', undefined, { takes: [403] }),
  call('GET /v1/wrapped/2025', 'Ar Nr', { status: 'string', year: 'int' }),
  call('POST /v1/wrapped/2025/generate', 'Ar Nr', undefined, { takes: [400] }),
  call('GET /v1/announcements/changelogs?limit=5', 'Ar Nr', 'list', { key: 'none' }),
  call('POST /v1/announcements/x/dismiss', 'Ar Nr', undefined, {
    body: { cta_clicked: false },
    takes: [404],
  }),
  call(
    'GET /v2/firmware/latest?device_model=Omi CV 1&firmware_revision=3.0.0&hardware_revision=1&manufacturer_name=Omi',
    'Ad Nd',
    undefined,
    { key: 'none', takes: [404] },
  ),
  call('GET /v2/firmware/stable?device_model=Omi CV 1', 'Ar Nr', undefined, {
    key: 'none',
    takes: [404],
  }),
  call('GET /v1/trends', 'Pr', 'list', { key: 'none' }),
  call('GET /v1/public-memories', 'Pr', 'list', { key: 'none' }),
  call('GET /v1/fair-use/case/FU-1/status', 'Pr Wr', undefined, { key: 'none', takes: [404] }),
  call('PUT /v1/integrations/notion', 'Ar Nr', undefined, {
    body: { connected: true },
    takes: [400],
  }),
  call('GET /v1/integrations/google_calendar/oauth-url', 'Ar Nr Wr', undefined, { takes: [400] }),
  call(
    'PUT /v1/integrations/apple-health/sync',
    'Ar Nr',
    { status: 'string', app_key: 'string', synced_at: 'date', data_types_synced: ['string'] },
    { body: { period_days: 7, total_steps: 52_000, daily_steps: [{ date: '{today}', steps: 9 }] } },
  ),
  call('DELETE /v1/integrations/apple_health', 'Ar Nr Wr', undefined, { takes: [204] }),
  call(
    'PUT /v1/task-integrations/default',
    'Ar Nr',
    { default_app: 'string' },
    { body: { app_key: 'apple_reminders' } },
  ),
  call('PUT /v1/task-integrations/asana', 'Ar Nr', undefined, { body: {}, takes: [400] }),
  call('DELETE /v1/task-integrations/asana', 'Ar Nr', undefined, { takes: [404] }),
  call('GET /v1/task-integrations/asana/oauth-url', 'Ar Nr', undefined, { takes: [400] }),
  call('POST /v1/task-integrations/asana/tasks', 'Ar Nr', undefined, {
    body: { title: 'x' },
    takes: [404],
  }),
  call('GET /v1/task-integrations/asana/workspaces', 'Ar Nr', undefined, { takes: [404] }),
  call('GET /v1/task-integrations/asana/projects/1', 'Ar Nr', undefined, { takes: [404] }),
  call('GET /v1/task-integrations/clickup/teams', 'Ar Nr', undefined, { takes: [404] }),
  call('GET /v1/task-integrations/clickup/spaces/1', 'Ar Nr', undefined, { takes: [404] }),
  call('GET /v1/task-integrations/clickup/lists/1', 'Ar Nr', undefined, { takes: [404] }),
  call('POST /v1/personas', 'Mr', PERSONA, { body: { name: 'Anna', username: null } }),
  call('GET /v1/personas', 'Mr Ir', PERSONA),
  call('PATCH /v1/personas', 'Mr Ir', PERSONA, { body: { name: 'Anna B' }, omiFails: true }),
  call(
    'POST /v1/personas/generate-prompt',
    'Mr',
    { persona_prompt: 'string', description: 'string', memories_used: 'int' },
    { body: {}, omiFails: true },
  ),
  call(
    'GET /v1/personas/check-username?username=anna',
    'Mr',
    { available: 'bool', username: 'string' },
    { omiFails: true },
  ),
  call('DELETE /v1/personas', 'Mr', undefined, { omiFails: true }),
];
