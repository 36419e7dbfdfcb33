import { resolve } from 'node:path';
import {
  type Environment,
  readValues,
  rejectProblems,
  textOf,
  type Values,
  type VariableName,
} from './values.ts';
import { DEEPGRAM_URL, OPENAI_URL, UNUSED_NAMES } from './variables.ts';

export type SttServiceModel = 'dg-nova-3' | 'dg-nova-2';

export interface DeepgramConfig {
  /** http(s) or ws(s), without a final slash; the vendor's path is appended. */
  baseUrl: string;
  /** True where the engine is the operator's own, which may need no key. */
  selfHosted: boolean;
  opusMode: 'ogg' | 'packets' | 'decode';
}

export interface OpenAiConfig {
  /** Includes `/v1`, without a final slash. */
  baseUrl: string;
  model: string;
  /** Null where search by meaning is switched off. */
  embeddingModel: string | null;
  timeoutMs: number;
}

/** What the server is told from outside, without the keys. A feature that is absent is null. */
export interface Config {
  server: {
    host: string;
    /** 0: a free port. */
    port: number;
    /** Null: made from the address that the server listens on. */
    publicUrl: string | null;
    corsOrigins: readonly string[];
    maxSessions: number;
    maxSessionsPerUser: number;
  };
  log: {
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
    revealPii: boolean;
  };
  /** Absolute. */
  dataDir: string;
  durability: 'process' | 'power';
  engines: {
    store: 'sqlite';
    search: 'sqlite';
    cache: 'in-process';
    blobs: 'disk';
    auth: 'local';
  };
  conversationTimeoutMs: number;
  /** IANA zone. */
  defaultTimeZone: string;
  audioLog: { maxAgeMs: number; maxBytes: number; minFreeDiskBytes: number };
  /** In order of preference; a service whose vendor is null cannot be used. */
  sttServiceModels: readonly SttServiceModel[];
  deepgram: DeepgramConfig | null;
  openai: OpenAiConfig | null;
  /** What the operator has set to no effect, for the log at the start. */
  notices: readonly string[];
}

/**
 * The configuration from an environment; `{}` gives a server that needs nothing. Throws one
 * `invalid-configuration` that lists every variable that is wrong, or half of a pair.
 */
export function readConfig(env: Environment): Config {
  const values = readValues(env);
  const deepgram = readDeepgram(values);
  const openai = readOpenAi(values);
  rejectProblems([
    ...encryptionProblems(env),
    ...selfHostedProblems(env, values),
    ...strayProblems(env, deepgram, 'DEEPGRAM_API_KEY or DEEPGRAM_BASE_URL', [
      'STT_SERVICE_MODELS',
      'DEEPGRAM_OPUS_MODE',
    ]),
    ...strayProblems(env, openai, 'OPENAI_API_KEY or OPENAI_BASE_URL', [
      'OPENAI_MODEL',
      'OPENAI_TIMEOUT_MS',
      ...(values.OPENAI_EMBEDDING_MODEL === 'none' ? [] : ['OPENAI_EMBEDDING_MODEL' as const]),
    ]),
  ]);
  return {
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL,
      corsOrigins: values.CORS_ORIGINS ?? [],
      maxSessions: values.MAX_SESSIONS,
      maxSessionsPerUser: values.MAX_SESSIONS_PER_USER,
    },
    log: { level: values.LOG_LEVEL, revealPii: values.LOG_PII },
    dataDir: resolve(values.DATA_DIR),
    durability: values.DURABILITY,
    engines: {
      store: values.STORE,
      search: values.SEARCH,
      cache: values.CACHE,
      blobs: values.BLOBS,
      auth: values.AUTH,
    },
    conversationTimeoutMs: values.CONVERSATION_TIMEOUT * 1000,
    defaultTimeZone:
      values.DEFAULT_TIME_ZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    audioLog: {
      maxAgeMs: values.AUDIO_LOG_MAX_AGE_HOURS * 3_600_000,
      maxBytes: values.AUDIO_LOG_MAX_MB * 2 ** 20,
      minFreeDiskBytes: values.MIN_FREE_DISK_MB * 2 ** 20,
    },
    sttServiceModels: values.STT_SERVICE_MODELS,
    deepgram,
    openai,
    notices: UNUSED_NAMES.filter((name) => env[name]).map(
      (name) => `${name} is set; this version does not use it.`,
    ),
  };
}

function readDeepgram(values: Values): DeepgramConfig | null {
  const ownUrl = values.DEEPGRAM_SELF_HOSTED_ENABLED ? values.DEEPGRAM_SELF_HOSTED_URL : null;
  const baseUrl = ownUrl ?? values.DEEPGRAM_BASE_URL;
  const selfHosted = baseUrl !== DEEPGRAM_URL;
  if (!selfHosted && values.DEEPGRAM_API_KEY === null) return null;
  return { baseUrl, selfHosted, opusMode: values.DEEPGRAM_OPUS_MODE };
}

function readOpenAi(values: Values): OpenAiConfig | null {
  const baseUrl = values.OPENAI_BASE_URL;
  if (baseUrl === OPENAI_URL && values.OPENAI_API_KEY === null) return null;
  return {
    baseUrl,
    model: values.OPENAI_MODEL,
    embeddingModel: values.OPENAI_EMBEDDING_MODEL === 'none' ? null : values.OPENAI_EMBEDDING_MODEL,
    timeoutMs: values.OPENAI_TIMEOUT_MS,
  };
}

/** Whoever sets the secret counts on encryption, so going on without it would betray them. */
function encryptionProblems(env: Environment): string[] {
  if (!env.ENCRYPTION_SECRET) return [];
  return [
    'ENCRYPTION_SECRET is set, but this version cannot encrypt what it stores; remove it to store data unencrypted.',
  ];
}

function selfHostedProblems(env: Environment, values: Values): string[] {
  const enabled = textOf(env, 'DEEPGRAM_SELF_HOSTED_ENABLED');
  const both = 'DEEPGRAM_SELF_HOSTED_ENABLED and DEEPGRAM_SELF_HOSTED_URL';
  if (values.DEEPGRAM_SELF_HOSTED_ENABLED && values.DEEPGRAM_SELF_HOSTED_URL === null) {
    return [`${both} belong together: the URL is missing.`];
  }
  if (enabled === undefined && values.DEEPGRAM_SELF_HOSTED_URL !== null) {
    return [`${both} belong together: set the first to true, or to false to keep the URL unused.`];
  }
  if (values.DEEPGRAM_SELF_HOSTED_ENABLED && values.DEEPGRAM_BASE_URL !== DEEPGRAM_URL) {
    return ['DEEPGRAM_BASE_URL and DEEPGRAM_SELF_HOSTED_URL both name an engine; set one of them.'];
  }
  return [];
}

/** A setting of a feature that is absent would go unheeded without a word. */
function strayProblems(
  env: Environment,
  feature: object | null,
  needed: string,
  names: readonly VariableName[],
): string[] {
  if (feature !== null) return [];
  return names
    .filter((name) => textOf(env, name) !== undefined)
    .map((name) => `${name} is set, but has no effect without ${needed}.`);
}
