import { createECDH, createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askChat, uploadFiles } from './chat-world.ts';
import { ListenClient } from './listen-client.ts';
import { type ApiRoute, bodyOf, documentedRoutes, queryOf } from './openapi-routes.ts';
import { deliveryOf, importOf, MARK, recordingOf, uploadOf, voiceOf } from './stored-things.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** Routes that answer without a token. Everything else must be 401. */
const PUBLIC_ROUTES = [
  'GET /metrics',
  'GET /v1/action-items/shared/{token}',
  'GET /v1/app-capabilities',
  'GET /v1/app-categories',
  'GET /v1/app/proactive-notification-scopes',
  'GET /v1/approved-apps',
  'GET /v1/apps/mcp/callback',
  'GET /v1/apps/mcp/client.json',
  'GET /v1/apps/proactive-notification-scopes',
  'GET /v1/apps/{app_id}/reviews',
  'GET /v1/auth/authorize',
  'GET /v1/auth/callback/google',
  'GET /v1/auth/issuer',
  'GET /v1/auth/issuer/callback',
  'GET /v1/auth/issuer/start',
  'GET /v1/blobs/{token}',
  'GET /v1/conversations/{id}/shared',
  'GET /v1/health',
  'GET /v1/oauth/authorize',
  'GET /v1/ready',
  'GET /v2/apps',
  'GET /v2/apps/capability/{capability_id}/grouped',
  'GET /v2/messages/shared/{token}',
  'POST /v1/auth/callback/apple',
  'POST /v1/auth/session',
  'POST /v1/auth/token',
  'POST /v1/oauth/token',
];

/** Routes that apps call with a key of theirs; another token is the wrong key. */
const FOR_APPS =
  /^\/(?:v2\/integrations\/|v1\/integrations\/(?:notification$|\{app_id\}\/memories))/;

/** What a route says of a request without a token; those for keys say it as Omi's server does. */
function missingHeader({ path }: ApiRoute): string {
  return path.startsWith('/v1/dev/user/') ||
    FOR_APPS.test(path) ||
    /^\/v1\/mcp\/(?!keys|connections)/.test(path)
    ? "Missing or invalid Authorization header. Must be 'Bearer API_KEY'"
    : 'Authorization header not found';
}

/** Path parameters that are no id of anybody's thing: a foreign one need not be refused. */
const NOT_AN_ID = [
  'GET /v1/integrations/{app_key}',
  'GET /v2/apps/capability/{capability_id}/grouped',
  // Each user has one webhook of a type.
  'GET /v1/users/developer/webhook/{type}',
  'POST /v1/users/developer/webhook/{type}',
  'POST /v1/users/developer/webhook/{type}/disable',
  'POST /v1/users/developer/webhook/{type}/enable',
];

/** Say `ok` of a thing that the caller does not have, as of one that is gone already. */
const OK_IF_NOT_THERE = [
  'DELETE /v1/staged-tasks/{id}',
  'DELETE /v1/focus-sessions/{id}',
  'DELETE /v1/advice/{id}',
];

/** Say 204 of a thing that the caller does not have, as of one that is gone already. */
const DELETES_WHAT_IS_NOT_THERE = [
  'DELETE /v1/dev/keys/{key_id}',
  'DELETE /v1/mcp/keys/{key_id}',
  'DELETE /v1/conversations/{id}',
  'DELETE /v1/users/people/{person_id}',
];

/** Take a file or a form, which is not sent here: they refuse the body, having looked at nobody's data. */
const UPLOADS = [
  'PATCH /v1/apps/{app_id}',
  'POST /v1/app/thumbnails',
  'POST /v1/apps',
  'POST /v1/auth/callback/apple',
  'POST /v1/auth/token',
  'POST /v1/oauth/token',
  'POST /v1/files',
  'POST /v1/imports',
  'POST /v1/stt/transcribe',
  'POST /v1/import/limitless',
  'POST /v1/sync-local-files',
  'POST /v2/files',
  'POST /v2/sync-local-files',
  'POST /v2/voice-message/transcribe',
  'POST /v2/voice-messages',
  'POST /v3/upload-audio',
];

/** Ends the caller's account: called by a user of its own. */
const DELETE_ACCOUNT = 'DELETE /v1/users/delete-account';

const NAME = 'Xanthippewren';
/** Fingerprint of a file that A has sent. */
const IMPORT_KEY = '5a'.repeat(32);

let server: TestServer;
let routes: ApiRoute[];
/** Ids of A's things, by what a parameter or field calls them. */
let samples: Record<string, string>;
let b: { uid: string; token: string };

async function userNamed(name: string): Promise<{ uid: string; token: string }> {
  const user = await server.context.accounts.createUser(name);
  const { token } = await server.context.accounts.createToken(user.id, 'test');
  return { uid: user.id, token };
}

async function made(method: string, path: string, body: unknown, token = server.token) {
  const answer = await server.api(method, path, body, token);
  expect(answer.status, `${method} ${path}`).toBe(200);
  return answer.body as Record<string, unknown> & { id: string };
}

/** A conversation of one user, completed. */
async function conversationOf(
  token: string,
  words: string,
): Promise<{ id: string; segment: string }> {
  const client = await ListenClient.connect(server.wsUrl, token, { custom_stt: 'enabled' });
  await client.ready();
  client.suggest([
    { text: `I will send the ${words} report to the committee tomorrow.`, start: 0, end: 5 },
    {
      text: `The ${words} project needs a new roof before the winter comes.`,
      start: 6,
      end: 11,
      speaker: 'SPEAKER_01',
    },
  ]);
  await client.until(() => client.segments.size === 2);
  const ended = await made('POST', '/v1/conversations', {}, token);
  await client.close();
  const conversation = ended.conversation as { id: string; transcript_segments: { id: string }[] };
  return { id: conversation.id, segment: conversation.transcript_segments[0]?.id ?? '' };
}

/** A program that a user has let in. */
async function connectionOf(uid: string): Promise<string> {
  const { connectorGrants } = server.context;
  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const place = { clientId: 'c', redirectUri: 'http://localhost/', resource: `${server.url}/mcp` };
  const scopes = ['memories:read' as const];
  const allowed = { ...place, uid, clientName: `The ${MARK} project`, scopes, challenge };
  const code = await connectorGrants.createCode(allowed);
  await connectorGrants.exchangeCode({ ...place, code, verifier });
  return (await connectorGrants.list(uid))[0]?.id ?? '';
}

/** A file that A has given to the main chat. */
async function fileOf(words: string): Promise<string> {
  const { body } = await uploadFiles(server, { 'notes.txt': words });
  const id = body[0]?.id ?? '';
  await askChat(server, 'What is in the file?', { files: [id] });
  return id;
}

/** A browser that gets A's notifications. */
async function subscriptionOf(): Promise<string> {
  const keys = createECDH('prime256v1').generateKeys('base64url');
  const subscription = {
    // An address, so that no name is looked up.
    endpoint: 'https://1.1.1.1/push',
    keys: { p256dh: keys, auth: Buffer.alloc(16, 1).toString('base64url') },
  };
  return (await made('POST', '/v1/push/subscriptions', subscription)).id;
}

/** A memory that A has deleted and can bring back. */
async function deletedMemoryOf(): Promise<string> {
  const { id } = await made('POST', '/v3/memories', { content: `Once liked ${MARK}.` });
  await made('DELETE', `/v3/memories/${id}`, undefined);
  return id;
}

beforeAll(async () => {
  server = await startTestServer();
  routes = await documentedRoutes(server.url);
  b = await userNamed('b');
  const conversation = await conversationOf(server.token, MARK);
  await made('PUT', `/v1/imports/${IMPORT_KEY}`, { conversation_id: conversation.id });
  const person = await made('POST', '/v1/users/people', { name: NAME });
  const memory = await made('POST', '/v3/memories', { content: `Likes ${MARK} very much.` });
  await made('POST', '/v1/personas', { name: `The ${MARK}` });
  const item = await made('POST', '/v1/action-items', {
    description: `Buy ${MARK} at the market`,
    conversation_id: conversation.id,
  });
  const message = await made('POST', '/v2/desktop/messages', {
    text: `The ${MARK} project needs a new roof.`,
    sender: 'ai',
  });
  const session = await made('POST', '/v2/chat-sessions', { title: `The ${MARK} project` });
  const folder = await made('POST', '/v1/folders', { name: `The ${MARK} project` });
  const goal = await made('POST', '/v1/goals', { title: `The ${MARK} project`, target_value: 3 });
  // By its date: without one, the hours after midnight would summarise the day before.
  const today = new Date().toISOString().slice(0, 10);
  const day = await made('POST', '/v1/users/daily-summary-settings/test', { date: today });
  await made('PATCH', '/v1/users/transcription-preferences', { vocabulary: [MARK] });
  await made('PATCH', '/v1/users/ai-profile', { profile_text: `About ${MARK}.` });
  await made('PUT', '/v1/integrations/apple-health/sync', { workouts: [{ name: MARK }] });
  await made('POST', '/v1/users/screen-activity?value=true', undefined);
  await made('POST', '/v1/screen-activity/sync', {
    rows: [{ id: 1, timestamp: new Date().toISOString(), ocrText: `The ${MARK} project` }],
  });
  await made('PATCH', '/v1/users/geolocation', { latitude: 12.345678, longitude: 1 });
  await made('POST', '/v1/users/developer/webhook/memory_created', {
    url: `https://${MARK}.invalid/hook?of=${MARK} project`,
  });
  const app = await server.context.appAuthoring.create(
    server.uid,
    {
      name: `The ${MARK} project`,
      description: '',
      private: true,
      capabilities: ['chat'],
      chatPrompt: `About the ${MARK} project`,
    },
    null,
  );
  samples = {
    app: app.id,
    appKey: (await server.context.appKeys.create(app.id)).id,
    proposal: (await made('POST', '/v1/staged-tasks', { description: `Order ${MARK}` })).id,
    focus: (
      await made('POST', '/v1/focus-sessions', {
        status: 'focused',
        app_or_site: `The ${MARK} project`,
        description: 'Writing',
      })
    ).id,
    advice: (await made('POST', '/v1/advice', { content: `Rest from the ${MARK} project.` })).id,
    meeting: String(
      (
        await made('POST', '/v1/calendar/meetings', {
          calendar_event_id: 'event',
          title: `The ${MARK} project`,
          start_time: '2026-01-01T10:00:00Z',
          end_time: '2026-01-01T11:00:00Z',
        })
      ).meeting_id,
    ),
    importJob: await importOf(server.context, server.uid),
    upload: await uploadOf(server.context, server.uid, `${MARK}.bin`),
    webhook: 'dev_memory_created',
    delivery: await deliveryOf(server.context, server.uid, conversation.id),
    conversation: conversation.id,
    memory: memory.id,
    actionItem: item.id,
    person: person.id,
    segment: conversation.segment,
    message: message.id,
    session: session.id,
    folder: folder.id,
    device: (await server.context.accounts.createToken(server.uid, 'phone')).record.id,
    goal: goal.id,
    connection: await connectionOf(server.uid),
    key: (await made('POST', '/v1/dev/keys', { name: 'laptop' })).id,
    day: day.id,
    recording: await recordingOf(server.context, server.uid, conversation.id),
    subscription: await subscriptionOf(),
    deleted: await deletedMemoryOf(),
    voice: await voiceOf(server.context, server.uid, conversation.id),
    file: await fileOf(`The ${MARK} project in a file.`),
  };
});
afterAll(async () => {
  const { length } = routes;
  console.info(
    `${length} routes: each without a token, with the ids of another user, and compared.`,
  );
  await server.stop();
});

/** The sample for a path parameter; a new kind of path has to be added here. */
function pathSample(route: ApiRoute, parameter: string): string {
  const { path } = route;
  const kinds: [RegExp, string, string][] = [
    [/^\/v1\/conversations\//, 'id', samples.conversation ?? ''],
    [/^\/v1\/conversations\//, 'version_id', samples.conversation ?? ''],
    [/^\/v1\/sync\/audio\//, 'conversation_id', samples.conversation ?? ''],
    [/^\/v1\/sync\/audio\//, 'audio_file_id', samples.recording ?? ''],
    [/^\/v2\/sync-local-files\//, 'job_id', samples.upload ?? ''],
    [/^\/v1\/conversations\//, 'segment_idx', '0'],
    [/^\/v1\/conversations\//, 'speaker_id', '0'],
    [/^\/v1\/conversations\//, 'idx', '0'],
    [/^\/v3\/memories\//, 'id', samples.memory ?? ''],
    [/^\/v1\/action-items\/shared\//, 'token', samples.actionItem ?? ''],
    [/^\/v1\/action-items\//, 'id', samples.actionItem ?? ''],
    [/^\/v1\/tools\/action-items\//, 'id', samples.actionItem ?? ''],
    [/^\/v2\/messages\/shared\//, 'token', samples.message ?? ''],
    [/^\/v[12]\/(?:desktop\/)?messages\//, 'id', samples.message ?? ''],
    [/^\/v2\/chat-sessions\//, 'id', samples.session ?? ''],
    [/^\/v1\/auth\/sessions\//, 'id', samples.device ?? ''],
    [/^\/v1\/(?:dev|mcp)\/keys\//, 'key_id', samples.key ?? ''],
    [/^\/v1\/mcp\/connections\//, 'connection_id', samples.connection ?? ''],
    [/^\/v1\/mcp\/conversations\//, 'conversation_id', samples.conversation ?? ''],
    [/^\/v1\/mcp\/memories\//, 'memory_id', samples.memory ?? ''],
    [/^\/v1\/dev\/user\/conversations\//, 'conversation_id', samples.conversation ?? ''],
    [/^\/v1\/dev\/user\/memories\//, 'memory_id', samples.memory ?? ''],
    [/^\/v1\/dev\/user\/action-items\//, 'action_item_id', samples.actionItem ?? ''],
    [/^\/v1\/dev\/user\/goals\//, 'goal_id', samples.goal ?? ''],
    [/^\/v1\/dev\/user\/daily-summaries\//, 'summary_id', samples.day ?? ''],
    [/^\/v1\/deletions\//, 'kind', 'memory'],
    [/^\/v1\/deletions\//, 'id', samples.deleted ?? ''],
    [/^\/v1\/server\/settings\//, 'provider', 'deepgram'],
    [/^\/v1\/push\/subscriptions\//, 'id', samples.subscription ?? ''],
    [/^\/v1\/folders\//, 'id', samples.folder ?? ''],
    [/^\/v1\/staged-tasks\//, 'id', samples.proposal ?? ''],
    [/^\/v1\/goals\//, 'id', samples.goal ?? ''],
    [/^\/v1\/focus-sessions\//, 'id', samples.focus ?? ''],
    [/^\/v1\/advice\//, 'id', samples.advice ?? ''],
    [/^\/v1\/calendar\/meetings\//, 'meeting_id', samples.meeting ?? ''],
    [/^\/v1\/users\/daily-summaries\//, 'id', samples.day ?? ''],
    [/^\/v1\/users\/people\//, 'person_id', samples.person ?? ''],
    [/^\/v1\/users\/people\//, 'index', '0'],
    [/^\/v1\/voices\/unknown\//, 'voice_id', samples.voice ?? ''],
    [/^\/v1\/speaker-tag-prompts\//, 'conversation_id', samples.conversation ?? ''],
    [/^\/v1\/speaker-tag-prompts\//, 'speaker_id', '0'],
    [/^\/v1\/integrations\//, 'app_key', 'apple_health'],
    [/^\/v1\/imports\//, 'import_id', IMPORT_KEY],
    [/^\/v1\/import\/jobs\//, 'job_id', samples.importJob ?? ''],
    [/^\/v1\/local-models\//, 'id', 'none'],
    [/^\/v1\/server\/users\//, 'id', server.uid],
    [/^\/v[12]\/(?:apps|integrations)\//, 'app_id', samples.app ?? ''],
    [/^\/v1\/apps\//, 'key_id', samples.appKey ?? ''],
    [/^\/v2\/apps\/capability\//, 'capability_id', 'memories'],
    [/^\/v1\/webhooks\//, 'webhook_id', samples.webhook ?? ''],
    [/^\/v1\/webhooks\//, 'delivery_id', samples.delivery ?? ''],
    [/^\/v1\/users\/developer\/webhook\//, 'type', 'day_summary'],
    // What only a signed link opens, see the test of links.
    [/^\/v1\/blobs\//, 'token', samples.conversation ?? ''],
  ];
  const found = kinds.find(([pattern, name]) => pattern.test(path) && name === parameter);
  if (!found) throw new Error(`No sample for {${parameter}} of ${route.name}: add one.`);
  return found[2];
}

/** Values of fields and query parameters that mean somebody's thing, by their names. */
function fieldSamples(): Record<string, unknown> {
  return {
    app_id: samples.app,
    aid: samples.app,
    prompt: 'Write three notes.',
    uid: server.uid,
    reviewer_uid: server.uid,
    manifest_url: 'https://127.0.0.1/manifest.json',
    // No route that is asked after this carries a key, so that the enrolment refuses nothing.
    fingerprints: { openai: '0'.repeat(64) },
    id: samples.actionItem,
    ids: [samples.actionItem],
    task_ids: [samples.actionItem],
    conversation_id: samples.conversation,
    memory_id: samples.memory,
    person_id: samples.person,
    segment_id: samples.segment,
    segment_ids: [samples.segment],
    token: samples.actionItem,
    folder_id: null,
    folder_ids: [samples.folder],
    move_to_folder_id: null,
    conversation_ids: [samples.conversation, 'none'],
    memory_ids: [samples.memory],
    date: '2026-01-01',
    started_at: '2026-01-01T10:00:00Z',
    finished_at: '2026-01-01T11:00:00Z',
    start: 0,
    end: 1,
    message_id: samples.message,
    message_ids: [samples.message],
    session_id: samples.session,
    file_ids: [samples.file],
    tool_name: 'get_memories_tool',
    params: {},
    // As OpenAI's protocol has them, and as the route for titles has them.
    messages: [{ role: 'user', content: 'Hello', text: 'Hello', sender: 'human' }],
    rows: [{ id: 1, timestamp: '2026-01-01T00:00:00Z', ocrText: 'Hello' }],
    rating: 1,
    query: MARK,
    assign_type: 'is_user',
    old_description: `Buy ${MARK} at the market`,
    platform: 'apple_reminders',
    image: '',
    values: [true],
  };
}

/** What would narrow a list to less than A's thing is not asked for. */
const WHOLE_LISTS: Record<string, Record<string, null>> = {
  '/v1/conversations': { person_id: null },
  '/v2/messages': { session_id: null },
  '/v3/memories': { conversation_id: null },
};

function querySamples({ path }: ApiRoute): Record<string, unknown> {
  return { ...fieldSamples(), ...WHOLE_LISTS[path] };
}

async function call(
  route: ApiRoute,
  token: string | null,
): Promise<{ status: number; text: string }> {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(pathSample(route, name)),
  );
  const body = bodyOf(route, fieldSamples());
  const response = await fetch(`${server.url}${path}?${queryOf(route, querySamples(route))}`, {
    method: route.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Everything of A's that the API can show. */
/** Reads that tell of the server as it is in that moment, not of A's things. */
const OF_THE_MOMENT = ['/v1/health', '/metrics', '/v1/server/checks', '/v1/server/users'];

async function everythingOfA(): Promise<Record<string, unknown>> {
  const shown: Record<string, unknown> = {};
  const reads = [
    ...routes
      .filter(({ method, path }) => method === 'GET' && !OF_THE_MOMENT.includes(path))
      .map((route) => ({ name: route.name, read: () => call(route, server.token) })),
  ];
  for (const { name, read } of reads) {
    const { status, text } = await read();
    // A link holds the time at which it was made, an event what has happened since.
    const lasting = text
      .replace(/"signed_url":"[^"]*"/g, '"signed_url":""')
      .replace(/^id: .*$/gm, '');
    shown[name] = { status, text: lasting };
  }
  return shown;
}

describe('every documented route', () => {
  it('is there, and every path parameter has a sample', () => {
    expect(routes.length).toBeGreaterThan(90);
    for (const route of routes) {
      for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) {
        expect(pathSample(route, name ?? ''), route.name).not.toBe('');
      }
    }
  });

  it('answers 401 without a token, unless it is on the list of public routes', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const { status, text } = await call(route, null);
      if (status !== 401) open.push(route.name);
      else
        expect(text, route.name).toBe(
          JSON.stringify({ detail: missingHeader(route), code: 'unauthenticated' }),
        );
    }
    expect(open.sort()).toEqual(PUBLIC_ROUTES);
  });

  it('answers 401 to a token that is not accepted', async () => {
    const made = await server.context.accounts.createToken(server.uid, 'revoked');
    await server.context.accounts.revokeToken(made.record.id);
    for (const token of [made.token, `omi_${'A'.repeat(43)}`, server.uid]) {
      for (const route of routes) {
        if (PUBLIC_ROUTES.includes(route.name)) continue;
        const refused = FOR_APPS.test(route.path) ? 403 : 401;
        expect((await call(route, token)).status, route.name).toBe(refused);
      }
    }
  });

  it('describes itself as public exactly where it is', () => {
    const described = routes.filter((route) => route.isPublic).map(({ name }) => name);
    expect(described.sort()).toEqual(PUBLIC_ROUTES);
  });

  it('shows B nothing of A, and changes nothing of A', async () => {
    const before = await everythingOfA();
    // The test would prove nothing if A did not see the marks.
    for (const name of [
      'GET /v1/conversations',
      'GET /v1/conversations/{id}',
      'GET /v3/memories',
      'GET /v2/messages',
      'GET /v2/chat-sessions/{id}',
      'GET /v1/action-items',
      'GET /v1/action-items/search',
      'GET /v1/tools/action-items',
      'GET /v1/tools/conversations',
      'GET /v1/tools/memories',
      'GET /v1/users/export',
      'GET /v1/users/transcription-preferences',
      'GET /v1/users/ai-profile',
      'GET /v1/folders',
      'GET /v1/folders/{id}',
      'GET /v1/goals/all',
      'GET /v1/users/daily-summaries',
      'GET /v1/apps/{app_id}',
      'GET /v1/personas',
      'GET /v1/webhooks',
      'GET /v1/webhooks/{webhook_id}',
      'GET /v1/users/daily-summaries/{id}',
      'GET /v1/sync/audio/{conversation_id}/{audio_file_id}',
      'GET /v1/dev/user/conversations',
      'GET /v1/dev/user/conversations/{conversation_id}',
      'GET /v1/dev/user/memories',
      'GET /v1/dev/user/action-items',
      'GET /v1/dev/user/folders',
      'GET /v1/dev/user/goals',
      'GET /v1/dev/user/goals/{goal_id}',
      'GET /v1/dev/user/daily-summaries',
      'GET /v1/mcp/memories',
      'GET /v1/mcp/connections',
      'GET /v1/mcp/conversations',
      'GET /v1/mcp/conversations/{conversation_id}',
      'GET /v1/mcp/conversations/search',
      'GET /v1/mcp/action-items',
    ]) {
      expect(JSON.stringify(before[name]), name).toContain(MARK);
    }
    expect(JSON.stringify(before['GET /v1/users/people/{person_id}'])).toContain(NAME);
    const throwaway = await userNamed('c');
    for (const route of routes) {
      const isLast = route.name === DELETE_ACCOUNT;
      const { status, text } = await call(route, isLast ? throwaway.token : b.token);
      // 503: what only a model writes or speaks, which this server has none of.
      const isUnwritten =
        status === 503 &&
        /^\/v1\/app\/generate|^\/v2\/chat\/completions|\/tts\/synthesize$/.test(route.path);
      if (!isUnwritten) expect(status, `${route.name}: ${text}`).toBeLessThan(500);
      // A sample that the route refuses to read would test nothing.
      if (!UPLOADS.includes(route.name)) {
        expect(status, `${route.name}: ${text}`).not.toBe(422);
      }
      if (DELETES_WHAT_IS_NOT_THERE.includes(route.name)) {
        expect([status, text], route.name).toEqual([204, '']);
      } else if (OK_IF_NOT_THERE.includes(route.name)) {
        expect([status, text], route.name).toEqual([200, '{"status":"ok"}']);
      } else if (route.path.includes('{') && !NOT_AN_ID.includes(route.name)) {
        // 403: a link that was never given out, and what only the owner of the server may do.
        const isForbidden =
          /^\/v[12]\/(?:blobs|local-models|server|apps|integrations(?!\/\{app_key))\//.test(
            route.path,
          );
        const refused = isForbidden ? 403 : 404;
        expect(status, `${route.name}: ${text}`).toBe(refused);
      }
      expect(text.includes(NAME), route.name).toBe(false);
      // What B has sent itself comes back to B; of A's own words there is always more around it.
      expect(text, route.name).not.toMatch(new RegExp(`${MARK} (report|project|very)`));
      expect(text, route.name).not.toContain('12.345678');
    }
    const after = await everythingOfA();
    for (const name of Object.keys(before)) expect(after[name], name).toEqual(before[name]);
  });
});

describe('a deleted account', () => {
  it('is not written on by a session that was live', async () => {
    const gone = await userNamed('gone');
    const { store, transcription } = server.context;
    const client = await ListenClient.connect(server.wsUrl, gone.token, { custom_stt: 'enabled' });
    await client.ready();
    client.suggest([{ text: 'Before the end.', start: 0, end: 1 }]);
    await client.until(() => client.segments.size === 1);
    const deleted = await server.api('DELETE', '/v1/users/delete-account', {}, gone.token);
    expect(deleted.status).toBe(200);
    if (client.socket.readyState === client.socket.OPEN) {
      client.suggest([{ text: 'After the end.', start: 20, end: 21 }]);
    }
    await client.until(() => client.closed !== undefined);
    expect(client.closed).toEqual({ code: 1008, reason: 'The account was deleted' });
    await expect.poll(() => transcription.sessionCount).toBe(0);
    expect(await store.listOwners()).not.toContain(gone.uid);
    await expect(ListenClient.connect(server.wsUrl, gone.token, {})).rejects.toThrow('403');
  });
});

describe("ids of other users inside one's own things", () => {
  it('cannot be shared, nor their words be taken over', async () => {
    const shared = await server.api(
      'POST',
      '/v1/action-items/share',
      { task_ids: [samples.actionItem] },
      b.token,
    );
    expect(shared.status).toBe(404);
    const list = await server.api('GET', '/v1/action-items', undefined, b.token);
    expect(JSON.stringify(list.body)).not.toContain(samples.actionItem);
  });

  it("cannot be named as a speaker of one's own conversation", async () => {
    const own = await conversationOf(b.token, 'unremarkable');
    const before = await server.api('GET', `/v1/users/people/${samples.person}`);
    const assigned = await server.api(
      'PATCH',
      `/v1/conversations/${own.id}/segments/assign-bulk`,
      { segment_ids: [own.segment], assign_type: 'person_id', value: samples.person },
      b.token,
    );
    expect(assigned).toEqual({
      status: 404,
      body: { detail: 'Person not found', code: 'not-found' },
    });
    const read = await server.api('GET', `/v1/conversations/${own.id}`, undefined, b.token);
    expect(JSON.stringify(read.body)).not.toContain(NAME);
    expect(JSON.stringify(read.body)).not.toContain(samples.person);
    await server.api(
      'PATCH',
      `/v1/conversations/${own.id}/visibility?value=shared`,
      undefined,
      b.token,
    );
    const open = await server.api('GET', `/v1/conversations/${own.id}/shared`, undefined, '');
    expect(JSON.stringify(open.body)).not.toContain(NAME);
    expect(await server.api('GET', `/v1/users/people/${samples.person}`)).toEqual(before);
  });

  it("do not change another's segments when they come over the live socket", async () => {
    const before = await server.api('GET', `/v1/conversations/${samples.conversation}`);
    const client = await ListenClient.connect(server.wsUrl, b.token, { custom_stt: 'enabled' });
    await client.ready();
    client.socket.send(
      JSON.stringify({
        type: 'speaker_assigned',
        speaker_id: 0,
        person_id: samples.person,
        person_name: NAME,
        segment_ids: [samples.segment],
      }),
    );
    client.socket.send(
      JSON.stringify({
        type: 'suggested_transcript',
        segments: [
          {
            id: samples.segment,
            text: 'Overwritten.',
            start: 0,
            end: 1,
            is_user: false,
            person_id: samples.person,
          },
        ],
      }),
    );
    await client.until(() => client.segments.size === 1);
    expect([...client.segments.values()].map(({ person_id }) => person_id)).toEqual([null]);
    await client.close();
    expect(await server.api('GET', `/v1/conversations/${samples.conversation}`)).toEqual(before);
  });

  it('get no live frames of another user', async () => {
    const own = await ListenClient.connect(server.wsUrl, server.token, { custom_stt: 'enabled' });
    const other = await ListenClient.connect(server.wsUrl, b.token, { custom_stt: 'enabled' });
    await Promise.all([own.ready(), other.ready()]);
    own.suggest([{ text: `Only for me: ${MARK}.`, start: 0, end: 2 }]);
    await own.until(() => own.text().includes(MARK));
    await made('POST', '/v1/conversations', {});
    await own.until(() => own.events.some(({ type }) => type === 'memory_created'));
    other.suggest([{ text: 'I heard nothing of that.', start: 0, end: 2 }]);
    await other.until(() => other.text().includes('heard nothing'));
    expect(other.frames.join('\n')).not.toContain(MARK);
    await Promise.all([own.close(), other.close()]);
  });
});
