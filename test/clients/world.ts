import { externalIntegrationSchema } from '../../src/model/apps/app.ts';
import { deviceFileName, deviceFiles } from '../e2e/device-files.ts';
import { syncFiles } from '../e2e/sync-client.ts';
import type { TestServer } from '../e2e/test-server.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import type { ClientCall } from './client-call.ts';
import type { AppServers } from './start-client-server.ts';

type Made = Record<string, unknown> & { id: string };

/** Answers that later calls take something from: part of the call, name of the thing, key in the answer. */
const LEARNT: readonly [RegExp, string, string][] = [
  [/^POST \/v1\/action-items\/cleanup\/preview/u, 'cleanup', 'session_id'],
  [/^POST \/v1\/staged-tasks$/u, 'stagedTask', 'id'],
  [/^POST \/v1\/action-items\/share/u, 'taskShare', 'token'],
  [/^POST \/v2\/messages\/share/u, 'chatShare', 'token'],
  [/^POST \/v2\/initial-message/u, 'message', 'id'],
  [/^POST \/v2\/desktop\/messages$/u, 'desktopMessage', 'id'],
  [/^POST \/v2\/sync-local-files/u, 'syncJob', 'job_id'],
  [/^POST \/v1\/users\/daily-summary-settings\/test/u, 'day', 'summary_id'],
  [/^POST \/v1\/apps\/\{app\}\/keys/u, 'appKey', 'id'],
];

/** What the calls are about: one user with one thing of each kind, and new ones for calls that delete. */
export class ClientWorld {
  readonly #server: TestServer;
  readonly #things: Map<string, string>;
  #made = 0;

  private constructor(server: TestServer) {
    this.#server = server;
    this.#things = new Map([
      ['uid', server.uid],
      ['userToken', server.token],
      ['today', new Date().toISOString().slice(0, 10)],
    ]);
  }

  static async open(server: TestServer, appServers: AppServers): Promise<ClientWorld> {
    const world = new ClientWorld(server);
    world.#set('mcpServer', appServers.mcpServer);
    const conversation = await world.#makeConversation();
    const read = await world.#api('GET', `/v1/conversations/${conversation}`);
    const segments = read.transcript_segments as { id: string }[];
    const structured = read.structured as { action_items: { description: string }[] };
    world.#set('conversation', conversation);
    world.#set('segment', segments[0]?.id);
    world.#set('otherSegment', segments[1]?.id);
    world.#set('inline', structured.action_items[0]?.description);
    for (const kind of ['memory', 'task', 'goal', 'folder', 'person', 'session']) {
      world.#set(kind, await world.#make(kind));
    }
    const message = await world.#api('POST', '/v2/desktop/messages', {
      text: 'The launch is on Tuesday.',
      sender: 'ai',
    });
    world.#set('message', message.id);
    const day = { date: world.#things.get('today') };
    const summary = await world.#api('POST', '/v1/users/daily-summary-settings/test', day);
    world.#set('day', summary.summary_id);
    await world.#openApps(appServers.manifest);
    await world.#record();
    return world;
  }

  /** The token for a kind of key; null: none is sent. */
  tokenFor(key: ClientCall['key']): string | null {
    if (key === 'none') return null;
    if (key === undefined) return this.#server.token;
    return this.#things.get(`${key}Token`) ?? '';
  }

  /** Puts things in the place of their names in braces. */
  async fill(text: string): Promise<string> {
    let filled = text;
    for (const [place, name = ''] of text.matchAll(/\{([\w.]+)\}/gu)) {
      filled = filled.replace(place, await this.#thing(name));
    }
    return filled;
  }

  /** The same for every text in a body. */
  async fillAll(value: unknown): Promise<unknown> {
    if (typeof value === 'string') return this.fill(value);
    if (Array.isArray(value)) {
      const filled: unknown[] = [];
      for (const one of value) filled.push(await this.fillAll(one));
      return filled;
    }
    if (typeof value !== 'object' || value === null) return value;
    const filled: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(value)) filled[key] = await this.fillAll(one);
    return filled;
  }

  /** Keeps what an answer names and later calls ask for. */
  async learn(call: string, answer: string): Promise<void> {
    for (const [pattern, name, key] of LEARNT) {
      if (!pattern.test(call) || !answer.startsWith('{')) continue;
      const found = (JSON.parse(answer) as Record<string, unknown>)[key];
      if (typeof found === 'string') this.#set(name, found);
    }
  }

  async #thing(name: string): Promise<string> {
    if (name === 'deviceFile') {
      this.#made += 1;
      return deviceFileName(Date.now() - 3_600_000 * (24 + this.#made), 'pcm16');
    }
    if (name.startsWith('new.')) return await this.#make(name.slice('new.'.length));
    return this.#things.get(name) ?? `no-${name}`;
  }

  async #make(kind: string): Promise<string> {
    this.#made += 1;
    const n = this.#made;
    if (kind === 'conversation') return await this.#makeConversation();
    if (kind === 'app') return await this.#makeApp(this.#server.uid, `Notes ${n}`);
    const [path, body] = NEW_THINGS[kind]?.(n) ?? [];
    if (path === undefined) throw new Error(`Nothing makes a ${kind}.`);
    return (await this.#api('POST', path, body)).id;
  }

  async #makeConversation(): Promise<string> {
    this.#made += 1;
    const made = await this.#api('POST', '/v1/conversations/from-segments', {
      transcript_segments: TALK,
      source: 'desktop',
      started_at: new Date(Date.now() - this.#made * 3_600_000).toISOString(),
      client_session_id: `world-${this.#made}`,
    });
    return made.id;
  }

  /** An app that reads and writes, enabled; and one key of each kind. */
  async #openApps(manifest: string): Promise<void> {
    const { context, uid } = this.#server;
    const actions = [
      'create_conversation',
      'create_facts',
      'read_memories',
      'read_conversations',
      'read_tasks',
    ];
    const plugin = await context.appAuthoring.create(
      uid,
      {
        name: 'Bridge',
        description: 'Brings things over.',
        capabilities: ['external_integration'],
        externalIntegration: externalIntegrationSchema.parse({
          actions: actions.map((action) => ({ action })),
          appHomeUrl: 'https://bridge.example/home',
          chatToolsManifestUrl: manifest,
        }),
      },
      null,
    );
    await context.appEnabling.enable(uid, plugin.id);
    this.#set('plugin', plugin.id);
    this.#set('appToken', (await context.appKeys.create(plugin.id)).secret);
    const dev = await this.#api('POST', '/v1/dev/keys', {
      name: 'cli',
      scopes: ['conversations', 'memories', 'action_items', 'goals'].flatMap((of) => [
        `${of}:read`,
        `${of}:write`,
      ]),
    });
    this.#set('devToken', dev.key);
    this.#set('mcpToken', (await this.#api('POST', '/v1/mcp/keys', { name: 'desk' })).key);
    const app = await this.#makeApp(uid, 'Notes');
    this.#set('app', app);
    // Another user, who has an app, too, and has reviewed the first one.
    const reviewer = await context.accounts.createUser('reviewer');
    const otherApp = await this.#makeApp(reviewer.id, 'Letters');
    await context.appAuthoring.judge(uid, otherApp, true);
    const said = { score: 5, review: 'Good', username: 'Eve' };
    await context.appReviews.write(reviewer.id, app, said, { mustExist: false });
    this.#set('reviewer', reviewer.id);
    this.#set('otherApp', otherApp);
    const { token } = await context.accounts.createToken(reviewer.id, 'test');
    const task = await this.#api('POST', '/v1/action-items', { description: 'Bring it' }, token);
    const shared = await this.#api(
      'POST',
      '/v1/action-items/share',
      { task_ids: [task.id] },
      token,
    );
    this.#set('otherShare', shared.token);
  }

  /** A conversation whose audio is kept, and a person of whom there is a sample. */
  async #record(): Promise<void> {
    const { context, uid } = this.#server;
    await this.#api('POST', '/v1/users/store-recording-permission?value=true');
    const talk = synthesise(
      [{ speaker: 1, text: 'The lighthouse needs a new roof before winter.' }],
      {
        leadMs: 300,
      },
    );
    const startAt = Math.floor(Date.now() / 1000 - 20 * 86_400) * 1000;
    const job = await syncFiles(this.#server, deviceFiles(talk.pcm, { startAt, fileMs: 60_000 }));
    this.#set('recorded', job.result?.new_memories[0]);
    const sampled = await this.#make('person');
    const sample = {
      origin: { conversationId: 'talk', segmentId: 'segment' },
      samples: talk.samples,
      sampleRate: 16_000,
      transcript: 'The lighthouse',
    };
    await context.speechSamples.add(uid, sampled, sample);
    this.#set('sampled', sampled);
  }

  async #makeApp(uid: string, name: string): Promise<string> {
    const draft = {
      name,
      description: 'Short notes.',
      capabilities: ['memories'],
      memoryPrompt: 'Write notes.',
      private: false,
    };
    return (await this.#server.context.appAuthoring.create(uid, draft, null)).id;
  }

  #set(name: string, value: unknown): void {
    if (typeof value === 'string') this.#things.set(name, value);
  }

  async #api(method: string, path: string, body?: unknown, token?: string): Promise<Made> {
    const answer = await this.#server.api(method, path, body, token);
    if (answer.status !== 200) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body as Made;
  }
}

const NEW_THINGS: Readonly<Record<string, (n: number) => [string, object]>> = {
  memory: (n) => ['/v3/memories', { content: `Likes tea number ${n}` }],
  task: (n) => ['/v1/action-items', { description: `Buy bread ${n}` }],
  goal: (n) => ['/v1/goals', { title: `Goal ${n}`, target_value: 10 }],
  folder: (n) => ['/v1/folders', { name: `Folder ${n}` }],
  person: (n) => ['/v1/users/people', { name: `Person ${n}` }],
  session: (n) => ['/v2/chat-sessions', { title: `Session ${n}` }],
  devKey: (n) => ['/v1/dev/keys', { name: `key ${n}` }],
  mcpKey: (n) => ['/v1/mcp/keys', { name: `key ${n}` }],
};

const TALK = [
  'I will send the new plan to the committee tomorrow.',
  'Good, we moved the launch of the garden project to Tuesday at ten.',
  'Please call the venue before Friday and ask for the price of the hall.',
].map((text, i) => ({
  text,
  speaker: `SPEAKER_0${i % 2}`,
  is_user: i % 2 === 0,
  start: i * 6,
  end: i * 6 + 5,
}));
