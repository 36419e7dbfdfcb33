import { resolve } from 'node:path';
import { type AuthConfig, authProblems, readAuth } from './auth-config.ts';
import { encryptionProblems } from './encryption-config.ts';
import {
  type PineconeConfig,
  pineconeNotices,
  pineconeProblems,
  readPinecone,
} from './pinecone-config.ts';
import { keepPrivate, SERVICE_VENDORS } from './private-mode.ts';
import { readScaling, type ScalingConfig, scalingProblems } from './scaling-config.ts';
import {
  type Environment,
  readValues,
  rejectProblems,
  textOf,
  type Values,
  type VariableName,
} from './values.ts';
import { DEEPGRAM_URL, OPENAI_URL, SONIOX_URL, SPEECHMATICS_URL } from './variables.ts';

export type SttServiceModel =
  | 'dg-nova-3'
  | 'dg-nova-2'
  | 'soniox-stt-rt'
  | 'speechmatics'
  | 'websocket';

export interface DeepgramConfig {
  /** http(s) or ws(s), without a final slash; the vendor's path is appended. */
  baseUrl: string;
  /** True where the engine is the operator's own, which may need no key. */
  selfHosted: boolean;
  opusMode: 'ogg' | 'packets' | 'decode';
}

/** A vendor that is reached by a key, or an engine of the operator's own. */
export interface SttVendorConfig {
  /** http(s) or ws(s), without a final slash; the vendor's path is appended. */
  baseUrl: string;
}

export interface OpenAiConfig {
  /** Includes `/v1`, without a final slash. */
  baseUrl: string;
  /** By how demanding the work is. */
  models: Readonly<Record<'medium' | 'small' | 'nano' | 'agent', string>>;
  /** Null where search by meaning is switched off. */
  embeddingModel: string | null;
  /** Null where photos are not described. */
  visionModel: string | null;
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
    /** Audio that one listen session may send at once, milliseconds; null: no limit. */
    maxAudioBurstMs: number | null;
  };
  log: {
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
    revealPii: boolean;
  };
  /** Absolute. */
  dataDir: string;
  /** Nothing may leave the machine; vendors elsewhere are null, whatever keys are set. */
  isPrivate: boolean;
  /** Addresses that apps and users give may point at this machine. */
  allowLoopbackUrls: boolean;
  durability: 'process' | 'power';
  /** What users said is encrypted before it is stored; the secret is in `Secrets`. */
  encryption: boolean;
  engines: {
    store: 'sqlite' | 'firestore';
    search: 'sqlite' | 'pinecone';
    cache: 'in-process' | 'redis';
    blobs: 'disk' | 'gcs';
    auth: 'local' | 'firebase' | 'oidc';
  };
  auth: AuthConfig;
  scaling: ScalingConfig;
  /** Null: what the machine's credentials say. */
  firestore: { projectId: string | null; databaseId: string | null };
  conversationTimeoutMs: number;
  /** IANA zone. */
  defaultTimeZone: string;
  audioLog: { maxAgeMs: number; maxBytes: number; minFreeDiskBytes: number };
  /** In order of preference; a service whose vendor is null cannot be used. */
  sttServiceModels: readonly SttServiceModel[];
  /** Summary apps that are suggested; empty: none is. */
  suggestedSummaryApps: readonly string[];
  vadGateMode: 'off' | 'shadow' | 'active';
  /** Audio that may be sent to speech-to-text for one user a day; null for no limit. */
  sttDailyBudgetMs: number | null;
  /** The same for each service by its name; one that is not there has no limit of its own. */
  sttProviderBudgetsMs: ReadonlyMap<string, number>;
  deepgram: DeepgramConfig | null;
  soniox: SttVendorConfig | null;
  speechmatics: SttVendorConfig | null;
  /** A service that speaks Omi's external custom STT; the URL is its whole address. */
  sttWebsocket: { url: string } | null;
  openai: OpenAiConfig | null;
  /** Where vectors live with `SEARCH=pinecone`. */
  pinecone: PineconeConfig | null;
  /** Where a key of a user's own is sent; null where nothing may leave the machine. */
  openaiForOwnKeys: OpenAiConfig | null;
  /** US dollars for a million tokens, by model. */
  llmPrices: ReadonlyMap<string, { input: number; cachedInput: number; output: number }>;
  /** What the operator has set to no effect, for the log at the start. */
  notices: readonly string[];
}

/**
 * The configuration from an environment; `{}` gives a server that needs nothing. Throws one
 * `invalid-configuration` that lists every variable that is wrong, or half of a pair.
 */
export function readConfig(env: Environment): Config {
  const values = readValues(env);
  const vendors = readVendors(values);
  const { openai } = vendors;
  const hasStt = STT_VENDORS.some((name) => vendors[name] !== null);
  const kept = keepPrivate(values, vendors, textOf(env, 'STT_SERVICE_MODELS') !== undefined);
  rejectProblems([
    ...kept.problems,
    ...encryptionProblems(values),
    ...selfHostedProblems(env, values),
    ...authProblems(values),
    ...pineconeProblems(values, Boolean(kept.vendors.openai?.embeddingModel)),
    ...scalingProblems(values),
    ...strayProblems(
      env,
      hasStt ? vendors : null,
      'DEEPGRAM_API_KEY, or the key or address of another service',
      ['STT_SERVICE_MODELS'],
    ),
    ...strayProblems(env, vendors.deepgram, 'DEEPGRAM_API_KEY or DEEPGRAM_BASE_URL', [
      'DEEPGRAM_OPUS_MODE',
    ]),
    ...strayProblems(env, openai, 'OPENAI_API_KEY or OPENAI_BASE_URL', [
      'OPENAI_MODEL',
      'OPENAI_MODEL_MEDIUM',
      'OPENAI_MODEL_SMALL',
      'OPENAI_MODEL_NANO',
      'OPENAI_MODEL_AGENT',
      'OPENAI_TIMEOUT_MS',
      ...(values.OPENAI_VISION_MODEL === 'none' ? [] : ['OPENAI_VISION_MODEL' as const]),
      ...(values.OPENAI_EMBEDDING_MODEL === 'none' ? [] : ['OPENAI_EMBEDDING_MODEL' as const]),
    ]),
  ]);
  return {
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? values.BASE_API_URL,
      corsOrigins: values.CORS_ORIGINS ?? [],
      maxSessions: values.MAX_SESSIONS,
      maxSessionsPerUser: values.MAX_SESSIONS_PER_USER,
      maxAudioBurstMs: values.AUDIO_BURST_MINUTES * 60_000 || null,
    },
    log: { level: values.LOG_LEVEL, revealPii: values.LOG_PII },
    dataDir: resolve(values.DATA_DIR),
    isPrivate: values.PRIVATE,
    allowLoopbackUrls: values.ALLOW_LOOPBACK_URLS,
    durability: values.DURABILITY,
    encryption: values.ENCRYPTION_SECRET !== null,
    engines: {
      store: values.STORE,
      search: values.SEARCH,
      cache: values.CACHE,
      blobs: values.BLOBS,
      auth: values.AUTH,
    },
    auth: readAuth(values),
    firestore: {
      projectId: values.FIREBASE_PROJECT_ID,
      databaseId: values.FIRESTORE_DATABASE,
    },
    scaling: readScaling(values),
    conversationTimeoutMs: values.CONVERSATION_TIMEOUT * 1000,
    defaultTimeZone:
      values.DEFAULT_TIME_ZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    audioLog: {
      maxAgeMs: values.AUDIO_LOG_MAX_AGE_HOURS * 3_600_000,
      maxBytes: values.AUDIO_LOG_MAX_MB * 2 ** 20,
      minFreeDiskBytes: values.MIN_FREE_DISK_MB * 2 ** 20,
    },
    sttServiceModels: values.STT_SERVICE_MODELS,
    suggestedSummaryApps: values.CONVERSATION_SUMMARIZED_APP_IDS.filter((id) => id !== 'none'),
    vadGateMode: values.VAD_GATE_MODE,
    sttDailyBudgetMs: values.STT_DAILY_MINUTES_PER_USER * 60_000 || null,
    sttProviderBudgetsMs: new Map(
      [...(values.STT_DAILY_MINUTES_PER_PROVIDER ?? [])]
        .filter(([, minutes]) => minutes > 0)
        .map(([provider, minutes]) => [provider, minutes * 60_000]),
    ),
    ...kept.vendors,
    pinecone: readPinecone(values),
    openaiForOwnKeys: values.PRIVATE ? kept.vendors.openai : openAiOf(values),
    llmPrices: pricesOf(values),
    notices: [...pineconeNotices(values), ...kept.notices, ...passedOver(env, values, vendors)],
  };
}

const STT_VENDORS = ['deepgram', 'soniox', 'speechmatics', 'sttWebsocket'] as const;

export type Vendors = Pick<Config, (typeof STT_VENDORS)[number] | 'openai'>;

/** What is configured, wherever it is. */
function readVendors(values: Values): Vendors {
  const { STT_WEBSOCKET_URL: url } = values;
  return {
    deepgram: readDeepgram(values),
    soniox: readVendor(values.SONIOX_BASE_URL, SONIOX_URL, values.SONIOX_API_KEY),
    speechmatics: readVendor(
      values.SPEECHMATICS_BASE_URL,
      SPEECHMATICS_URL,
      values.SPEECHMATICS_API_KEY,
    ),
    sttWebsocket: url === null ? null : { url },
    openai: readOpenAi(values),
  };
}

function readVendor(
  baseUrl: string,
  vendorUrl: string,
  apiKey: string | null,
): SttVendorConfig | null {
  return baseUrl === vendorUrl && apiKey === null ? null : { baseUrl };
}

/** Services that the operator has named, but given neither key nor address. */
function passedOver(env: Environment, values: Values, vendors: Vendors): string[] {
  if (textOf(env, 'STT_SERVICE_MODELS') === undefined) return [];
  return values.STT_SERVICE_MODELS.filter((name) => vendors[SERVICE_VENDORS[name]] === null).map(
    (name) => `STT_SERVICE_MODELS names ${name}, which has no key or address and is passed over.`,
  );
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
  return openAiOf(values);
}

function openAiOf(values: Values): OpenAiConfig {
  return {
    baseUrl: values.OPENAI_BASE_URL,
    models: modelsOf(values),
    embeddingModel: values.OPENAI_EMBEDDING_MODEL === 'none' ? null : values.OPENAI_EMBEDDING_MODEL,
    visionModel: visionModelOf(values),
    timeoutMs: values.OPENAI_TIMEOUT_MS,
  };
}

function modelsOf(values: Values): OpenAiConfig['models'] {
  const named = (name: string) => (name === 'same' ? values.OPENAI_MODEL : name);
  return {
    medium: named(values.OPENAI_MODEL_MEDIUM),
    small: named(values.OPENAI_MODEL_SMALL),
    nano: named(values.OPENAI_MODEL_NANO),
    agent: named(values.OPENAI_MODEL_AGENT),
  };
}

function pricesOf(values: Values): Config['llmPrices'] {
  const prices = new Map<string, { input: number; cachedInput: number; output: number }>();
  for (const [model, { input, cachedInput, output }] of values.LLM_PRICES ?? []) {
    if (input === undefined || output === undefined) continue;
    prices.set(model, { input, cachedInput: cachedInput ?? input, output });
  }
  return prices;
}

function visionModelOf(values: Values): string | null {
  const name = values.OPENAI_VISION_MODEL;
  if (name === 'none') return null;
  return name === 'same' ? values.OPENAI_MODEL : name;
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
