import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../../../src/config/config.ts';
import { readEnvironment } from '../../../src/config/env.ts';
import { readSecrets } from '../../../src/config/secrets.ts';
import { VARIABLE_GROUPS } from '../../../src/config/variables.ts';
import { Secret } from '../../../src/kernel/secret.ts';

/** The settings of each speech provider that is on, by name. */
const sttSettings = (config: Config) =>
  Object.fromEntries(wanted(config).map(({ name, settings }) => [name, settings]));

/** Providers that the operator has asked for: recognition on this machine is always looked for. */
const wanted = (config: Config) => config.sttProviders.filter(({ isImplicit }) => !isImplicit);

const engine = (name: string, settings: object) => expect.objectContaining({ name, settings });

it('lets sign-ins lead back to apps alone', () => {
  const schemesOf = (value: string) =>
    readConfig({ AUTH_REDIRECT_SCHEMES: value }).auth.redirectSchemes;
  expect(schemesOf('omi, com.example.own,omi')).toEqual(['omi', 'com.example.own']);
  expect(schemesOf('none')).toEqual([]);
  for (const wrong of ['https', 'javascript', 'omi://', 'Omi', 'intent', 'omi,http']) {
    expect(() => schemesOf(wrong)).toThrow('AUTH_REDIRECT_SCHEMES must list schemes of apps');
  }
});

describe('readConfig', () => {
  it('needs nothing: every default is there and every feature is absent', () => {
    const { sttProviders, sttServices, ...config } = readConfig({});
    expect(sttProviders.map(({ name, isImplicit }) => [name, isImplicit])).toEqual([
      ['local', true],
    ]);
    expect(sttServices.map(({ name }) => name)).toEqual(['local']);
    expect(config).toEqual({
      server: {
        host: '127.0.0.1',
        port: 8000,
        publicUrl: null,
        allowedHosts: [],
        corsOrigins: [],
        maxSessions: 500,
        maxSessionsPerUser: 10,
        maxAudioBurstMs: 900_000,
      },
      log: { level: 'info', format: 'auto', revealPii: false },
      dataDir: resolve('data'),
      markdownDir: null,
      modelsDir: resolve('data/models'),
      modelsHub: { mirror: 'https://huggingface.co', noProxy: null },
      durability: 'process',
      undoDeleteMs: 600_000,
      fcm: {
        baseUrl: 'https://fcm.googleapis.com',
        tokenBaseUrl: 'https://oauth2.googleapis.com',
      },
      encryption: false,
      engines: {
        store: engine('sqlite', { path: resolve('data/store.sqlite') }),
        search: engine('sqlite', {}),
        cache: engine('in-process', {}),
        blobs: engine('disk', { directory: resolve('data/blobs') }),
        auth: 'local',
      },
      auth: {
        issuer: null,
        oidcClient: null,
        firebase: null,
        credentialsPath: null,
        google: null,
        apple: null,
        redirectSchemes: ['omi', 'omi-computer', 'omi-computer-dev'],
      },
      scaling: {
        rateLimits: { boost: 100, shadow: false },
        instanceTimeoutMs: 15_000,
        diskWaitMs: 600_000,
        shutdownMs: 15_000,
        drainMs: 0,
        shipAudioLog: false,
        audioChunkMs: 60_000,
      },
      detectModelServers: true,
      conversationTimeoutMs: 120_000,
      defaultTimeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
      audioLog: {
        maxAgeMs: 72 * 3_600_000,
        maxBytes: 2048 * 1024 * 1024,
        minFreeDiskBytes: 200 * 1024 * 1024,
      },
      isPrivate: false,
      allowLoopbackUrls: false,
      suggestedSummaryApps: ['summary_assistant', 'action_item_extractor', 'insight_analyzer'],
      webhookRetrySeconds: [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400],
      vadDetector: 'silero',
      vadGateMode: 'off',
      voices: {
        model: null,
        thresholds: {
          maxDistance: 0.6,
          margin: 0.1,
          minSpeechMs: 6_000,
          newSpeakerDistance: 0.55,
        },
      },
      sttDailyBudgetMs: null,
      sttProviderBudgetsMs: new Map(),
      openai: null,
      spokenAnswers: null,
      openaiForUserKeys: {
        baseUrl: 'https://api.openai.com/v1',
        models: {
          medium: 'gpt-5.4-mini',
          small: 'gpt-5.4-mini',
          nano: 'gpt-5.4-mini',
          agent: 'gpt-5.4-mini',
        },
        embeddingModel: 'text-embedding-3-large',
        visionModel: 'gpt-5.4-mini',
        timeoutMs: 60_000,
      },
      llmPrices: new Map(),
      telemetry: null,
      notices: [],
    });
  });

  it('takes an empty variable for one that is not set', () => {
    const empty = readConfig({ PORT: '', HOST: '  ', DEEPGRAM_API_KEY: '' });
    // Functions that are made anew are no difference.
    expect(JSON.stringify(empty)).toEqual(JSON.stringify(readConfig({})));
  });

  it('turns on what has a key', () => {
    const config = readConfig({
      DEEPGRAM_API_KEY: 'dg-key',
      STT_SERVICE_MODELS: 'dg-nova-2, dg-nova-3,dg-nova-2',
      OPENAI_API_KEY: 'oa-key',
      OPENAI_EMBEDDING_MODEL: 'none',
      OPENAI_TIMEOUT_MS: '5000',
    });
    expect(config.sttServices.map(({ name }) => name)).toEqual(['dg-nova-2', 'dg-nova-3']);
    expect(sttSettings(config)).toEqual({
      deepgram: {
        apiKey: expect.any(Secret),
        baseUrl: 'https://api.deepgram.com',
        opusMode: 'ogg',
      },
    });
    expect(config.openai).toEqual({
      baseUrl: 'https://api.openai.com/v1',
      models: {
        medium: 'gpt-5.4-mini',
        small: 'gpt-5.4-mini',
        nano: 'gpt-5.4-mini',
        agent: 'gpt-5.4-mini',
      },
      embeddingModel: null,
      visionModel: 'gpt-5.4-mini',
      timeoutMs: 5000,
    });
    expect(inspect(config, { depth: null })).not.toMatch(/dg-key|oa-key/);
  });

  it('needs no key for servers of your own', () => {
    const config = readConfig({
      DEEPGRAM_SELF_HOSTED_ENABLED: 'TRUE',
      DEEPGRAM_SELF_HOSTED_URL: 'ws://10.0.0.5:8080/',
      OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1/',
    });
    expect(sttSettings(config)).toMatchObject({
      deepgram: { apiKey: null, baseUrl: 'ws://10.0.0.5:8080' },
    });
    expect(config.openai?.baseUrl).toBe('http://127.0.0.1:11434/v1');
    const own = readConfig({ DEEPGRAM_BASE_URL: 'http://127.0.0.1:9' });
    expect(sttSettings(own)).toMatchObject({ deepgram: { baseUrl: 'http://127.0.0.1:9' } });
  });

  it('gives each engine its settings, with keys masked', () => {
    const { engines, scaling } = readConfig({
      STORE: 'firestore',
      FIREBASE_PROJECT_ID: 'my-project',
      CACHE: 'redis',
      REDIS_DB_HOST: 'redis.example',
      REDIS_DB_PASSWORD: 'hidden',
      BLOBS: 'gcs',
      BUCKET_SPEECH_PROFILES: 'voices',
      BUCKET_MEMORIES_RECORDINGS: 'recordings',
      BUCKET_PRIVATE_CLOUD_SYNC: 'other',
    });
    expect(engines.store.settings).toEqual({
      projectId: 'my-project',
      databaseId: null,
      serviceAccountJson: null,
    });
    expect(engines.store.traits.encryptsItself).toContain('memories');
    expect(engines.cache.settings).toMatchObject({ url: 'redis://redis.example:6379' });
    expect(engines.blobs.settings).toMatchObject({ buckets: { other: 'other', chatFiles: null } });
    // Files that other machines see are where the audio log goes, too.
    expect(scaling.shipAudioLog).toBe(true);
    expect(inspect(engines, { depth: null })).not.toContain('hidden');
  });

  it('lets no two engines read the same variable', () => {
    const names = VARIABLE_GROUPS.flatMap(({ variables }) => Object.keys(variables));
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps the URL of an engine that is switched off', () => {
    const env = {
      DEEPGRAM_SELF_HOSTED_ENABLED: 'false',
      DEEPGRAM_SELF_HOSTED_URL: 'http://10.0.0.5',
    };
    expect(wanted(readConfig(env))).toEqual([]);
  });

  it('reads lists, units and zones', () => {
    const config = readConfig({
      CORS_ORIGINS: 'https://a.example, http://localhost:3000',
      PUBLIC_URL: 'https://omi.example/prefix/',
      CONVERSATION_TIMEOUT: '30',
      DEFAULT_TIME_ZONE: 'Europe/Berlin',
      AUDIO_LOG_MAX_AGE_HOURS: '1',
      DURABILITY: 'power',
      LOG_PII: '1',
      STT_DAILY_MINUTES_PER_PROVIDER: ' deepgram:600, soniox:0 ',
    });
    expect(config.server.corsOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(config.server.publicUrl).toBe('https://omi.example/prefix');
    expect(config.conversationTimeoutMs).toBe(30_000);
    expect(config.defaultTimeZone).toBe('Europe/Berlin');
    expect(config.audioLog.maxAgeMs).toBe(3_600_000);
    expect(config.durability).toBe('power');
    expect([...config.sttProviderBudgetsMs]).toEqual([['deepgram', 36_000_000]]);
    expect(config.log.revealPii).toBe(true);
  });

  it.each([
    [
      { PORT: 'eighty' },
      /^The configuration is wrong\. PORT must be a whole number, 0 to 65535\.$/,
    ],
    [{ PORT: '65536' }, /PORT/],
    [{ LOG_PII: 'perhaps' }, /LOG_PII must be true or false/],
    [{ STORE: 'mongo' }, /STORE knows `sqlite`, `firestore` only\./],
    [{ SEARCH: 'pinecone' }, /SEARCH=pinecone needs PINECONE_INDEX_NAME/],
    [{ CACHE: 'memcached' }, /CACHE knows `in-process`, `redis` only/],
    [{ PRIVATE: 'true', CACHE: 'redis', REDIS_DB_HOST: 'redis.example' }, /Redis is on another/],
    [{ BLOBS: 'gcs', BUCKET_SPEECH_PROFILES: 'a' }, /needs BUCKET_MEMORIES_RECORDINGS, BUCKET_P/],
    [{ LINK_SECRET: 'short' }, /LINK_SECRET must have at least 32/],
    [{ DRAIN_SECONDS: '20' }, /DRAIN_SECONDS is part of SHUTDOWN_SECONDS/],
    [{ AUTH: 'firebase' }, /FIREBASE_PROJECT_ID/],
    [{ AUTH: 'oidc', OIDC_ISSUER: 'https://login.example' }, /OIDC_AUDIENCE/],
    [{ GOOGLE_CLIENT_ID: 'x' }, /GOOGLE_CLIENT_SECRET/],
    [{ APPLE_CLIENT_ID: 'x', APPLE_TEAM_ID: 'x' }, /APPLE_PRIVATE_KEY/],
    [{ PRIVATE: 'true', AUTH: 'firebase', FIREBASE_PROJECT_ID: 'x' }, /use AUTH=local/],
    [
      { STT_SERVICE_MODELS: 'dg-nova-9' },
      /STT_SERVICE_MODELS knows `dg-nova-3`, `dg-nova-2`, `soniox-stt-rt`, `speechmatics`, `websocket`, `local`, /,
    ],
    [
      {
        PRIVATE: 'true',
        DEEPGRAM_API_KEY: 'k',
        SONIOX_API_KEY: 'k',
        STT_SERVICE_MODELS: 'dg-nova-3,soniox-stt-rt',
      },
      /PRIVATE is set, but every service of STT_SERVICE_MODELS is on another machine: dg-nova-3, soniox-stt-rt\./,
    ],
    [{ STT_SERVICE_MODELS: 'websocket' }, /STT_SERVICE_MODELS is set, but has no effect/],
    [{ TTS_VOICE: 'heart' }, /TTS_VOICE is set, but has no effect without TTS_MODEL/],
    [{ DEEPGRAM_OPUS_MODE: 'ogg' }, /DEEPGRAM_OPUS_MODE .* DEEPGRAM_API_KEY or DEEPGRAM_BASE_URL/],
    [{ STT_SERVICE_MODELS: ',' }, /STT_SERVICE_MODELS names nothing/],
    [{ CORS_ORIGINS: 'https://a.example/path' }, /CORS_ORIGINS must list origins/],
    [{ DEFAULT_TIME_ZONE: 'Mars/Base' }, /DEFAULT_TIME_ZONE must be an IANA time zone/],
    [{ OPENAI_BASE_URL: 'ftp://x' }, /OPENAI_BASE_URL must be a URL \(https, http\)/],
    [
      { DEEPGRAM_SELF_HOSTED_ENABLED: 'true' },
      /DEEPGRAM_SELF_HOSTED_ENABLED and DEEPGRAM_SELF_HOSTED_URL belong together/,
    ],
    [
      { DEEPGRAM_SELF_HOSTED_URL: 'http://10.0.0.5' },
      /DEEPGRAM_SELF_HOSTED_ENABLED and DEEPGRAM_SELF_HOSTED_URL belong together/,
    ],
    [
      {
        DEEPGRAM_SELF_HOSTED_ENABLED: 'true',
        DEEPGRAM_SELF_HOSTED_URL: 'http://10.0.0.5',
        DEEPGRAM_BASE_URL: 'http://10.0.0.6',
      },
      /DEEPGRAM_BASE_URL and DEEPGRAM_SELF_HOSTED_URL both/,
    ],
    [{ STT_SERVICE_MODELS: 'dg-nova-3' }, /STT_SERVICE_MODELS .* DEEPGRAM_API_KEY/],
    [{ OPENAI_MODEL: 'gpt-5.4' }, /OPENAI_MODEL .* OPENAI_API_KEY or OPENAI_BASE_URL/],
    [{ STT_DAILY_MINUTES_PER_PROVIDER: 'deepgram' }, /STT_DAILY_MINUTES_PER_PROVIDER .*once/],
    [{ STT_DAILY_MINUTES_PER_PROVIDER: 'deepgram:-1' }, /STT_DAILY_MINUTES_PER_PROVIDER .*once/],
    [{ STT_DAILY_MINUTES_PER_PROVIDER: 'soniox:1,soniox:2' }, /STT_DAILY_MINUTES_PER_PROVIDER/],
    [{ STT_DAILY_MINUTES_PER_PROVIDER: 'nobody:1' }, /STT_DAILY_MINUTES_PER_PROVIDER knows/],
    [{ ENCRYPTION_SECRET: 'abc' }, /ENCRYPTION_SECRET must have at least 32 bytes/],
    [
      { ENCRYPTION_SECRET: 'x'.repeat(32), ENCRYPTION_SECRET_PREVIOUS: 'x'.repeat(31) },
      /ENCRYPTION_SECRET_PREVIOUS must have at least 32 bytes/,
    ],
    [
      { ENCRYPTION_SECRET_PREVIOUS: 'x'.repeat(32) },
      /ENCRYPTION_SECRET_PREVIOUS is set, but has no effect without ENCRYPTION_SECRET/,
    ],
  ])('refuses %j', (env, message) => {
    expect(() => readConfig(env)).toThrow(
      expect.objectContaining({
        code: 'invalid-configuration',
        message: expect.stringMatching(message),
      }),
    );
  });

  it('names everything that is wrong at once', () => {
    expect(() => readConfig({ PORT: 'x', STORE: 'y' })).toThrow(/PORT must.* STORE knows/);
  });

  it('never repeats a key or what an URL may hide', () => {
    const env = { OPENAI_API_KEY: 'sk-hidden ‽', DEEPGRAM_BASE_URL: 'https://me:pass@host' };
    expect(() => readConfig(env)).toThrow(
      /OPENAI_API_KEY .*DEEPGRAM_BASE_URL|DEEPGRAM_BASE_URL .*OPENAI_API_KEY/,
    );
    expect(() => readConfig(env)).not.toThrow(/hidden|me:pass/);
  });

  it('takes an index of Pinecone with what it needs, and names what is missing', () => {
    const full = {
      SEARCH: 'pinecone',
      PINECONE_API_KEY: 'k-123',
      PINECONE_INDEX_NAME: 'memories',
      OPENAI_API_KEY: 'k',
    };
    expect(readConfig(full)).toMatchObject({
      engines: {
        search: {
          name: 'pinecone',
          settings: {
            apiKey: expect.any(Secret),
            indexName: 'memories',
            host: null,
            baseUrl: null,
          },
        },
      },
    });
    expect(JSON.stringify(readConfig(full))).not.toContain('k-123');
    expect(() => readConfig({ SEARCH: 'pinecone' })).toThrow(
      /PINECONE_INDEX_NAME.*PINECONE_API_KEY.*embedding model/,
    );
    expect(() => readConfig({ ...full, OPENAI_EMBEDDING_MODEL: 'none' })).toThrow(/embedding/);
  });

  it('refuses Pinecone on another machine where nothing may leave this one', () => {
    const own = {
      PRIVATE: 'true',
      SEARCH: 'pinecone',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      PINECONE_INDEX_NAME: 'memories',
    };
    const here = { ...own, PINECONE_BASE_URL: 'http://127.0.0.1:5080' };
    expect(readConfig(here).engines.search.settings).toMatchObject({
      baseUrl: 'http://127.0.0.1:5080',
    });
    expect(() => readConfig({ ...own, PINECONE_API_KEY: 'k' })).toThrow(/PRIVATE/);
    expect(() => readConfig({ ...here, PINECONE_HOST: 'https://index.example' })).toThrow(
      /PRIVATE/,
    );
  });

  it("tells of names that Omi's backend reads and this version does not", () => {
    expect(readConfig({ PINECONE_API_KEY: 'k-123' }).notices).toEqual([
      'PINECONE_API_KEY is set; it has no effect without SEARCH=pinecone.',
    ]);
  });

  it('takes the speech-to-text vendors that have a key, or an engine of your own', () => {
    const config = readConfig({
      SONIOX_API_KEY: 'k',
      SPEECHMATICS_BASE_URL: 'ws://127.0.0.1:9000/',
      STT_WEBSOCKET_URL: 'ws://127.0.0.1:9001/listen',
      STT_SERVICE_MODELS: 'websocket,dg-nova-3,soniox-stt-rt',
    });
    expect(sttSettings(config)).toEqual({
      soniox: { apiKey: expect.any(Secret), baseUrl: 'wss://stt-rt.soniox.com' },
      speechmatics: { apiKey: null, baseUrl: 'ws://127.0.0.1:9000' },
      websocket: { url: 'ws://127.0.0.1:9001/listen' },
    });
    expect(config.sttServices.map(({ name }) => name)).toEqual(['websocket', 'soniox-stt-rt']);
    expect(config.notices).toEqual([
      'STT_SERVICE_MODELS names dg-nova-3, which is not used: set DEEPGRAM_API_KEY or DEEPGRAM_BASE_URL.',
    ]);
  });

  it.each([
    ['vendors with a key first, this machine last', {}, ['dg-nova-3', 'soniox-stt-rt', 'local']],
    ['what is preferred first', { STT_PREFER: 'local' }, ['local', 'dg-nova-3', 'soniox-stt-rt']],
    ['a vendor may be it', { STT_PREFER: 'soniox' }, ['soniox-stt-rt', 'dg-nova-3', 'local']],
    ['this machine alone if nothing may leave it', { PRIVATE: 'true' }, ['local']],
    ['nobody else if it is off', { STT_LOCAL_MODEL: 'none' }, ['dg-nova-3', 'soniox-stt-rt']],
    [
      'the order that is named, models of the list among them',
      { STT_SERVICE_MODELS: 'local-kroko-de,dg-nova-3,local' },
      ['local-kroko-de', 'dg-nova-3', 'local'],
    ],
  ])('asks for speech-to-text in order: %s', (_name, env, order) => {
    const config = readConfig({ DEEPGRAM_API_KEY: 'k', SONIOX_API_KEY: 'k', ...env });
    expect(config.sttServices.map(({ name }) => name)).toEqual(order);
  });

  it.each([
    [{ STT_LOCAL_MODEL: 'zipformer-fr' }, 'STT_LOCAL_MODEL names no known model'],
    [{ STT_LOCAL_FILE_MODEL: 'whisper' }, 'STT_LOCAL_FILE_MODEL names no known model'],
    [{ STT_SERVICE_MODELS: 'local-zipformer' }, 'STT_SERVICE_MODELS'],
    [{ STT_PREFER: 'nobody' }, 'STT_PREFER'],
    [{ STT_LOCAL_STREAMS: '-1' }, 'STT_LOCAL_STREAMS'],
    [{ STT_LOCAL_THREADS: '1000' }, 'STT_LOCAL_THREADS'],
  ])('says what is wrong with %j', (env, text) => {
    expect(() => readConfig(env)).toThrow(text);
  });

  it('leaves out whoever is not on this machine where nothing may leave it', () => {
    const config = readConfig({
      PRIVATE: 'true',
      DEEPGRAM_API_KEY: 'k',
      SONIOX_BASE_URL: 'ws://127.0.0.1.example.com',
      SPEECHMATICS_BASE_URL: 'ws://localhost:9000',
      STT_WEBSOCKET_URL: 'ws://[::1]:9001/listen',
      OPENAI_API_KEY: 'k',
    });
    expect(config).toMatchObject({ isPrivate: true, openai: null });
    expect(sttSettings(config)).toEqual({
      speechmatics: { apiKey: null, baseUrl: 'ws://localhost:9000' },
      websocket: { url: 'ws://[::1]:9001/listen' },
    });
    expect(config.sttServices.map(({ name }) => name)).toEqual([
      'local',
      'speechmatics',
      'websocket',
    ]);
    expect(config.notices.map((notice) => notice.split(',')[0])).toEqual([
      'PRIVATE is set: Deepgram is not used',
      'PRIVATE is set: Soniox is not used',
      'PRIVATE is set: The language model is not used',
    ]);
  });
});

describe('readSecrets', () => {
  it('shows a key only to whoever asks for it', () => {
    const { openaiApiKey, linkSecret } = readSecrets({ OPENAI_API_KEY: 'oa-key' });
    expect(linkSecret).toBeNull();
    expect(openaiApiKey?.reveal()).toBe('oa-key');
    const shown = `${openaiApiKey} ${JSON.stringify({ openaiApiKey })} ${inspect(openaiApiKey)}`;
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain('oa-key');
  });
});

describe('readEnvironment', () => {
  it('reads a .env file, which the real environment overrules', () => {
    const directory = mkdtempSync(join(tmpdir(), 'omi-env-'));
    const before = process.env.CONFIG_TEST_BOTH;
    try {
      writeFileSync(
        join(directory, '.env'),
        '# note\nCONFIG_TEST_FILE="a b"\nCONFIG_TEST_BOTH=file\n',
      );
      process.env.CONFIG_TEST_BOTH = 'real';
      const env = readEnvironment(directory);
      expect(env.CONFIG_TEST_FILE).toBe('a b');
      expect(env.CONFIG_TEST_BOTH).toBe('real');
      expect(process.env.CONFIG_TEST_FILE).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env.CONFIG_TEST_BOTH;
      rmSync(directory, { recursive: true });
    }
  });

  it('does without a file and refuses one that it cannot read', () => {
    const directory = mkdtempSync(join(tmpdir(), 'omi-env-'));
    try {
      expect(readEnvironment(join(directory, 'absent')).PATH).toBe(process.env.PATH);
      mkdirSync(join(directory, '.env'));
      expect(() => readEnvironment(directory)).toThrow(
        expect.objectContaining({ code: 'invalid-configuration' }),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the model that speaks', () => {
  it('is at the server of the language model unless another is named', () => {
    const shared = readConfig({ TTS_MODEL: 'tts-1', OPENAI_BASE_URL: 'http://127.0.0.1:1234/v1' });
    expect(shared.spokenAnswers).toEqual({
      baseUrl: 'http://127.0.0.1:1234/v1',
      model: 'tts-1',
      voice: 'alloy',
      timeoutMs: 60_000,
    });
    const own = readConfig({ TTS_MODEL: 'kokoro', TTS_BASE_URL: 'http://kokoro:8880/v1' });
    expect(own.spokenAnswers?.baseUrl).toBe('http://kokoro:8880/v1');
  });

  it('is not used if it is elsewhere and nothing may leave the machine', () => {
    const elsewhere = readConfig({ PRIVATE: 'true', TTS_MODEL: 'tts-1' });
    expect(elsewhere.spokenAnswers).toBeNull();
    expect(elsewhere.notices.join()).toContain('The model that speaks is not used');
    const here = { PRIVATE: 'true', TTS_MODEL: 'kokoro', TTS_BASE_URL: 'http://127.0.0.1:8880/v1' };
    expect(readConfig(here).spokenAnswers?.model).toBe('kokoro');
  });
});
