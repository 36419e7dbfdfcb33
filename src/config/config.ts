import { join, resolve } from 'node:path';
import type { SharedSettings } from '../kernel/engine-settings.ts';
import { AppError } from '../kernel/errors.ts';
import { type Environment, readVariables, textOf } from '../kernel/read-variables.ts';
import { AUTO_MODEL, DEFAULT_EMBEDDING_MODEL, DEFAULT_LANGUAGE_MODEL } from '../llm/registry.ts';
import type { ConfiguredSttProvider } from '../stt/provider-settings.ts';
import { STT_ENABLED_BY, STT_PROVIDERS } from '../stt/registry.ts';
import type { SttService } from '../stt/stt-service.ts';
import type { VoiceThresholds } from '../voices/match-voice.ts';
import { type AuthConfig, authProblems, readAuth } from './auth-config.ts';
import { encryptionProblems } from './encryption-config.ts';
import { type EnginesConfig, readEngines } from './engines-config.ts';
import { misspeltVariables } from './misspelt.ts';
import { keepPrivate } from './private-mode.ts';
import { readScaling, type ScalingConfig, scalingProblems } from './scaling-config.ts';
import {
  readSpokenAnswers,
  type SpokenAnswersConfig,
  spokenAnswersNotices,
} from './spoken-answers-config.ts';
import {
  readTelemetry,
  type TelemetryConfig,
  telemetryNotices,
  telemetryProblems,
} from './telemetry-config.ts';
import { rejectProblems, type Values } from './values.ts';
import { VARIABLE_NAMES } from './variable-names.ts';
import { OPENAI_URL, OWN_VARIABLES } from './variables.ts';

export interface OpenAiConfig {
  /** Includes `/v1`, without a final slash. */
  baseUrl: string;
  /** By how demanding the work is; `auto`: chosen from what the server lists, also below. */
  models: Readonly<Record<'medium' | 'small' | 'nano' | 'agent', string>>;
  /** Null if search by meaning is switched off. */
  embeddingModel: string | null;
  /** Null if photos are not described. */
  visionModel: string | null;
  timeoutMs: number;
}

/**
 * What the server is told from outside; a feature that is off is null. It may be shown: the keys of
 * speech providers and engines are masked, all others are in `Secrets`.
 */
export interface Config {
  server: {
    host: string;
    /** 0: a free port. */
    port: number;
    /** Null: made from the address that the server listens on. */
    publicUrl: string | null;
    /** Further names in `Host` that are this server's, `*` for any. */
    allowedHosts: readonly string[];
    corsOrigins: readonly string[];
    maxSessions: number;
    maxSessionsPerUser: number;
    /** Audio that one listen session may send at once, milliseconds; null: no limit. */
    maxAudioBurstMs: number | null;
  };
  log: {
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
    format: 'auto' | 'json' | 'text';
    revealPii: boolean;
  };
  /** Absolute. */
  dataDir: string;
  /** Folder of the Markdown mirror, absolute; null: there is none. */
  markdownDir: string | null;
  /** Folder of local models, absolute. */
  modelsDir: string;
  /** Where models are downloaded from, and the hosts that are asked without a proxy. */
  modelsHub: { mirror: string; noProxy: string | null };
  /** Nothing may leave the machine; vendors elsewhere are null, whatever keys are set. */
  isPrivate: boolean;
  /** Addresses that apps and users give may point at this machine. */
  allowLoopbackUrls: boolean;
  /** Addresses of Firebase Cloud Messaging and of Google's tokens, without a final slash. */
  fcm: { baseUrl: string; tokenBaseUrl: string };
  /** How long what was deleted can be brought back, milliseconds. */
  undoDeleteMs: number;
  /** Waits between the requests of a webhook delivery that fails, seconds. */
  webhookRetrySeconds: readonly number[];
  durability: 'process' | 'power';
  /** What users said is encrypted before it is stored; the secret is in `Secrets`. */
  encryption: boolean;
  engines: EnginesConfig & { auth: 'local' | 'firebase' | 'oidc' };
  auth: AuthConfig;
  scaling: ScalingConfig;
  /** Null: no traces and metrics are sent. */
  telemetry: TelemetryConfig | null;
  conversationTimeoutMs: number;
  /** IANA zone. */
  defaultTimeZone: string;
  audioLog: { maxAgeMs: number; maxBytes: number; minFreeDiskBytes: number };
  /** Speech providers that are on. */
  sttProviders: readonly ConfiguredSttProvider[];
  /** Services of these that may be asked, in order of preference. */
  sttServices: readonly SttService[];
  /** Summary apps that are suggested; empty: none is. */
  suggestedSummaryApps: readonly string[];
  vadGateMode: 'off' | 'shadow' | 'active';
  vadDetector: 'silero' | 'webrtc';
  voices: {
    /** Catalogue id or folder, `none` to switch it off; null: whatever was downloaded. */
    model: string | null;
    /** See `VoiceThresholds`. */
    thresholds: VoiceThresholds;
  };
  /** Audio that may be sent to speech-to-text for one user a day; null for no limit. */
  sttDailyBudgetMs: number | null;
  /** The same for each service by its name; one that is not there has no limit of its own. */
  sttProviderBudgetsMs: ReadonlyMap<string, number>;
  openai: OpenAiConfig | null;
  /** Where a key of a user's own is sent; null if nothing may leave the machine. */
  openaiForUserKeys: OpenAiConfig | null;
  /** The model that speaks; null: clients speak by themselves. */
  spokenAnswers: SpokenAnswersConfig | null;
  /** Whether to look for model servers on this machine if none is configured. */
  detectModelServers: boolean;
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
  const misspelt = misspeltVariables(env, VARIABLE_NAMES);
  // A name that is nearly right may be why another variable is missing.
  const reject = (problems: readonly string[]) =>
    rejectProblems(problems.length > 0 ? [...problems, ...misspelt] : []);
  const refused: string[] = [];
  const values = readVariables(env, OWN_VARIABLES, refused);
  const readEngine = readEngines(env, refused);
  const stt = STT_PROVIDERS.map((descriptor) => ({ descriptor, ...descriptor.read(env, refused) }));
  reject(refused);
  const vendors = {
    stt: stt.flatMap(({ provider }) => provider ?? []),
    openai: readOpenAi(values),
  };
  const namesServices = textOf(env, 'STT_SERVICE_MODELS') !== undefined;
  const services = namesServices ? values.STT_SERVICE_MODELS : [];
  const kept = values.PRIVATE
    ? keepPrivate(vendors, services)
    : { ...vendors, notices: [], problems: [] };
  const shared: SharedSettings = {
    dataDir: resolve(values.DATA_DIR),
    isPrivate: values.PRIVATE,
    googleProjectId: values.FIREBASE_PROJECT_ID,
    serviceAccountJson: values.SERVICE_ACCOUNT_JSON,
    hasEmbeddingModel: Boolean(kept.openai?.embeddingModel),
  };
  const engineProblems: string[] = [];
  const engines = readEngine.configure(values, shared, engineProblems);
  reject([
    ...kept.problems,
    ...encryptionProblems(values),
    ...authProblems(values),
    ...engineProblems,
    ...scalingProblems(values),
    ...telemetryProblems(values),
    ...strayProblems(env, hasServices(vendors.stt, services), STT_ENABLED_BY, [
      'STT_SERVICE_MODELS',
    ]),
    ...stt.flatMap(({ descriptor: { enabledBy, tuning }, provider, problems }) => [
      ...problems,
      ...strayProblems(env, provider !== null, enabledBy.join(' or '), tuning),
    ]),
    ...strayProblems(env, values.TTS_MODEL !== null, 'TTS_MODEL', [
      'TTS_BASE_URL',
      'TTS_API_KEY',
      'TTS_VOICE',
    ]),
    ...strayProblems(env, vendors.openai !== null, 'OPENAI_API_KEY or OPENAI_BASE_URL', [
      'OPENAI_MODEL',
      'OPENAI_MODEL_MEDIUM',
      'OPENAI_MODEL_SMALL',
      'OPENAI_MODEL_NANO',
      'OPENAI_MODEL_AGENT',
      'OPENAI_TIMEOUT_MS',
      ...(values.OPENAI_VISION_MODEL === 'none' ? [] : ['OPENAI_VISION_MODEL']),
      ...(values.OPENAI_EMBEDDING_MODEL === 'none' ? [] : ['OPENAI_EMBEDDING_MODEL']),
    ]),
  ]);
  if (!engines)
    throw new AppError('internal', 'Engine selection returned neither settings nor an error.');
  return {
    server: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? values.BASE_API_URL,
      allowedHosts: values.ALLOWED_HOSTS,
      corsOrigins: values.CORS_ORIGINS ?? [],
      maxSessions: values.MAX_SESSIONS,
      maxSessionsPerUser: values.MAX_SESSIONS_PER_USER,
      maxAudioBurstMs: values.AUDIO_BURST_MINUTES * 60_000 || null,
    },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT, revealPii: values.LOG_PII },
    dataDir: shared.dataDir,
    markdownDir: values.MARKDOWN_DIR ? resolve(values.MARKDOWN_DIR) : null,
    modelsDir: resolve(values.MODELS_DIR ?? join(values.DATA_DIR, 'models')),
    modelsHub: {
      mirror: values.MODELS_MIRROR,
      noProxy: values.NO_PROXY ?? textOf(env, 'no_proxy') ?? null,
    },
    isPrivate: values.PRIVATE,
    allowLoopbackUrls: values.ALLOW_LOOPBACK_URLS,
    fcm: { baseUrl: values.FCM_BASE_URL, tokenBaseUrl: values.GOOGLE_TOKEN_BASE_URL },
    undoDeleteMs: values.UNDO_DELETE_MINUTES * 60_000,
    webhookRetrySeconds: values.WEBHOOK_RETRY_SECONDS,
    durability: values.DURABILITY,
    encryption: values.ENCRYPTION_SECRET !== null,
    engines: { ...engines, auth: values.AUTH },
    auth: readAuth(values),
    scaling: readScaling(values, engines.blobs.traits.isShared),
    telemetry: readTelemetry(values),
    conversationTimeoutMs: values.CONVERSATION_TIMEOUT * 1000,
    defaultTimeZone:
      values.DEFAULT_TIME_ZONE ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    audioLog: {
      maxAgeMs: values.AUDIO_LOG_MAX_AGE_HOURS * 3_600_000,
      maxBytes: values.AUDIO_LOG_MAX_MB * 2 ** 20,
      minFreeDiskBytes: values.MIN_FREE_DISK_MB * 2 ** 20,
    },
    sttProviders: kept.stt,
    sttServices: inOrder(values, namesServices, kept.stt),
    suggestedSummaryApps: values.CONVERSATION_SUMMARIZED_APP_IDS.filter((id) => id !== 'none'),
    vadGateMode: values.VAD_GATE_MODE,
    vadDetector: values.VAD_DETECTOR,
    voices: {
      model: values.VOICE_MODEL,
      thresholds: {
        maxDistance: values.VOICE_MAX_DISTANCE,
        margin: values.VOICE_MARGIN,
        minSpeechMs: values.VOICE_MIN_SPEECH_SECONDS * 1000,
        newSpeakerDistance: values.VOICE_NEW_SPEAKER_DISTANCE,
      },
    },
    sttDailyBudgetMs: values.STT_DAILY_MINUTES_PER_USER * 60_000 || null,
    sttProviderBudgetsMs: new Map(
      [...(values.STT_DAILY_MINUTES_PER_PROVIDER ?? [])]
        .filter(([, minutes]) => minutes > 0)
        .map(([provider, minutes]) => [provider, minutes * 60_000]),
    ),
    openai: kept.openai,
    spokenAnswers: readSpokenAnswers(values),
    openaiForUserKeys: values.PRIVATE ? kept.openai : openAiOf(values),
    detectModelServers: values.DETECT_MODEL_SERVERS,
    llmPrices: pricesOf(values),
    notices: [
      ...misspelt,
      ...readEngine.notices(values),
      ...kept.notices,
      ...telemetryNotices(values),
      ...spokenAnswersNotices(values),
      ...notUsed(services, vendors.stt),
    ],
  };
}

/** True if a provider is on by the operator's will, or if one of these services is somebody's. */
function hasServices(on: readonly ConfiguredSttProvider[], named: readonly string[]): boolean {
  return on.some(
    ({ isImplicit, services }) => !isImplicit || services.some(({ name }) => named.includes(name)),
  );
}

/**
 * The services of these providers in the order in which they are asked: as the operator names them,
 * else the preferred provider first. With `PRIVATE` that is recognition on this machine.
 */
function inOrder(
  values: Values,
  namesServices: boolean,
  providers: readonly ConfiguredSttProvider[],
): SttService[] {
  const services = providers.flatMap((provider) => provider.services);
  const named = values.STT_SERVICE_MODELS.flatMap(
    (name) => services.find((service) => service.name === name) ?? [],
  );
  const isHere = new Set(providers.filter(({ address }) => address === null).map((p) => p.name));
  const isPreferred = ({ provider }: SttService) =>
    values.STT_PREFER === null
      ? values.PRIVATE && !namesServices && isHere.has(provider)
      : provider === values.STT_PREFER;
  return [...named.filter(isPreferred), ...named.filter((service) => !isPreferred(service))];
}

/** Services that the operator has named, but whose provider is off. */
function notUsed(services: readonly string[], on: readonly ConfiguredSttProvider[]): string[] {
  return services.flatMap((service) => {
    const owner = STT_PROVIDERS.find(({ serviceNames }) => serviceNames.includes(service));
    if (!owner || on.some(({ name }) => name === owner.name)) return [];
    const needed = owner.enabledBy.join(' or ');
    return [`STT_SERVICE_MODELS names ${service}, which is not used: set ${needed}.`];
  });
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
    embeddingModel:
      values.OPENAI_EMBEDDING_MODEL === 'none'
        ? null
        : nameOf(values, values.OPENAI_EMBEDDING_MODEL, DEFAULT_EMBEDDING_MODEL),
    visionModel: visionModelOf(values),
    timeoutMs: values.OPENAI_TIMEOUT_MS,
  };
}

/** OpenAI's models are known; those of other servers are chosen when it is seen what they have. */
function nameOf(values: Values, name: string, atOpenAi: string): string {
  const { hostname } = new URL(values.OPENAI_BASE_URL);
  const isOpenAi = hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com');
  return name === AUTO_MODEL && isOpenAi ? atOpenAi : name;
}

function modelsOf(values: Values): OpenAiConfig['models'] {
  const named = (name: string) =>
    nameOf(values, name === 'same' ? values.OPENAI_MODEL : name, DEFAULT_LANGUAGE_MODEL);
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
  return nameOf(values, name === 'same' ? values.OPENAI_MODEL : name, DEFAULT_LANGUAGE_MODEL);
}

/** A setting of a feature that is off is an error: without one it would silently have no effect. */
function strayProblems(
  env: Environment,
  isOn: boolean,
  needed: string,
  names: readonly string[],
): string[] {
  if (isOn) return [];
  return names
    .filter((name) => textOf(env, name) !== undefined)
    .map((name) => `${name} is set, but has no effect without ${needed}.`);
}
