import { BLOB_ENGINES } from '../blob/registry.ts';
import { CACHE_ENGINES } from '../cache/registry.ts';
import type { Variables } from '../kernel/read-variables.ts';
import {
  amounts,
  choice,
  choices,
  flag,
  integer,
  numbers,
  numbersByName,
  optionalChoice,
  optionalText,
  optionalUrl,
  origins,
  secret,
  secretText,
  text,
  timeZone,
  url,
  words,
} from '../kernel/variable.ts';
import { SEARCH_ENGINES } from '../search/registry.ts';
import { STORE_ENGINES } from '../store/registry.ts';
import {
  DEFAULT_STT_SERVICE_NAMES,
  STT_PROVIDER_NAMES,
  STT_PROVIDERS,
  STT_SERVICE_NAMES,
} from '../stt/registry.ts';
import { LOCAL_MODELS_GROUP } from './local-model-variables.ts';
import { SCALING_GROUPS } from './scaling-variables.ts';
import { SIGN_IN_GROUP } from './sign-in-variables.ts';
import { SPOKEN_ANSWERS_GROUP } from './spoken-answers-variables.ts';
import { TELEMETRY_GROUPS } from './telemetry-variables.ts';
import { VOICE_GROUP } from './voice-variables.ts';

export const OPENAI_URL = 'https://api.openai.com/v1';

/** Variables of one subject, as one section of the documents. */
export interface VariableGroup {
  title: string;
  variables: Variables;
}

const ENGINES: readonly VariableGroup[] = [
  ...STORE_ENGINES,
  ...BLOB_ENGINES,
  ...CACHE_ENGINES,
  ...SEARCH_ENGINES,
];

/** The variables that belong to no provider and no engine, by subject. */
const GROUPS = {
  server: {
    title: 'Server',
    variables: {
      HOST: text({
        description:
          'Address to listen on. `0.0.0.0` opens the server to the network: put a TLS proxy in front of it.',
        fallback: '127.0.0.1',
      }),
      PORT: integer({
        description: 'Port to listen on; `0` takes a free one.',
        fallback: 8000,
        min: 0,
        max: 65535,
      }),
      PUBLIC_URL: optionalUrl({
        description: 'Address under which clients reach the server, if it is behind a proxy.',
        absent: 'made from HOST and PORT',
        schemes: ['http', 'https'],
      }),
      BASE_API_URL: optionalUrl({
        description: "Omi's name for PUBLIC_URL, which wins if both are set.",
        absent: 'see PUBLIC_URL',
        schemes: ['http', 'https'],
      }),
      ALLOWED_HOSTS: words({
        description:
          'Names under which a server that listens on this machine alone may be reached, besides `localhost`, addresses and the one of PUBLIC_URL: what a proxy or tunnel on this machine passes on. `*`: any.',
        fallback: 'none',
        form: /^(?:\*|[A-Za-z0-9._-]{1,253})$/,
        what: 'names of hosts',
      }),
      CORS_ORIGINS: origins({
        description: 'Web origins whose pages may call the HTTP API from a browser.',
        absent: 'none',
      }),
      MAX_SESSIONS: integer({
        description: 'Most listen sessions at a time; one more is refused with a reason.',
        fallback: 500,
        min: 1,
        max: 100_000,
      }),
      MAX_SESSIONS_PER_USER: integer({
        description: 'Most listen sessions of one user at a time.',
        fallback: 10,
        min: 1,
        max: 1000,
      }),
      AUDIO_BURST_MINUTES: integer({
        description:
          'Minutes of audio that a listen session may send at once, such as after a lost connection; what comes after it is read at four times real time. `0`: no limit.',
        fallback: 15,
        min: 0,
        max: 100_000,
      }),
    },
  },
  data: {
    title: 'Data and engines',
    variables: {
      DATA_DIR: text({
        description:
          'Directory that holds everything the server keeps; it is made if it is missing.',
        fallback: './data',
      }),
      MARKDOWN_DIR: optionalText({
        description:
          'Folder into which the conversations of the owner are mirrored as Markdown files, not encrypted (docs/markdown.md).',
        absent: 'no mirror',
      }),
      PRIVATE: flag({
        description:
          'Let nothing leave this machine: services whose address is not on it (127.0.0.0/8, ::1, localhost) are not used, whatever keys are set, and every connection that the process opens elsewhere is refused.',
        fallback: false,
      }),
      ALLOW_LOOPBACK_URLS: flag({
        description:
          'Let addresses that apps and users give (tools, webhooks) point at this machine, also by plain http. Off, they reach the public internet by https only: no private network and nothing of this machine.',
        fallback: false,
      }),
      UNDO_DELETE_MINUTES: integer({
        description:
          'Minutes for which conversations, tasks, memories and people that were deleted can be brought back; then they are erased with their audio. `0`: they are erased at once.',
        fallback: 10,
        min: 0,
        max: 10_080,
      }),
      WEBHOOK_RETRY_SECONDS: numbers({
        description:
          'Waits before the second, third … request of a webhook delivery that fails, seconds, each with up to a fifth of jitter; `none`: one request only.',
        fallback: '5,300,1800,7200,18000,36000,50400,72000,86400',
      }),
      DURABILITY: choice({
        description:
          'What accepted audio and stored words survive: `process`, the death of the process; `power`, the loss of power too (every commit is synced to the disk, which costs time).',
        fallback: 'process',
        allowed: ['process', 'power'],
      }),
      STORE: choice({
        description: 'Engine of the document store.',
        ...choicesOf(STORE_ENGINES),
      }),
      SEARCH: choice({
        description:
          'Engine of the search index: `sqlite`, words and vectors in embedded files; `pinecone`, words in embedded files and vectors at Pinecone.',
        ...choicesOf(SEARCH_ENGINES),
      }),
      CACHE: choice({
        description:
          'Engine of the cache: `in-process`, or `redis`, which several processes share. A Redis that does not answer is done without.',
        ...choicesOf(CACHE_ENGINES),
      }),
      BLOBS: choice({
        description: 'Engine of the blob store: `disk`, or `gcs`, Google Cloud Storage.',
        ...choicesOf(BLOB_ENGINES),
      }),
    },
  },
  encryption: {
    title: 'Encryption at rest',
    variables: {
      ENCRYPTION_SECRET: secretText({
        description:
          'Secret of at least 32 bytes from which the keys are derived that encrypt what users said (docs/encryption.md). Without it what was encrypted is lost.',
        absent: 'nothing is encrypted',
      }),
      ENCRYPTION_SECRET_PREVIOUS: secretText({
        description: 'The secret before, which still opens what was encrypted with it.',
        absent: 'none',
      }),
    },
  },
  auth: SIGN_IN_GROUP,
  audio: {
    title: 'Conversations and the audio log',
    variables: {
      CONVERSATION_TIMEOUT: integer({
        description:
          'Seconds of silence that end a conversation, if the client names no other number.',
        fallback: 120,
        min: 2,
        max: 14_400,
      }),
      DEFAULT_TIME_ZONE: timeZone({
        description: 'Zone of users whose client has not told theirs: "tomorrow" is counted in it.',
        absent: "the machine's zone",
      }),
      AUDIO_LOG_MAX_AGE_HOURS: integer({
        description:
          'Hours after which logged audio is deleted even if it could not be transcribed.',
        fallback: 72,
        min: 1,
        max: 87_600,
      }),
      AUDIO_LOG_MAX_MB: integer({
        description:
          'Most megabytes (2^20 bytes) that the audio log may take, shared fairly by the users who have audio in it: nobody who has no more than an equal part loses audio because of somebody else.',
        fallback: 2048,
        min: 16,
        max: 100_000_000,
      }),
      MIN_FREE_DISK_MB: integer({
        description:
          'New listen sessions are refused while the disk has less free space, in megabytes.',
        fallback: 200,
        min: 0,
        max: 100_000_000,
      }),
    },
  },
  models: LOCAL_MODELS_GROUP,
  stt: {
    title: 'Speech-to-text',
    variables: {
      STT_SERVICE_MODELS: choices({
        description:
          'Services for live speech-to-text, in order of preference: the first that serves the language is asked, the others replace it if it fails. Services whose provider is not set up are not used.',
        fallback: DEFAULT_STT_SERVICE_NAMES.join(','),
        allowed: STT_SERVICE_NAMES,
      }),
      STT_PREFER: optionalChoice({
        description:
          'Provider that is asked before the others, such as `local` for recognition on this machine.',
        absent:
          'the order of STT_SERVICE_MODELS; with PRIVATE `local`, if STT_SERVICE_MODELS is not set',
        allowed: STT_PROVIDER_NAMES,
      }),
      VAD_GATE_MODE: choice({
        description:
          'Whether silence is kept from the speech-to-text service, if the client does not say (`vad_gate`): `active`; `shadow`, only counted; `off`.',
        fallback: 'off',
        allowed: ['off', 'shadow', 'active'],
      }),
      VAD_DETECTOR: choice({
        description:
          'What tells speech from silence: `silero`, a small network that knows noise and music too; `webrtc`, which takes a hundredth of the time.',
        fallback: 'silero',
        allowed: ['silero', 'webrtc'],
      }),
      STT_DAILY_MINUTES_PER_USER: integer({
        description:
          'Minutes of audio a day (UTC) that are sent to speech-to-text for one user; the rest is kept and transcribed on the next day, so AUDIO_LOG_MAX_AGE_HOURS must be longer. `0`: no limit.',
        fallback: 0,
        min: 0,
        max: 100_000,
      }),
      STT_DAILY_MINUTES_PER_PROVIDER: amounts({
        description:
          'Minutes of audio a day (UTC) that are sent to one service for one user, such as `deepgram:600,soniox:120`; beyond them the next service is asked, and if none is left the rest is kept and transcribed on the next day. `0`: no limit.',
        absent: 'none has a limit of its own',
        names: STT_PROVIDER_NAMES,
        max: 100_000,
      }),
    },
  },
  voices: VOICE_GROUP,
  llm: {
    title: 'Language model',
    variables: {
      OPENAI_API_KEY: secret({
        description: 'Key of OpenAI, or of a server that speaks its protocol.',
        absent: 'conversations are processed by rules, search is by words',
      }),
      OPENAI_BASE_URL: url({
        description:
          'Address of the server, `/v1` included. A server other than OpenAI may need no key.',
        fallback: OPENAI_URL,
        schemes: ['https', 'http'],
      }),
      OPENAI_MODEL: text({
        description:
          'Language model, wherever none of the following four names another. `auto` is gpt-5.4-mini at OpenAI, and at any other server a model that it lists.',
        fallback: 'auto',
      }),
      OPENAI_MODEL_MEDIUM: text({
        description:
          'Model that structures conversations and writes summaries; `same` is the one of OPENAI_MODEL.',
        fallback: 'same',
      }),
      OPENAI_MODEL_SMALL: text({
        description: 'Model for memories, emotion and texts from elsewhere; `same` as above.',
        fallback: 'same',
      }),
      OPENAI_MODEL_NANO: text({
        description: 'Model for small choices, such as that of a folder; `same` as above.',
        fallback: 'same',
      }),
      OPENAI_MODEL_AGENT: text({
        description: 'Model that chats and calls tools; `same` as above.',
        fallback: 'same',
      }),
      LLM_PRICES: numbersByName({
        description:
          'US dollars for a million tokens by model, such as `{"gpt-5.4-mini":{"input":0.75,"cachedInput":0.075,"output":4.5}}`. The cost of a model that is not there is not known and reported as null.',
        absent: 'costs are not known',
        keys: ['input', 'cachedInput', 'output'],
        optional: ['cachedInput'],
      }),
      OPENAI_EMBEDDING_MODEL: text({
        description:
          'Model for search by meaning; `none` switches that off. `auto` is text-embedding-3-large at OpenAI, and at any other server an embedding model that it lists, if it lists one.',
        fallback: 'auto',
      }),
      OPENAI_VISION_MODEL: text({
        description:
          'Model that describes photos; `same` is the one of OPENAI_MODEL (with `auto`, a model that takes images, if one is listed), `none` leaves photos as they are.',
        fallback: 'same',
      }),
      CONVERSATION_SUMMARIZED_APP_IDS: choices({
        description:
          'Summary apps that are suggested for a conversation; a language model writes the summary of the first that fits, which is one more call a conversation. `none` leaves that to users who ask for it.',
        fallback: 'summary_assistant,action_item_extractor,insight_analyzer',
        allowed: ['summary_assistant', 'action_item_extractor', 'insight_analyzer', 'none'],
      }),
      DETECT_MODEL_SERVERS: flag({
        description:
          'At the first start, and in `doctor`, look for a model server on this machine (Ollama on port 11434, LM Studio on 1234, llama.cpp on 8080) and say how to use it, if no language model is configured.',
        fallback: true,
      }),
      OPENAI_TIMEOUT_MS: integer({
        description: 'Milliseconds after which one call is given up.',
        fallback: 60_000,
        min: 1000,
        max: 600_000,
      }),
    },
  },
  spokenAnswers: SPOKEN_ANSWERS_GROUP,
  ...SCALING_GROUPS,
  log: {
    title: 'Log',
    variables: {
      LOG_LEVEL: choice({
        description: 'Least severity that is logged. On a terminal it is `warn` if not set.',
        fallback: 'info',
        allowed: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      }),
      LOG_FORMAT: choice({
        description:
          'How it is logged: `json`, one object in a line; `text`, for people; `auto`, text on a terminal and JSON elsewhere.',
        fallback: 'auto',
        allowed: ['auto', 'json', 'text'],
      }),
      LOG_PII: flag({
        description: 'Log what people said and their names. For debugging only.',
        fallback: false,
      }),
    },
  },
  ...TELEMETRY_GROUPS,
} as const;

/** The same variables in one table. */
export const OWN_VARIABLES = {
  ...GROUPS.server.variables,
  ...GROUPS.data.variables,
  ...GROUPS.encryption.variables,
  ...GROUPS.auth.variables,
  ...GROUPS.audio.variables,
  ...GROUPS.models.variables,
  ...GROUPS.stt.variables,
  ...GROUPS.voices.variables,
  ...GROUPS.llm.variables,
  ...GROUPS.limits.variables,
  ...GROUPS.processes.variables,
  ...GROUPS.spokenAnswers.variables,
  ...GROUPS.log.variables,
  ...GROUPS.telemetry.variables,
};

/** Every variable that the server reads. The documents are generated from this table. */
export const VARIABLE_GROUPS: readonly VariableGroup[] = Object.entries(GROUPS).flatMap(
  ([name, group]): VariableGroup[] => {
    if (name === 'data') return [group, ...ENGINES.filter(hasVariables)];
    if (name !== 'stt') return [group];
    const declared = STT_PROVIDERS.map(({ variables }) => variables);
    return [{ ...group, variables: Object.assign({}, group.variables, ...declared) }];
  },
);

function hasVariables({ variables }: VariableGroup): boolean {
  return Object.keys(variables).length > 0;
}

/** The engines' names as the choices of a variable; the first is the default. */
function choicesOf(engines: readonly [{ name: string }, ...{ name: string }[]]) {
  return { fallback: engines[0].name, allowed: engines.map(({ name }) => name) };
}
