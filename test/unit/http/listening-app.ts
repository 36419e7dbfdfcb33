import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppDirectory } from '../../../src/apps/app-directory.ts';
import { AppReviews } from '../../../src/apps/app-reviews.ts';
import { EnabledApps } from '../../../src/apps/enabled-apps.ts';
import { LocalAccounts } from '../../../src/auth/local-accounts.ts';
import { openDiskBlobStore } from '../../../src/blob/adapters/disk/disk-blob-store.ts';
import { BlobLinks } from '../../../src/blob/blob-links.ts';
import { buildHttpApp, type HttpAppOptions, type RoutePlugin } from '../../../src/http/app.ts';
import { FileLinks } from '../../../src/http/file-links.ts';
import { appStoreRoutes } from '../../../src/http/routes/apps/app-store.ts';
import { startupFeatureRoutes } from '../../../src/http/routes/apps/startup-features.ts';
import { startupIntegrationRoutes } from '../../../src/http/routes/apps/startup-integrations.ts';
import { peopleRoutes } from '../../../src/http/routes/people/people.ts';
import { speechProfileRoutes } from '../../../src/http/routes/people/speech-profile.ts';
import { userAccountRoutes } from '../../../src/http/routes/users/user-account.ts';
import { userAssistantRoutes } from '../../../src/http/routes/users/user-assistant.ts';
import { userNotificationRoutes } from '../../../src/http/routes/users/user-notifications.ts';
import { userPrivacyRoutes } from '../../../src/http/routes/users/user-privacy.ts';
import { userSettingsRoutes } from '../../../src/http/routes/users/user-settings.ts';
import { userUsageRoutes } from '../../../src/http/routes/users/user-usage.ts';
import type { Clock } from '../../../src/kernel/clock.ts';
import { createLogger, silentLogger } from '../../../src/kernel/logger.ts';
import { COLLECTIONS } from '../../../src/model/collections.ts';
import { PeopleService } from '../../../src/speakers/people-service.ts';
import { SpeechProfiles } from '../../../src/speakers/speech-profiles.ts';
import { SpeechSamples } from '../../../src/speakers/speech-samples.ts';
import { VoicePrints } from '../../../src/speakers/voice-prints.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { loadTranscript } from '../../../src/transcripts/transcript.ts';
import type { AccountSource } from '../../../src/transfer/account-export.ts';
import { AccountDeletion, type UserEraser } from '../../../src/users/account-deletion.ts';
import { UsageReports } from '../../../src/users/usage-report.ts';
import { UserService } from '../../../src/users/user-service.ts';
import { breakableCache } from '../../fixtures/breakable-cache.ts';

/** 2026-03-10T12:00:00Z. */
export const START = Date.UTC(2026, 2, 10, 12);

/** A store in a temporary folder with every collection that these tests touch. */
export async function openTestStore(): Promise<{ store: DocumentStore; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'http-test-'));
  const store = await openSqliteStore({
    path: join(directory, 'store.db'),
    collections: COLLECTIONS,
    durability: 'process',
    logger: silentLogger,
  });
  return {
    store,
    close: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** An answer, its body as text and, if it is JSON, parsed. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

export interface ListeningApp {
  url: string;
  store: DocumentStore;
  accounts: LocalAccounts;
  users: UserService;
  clock: Clock & { at: number };
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[];
  /** A user with a token of theirs. */
  signUp(name: string): Promise<{ uid: string; token: string }>;
  /** Sends a request; `body` is sent as JSON unless it is a string. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A real server on a free port, over a real store, with every route of these tests' subject. */
export async function listen(
  options: Partial<HttpAppOptions> & {
    extraRoutes?: RoutePlugin[];
    erasers?: UserEraser[];
    eraseRecordings?: UserEraser;
  } = {},
): Promise<ListeningApp> {
  const { store, close: closeStore } = await openTestStore();
  const clock: Clock & { at: number } = { at: START, now: () => clock.at };
  const accounts = new LocalAccounts({ store, clock });
  const userService = new UserService({ store, clock });
  const directory = await mkdtemp(join(tmpdir(), 'http-test-blobs-'));
  const blobs = await openDiskBlobStore({ directory, fsync: false });
  const blobLinks = new BlobLinks({ store: blobs, secret: new Uint8Array(32), clock });
  const samples = new SpeechSamples({ store, clock, blobs });
  const speechProfiles = new SpeechProfiles({ store, clock, blobs });
  const voicePrints = new VoicePrints({
    store,
    blobs,
    clock,
    model: null,
    minSpeechMs: 6_000,
    profiles: speechProfiles,
    samples,
    logger: silentLogger,
  });
  const links = new FileLinks(blobLinks, null);
  const peopleService = new PeopleService({ store, clock, blobs });
  const usage = new UsageReports({
    store,
    clock,
    loadTranscript: (uid, conversation) => loadTranscript(store, uid, conversation),
  });
  const enabledApps = new EnabledApps({ store, cache: breakableCache(clock).cache, clock });
  const appDirectory = new AppDirectory({ store, enabled: enabledApps });
  const log: Record<string, unknown>[] = [];
  const {
    extraRoutes = [],
    erasers = [],
    eraseRecordings = async () => undefined,
    ...appOptions
  } = options;
  const app = buildHttpApp({
    userApiKeys: null,
    logger: createLogger(
      { level: 'info', revealPii: false },
      { write: (line: string) => log.push(JSON.parse(line)) },
    ),
    verifier: accounts,
    corsOrigins: [],
    health: async () => ({}),
    clock,
    routes: [
      userSettingsRoutes({ users: userService }),
      userPrivacyRoutes({ users: userService, recordings: { eraseUser: eraseRecordings } }),
      userNotificationRoutes({
        users: userService,
        notificationOutbox: { deviceAdded: async () => undefined },
      }),
      userAssistantRoutes({ users: userService }),
      userAccountRoutes({
        users: userService,
        deletion: new AccountDeletion({ store, erasers }),
        accountExport: accountOf(userService, peopleService),
      }),
      userUsageRoutes({ users: userService, usageReports: usage }),
      peopleRoutes({ people: peopleService, speechSamples: samples, voicePrints, links }),
      speechProfileRoutes({
        speechProfiles,
        speechSamples: samples,
        links,
        conversations: { get: () => Promise.reject(new Error('not asked here')) },
      }),
      appStoreRoutes({
        appDirectory,
        enabledApps,
        appReviews: new AppReviews({ store, clock, apps: appDirectory }),
        links,
      }),
      startupFeatureRoutes(),
      startupIntegrationRoutes(),
      ...extraRoutes,
    ],
    ...appOptions,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    store,
    accounts,
    users: userService,
    clock,
    log,
    signUp: async (name) => {
      const user = await accounts.createUser(name);
      const { token } = await accounts.createToken(user.id, 'test');
      return { uid: user.id, token };
    },
    call: (method, path, request = {}) => call(url, method, path, request),
    close: async () => {
      await app.close();
      await closeStore();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** An account that has a profile and people only. */
function accountOf(userService: UserService, peopleService: PeopleService): AccountSource {
  async function* nothing() {
    // Nothing to read.
  }
  return {
    profile: (uid) => userService.getUser(uid),
    async *people(uid) {
      yield* await peopleService.listPeople(uid);
    },
    conversations: nothing,
    memories: nothing,
    actionItems: nothing,
    chatMessages: nothing,
    chatFiles: nothing,
  };
}

async function call(
  url: string,
  method: string,
  path: string,
  { token, body, headers = {} }: CallOptions,
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
