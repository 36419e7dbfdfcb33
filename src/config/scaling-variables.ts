import {
  choice,
  flag,
  integer,
  optionalText,
  optionalUrl,
  secret,
  text,
} from '../kernel/variable.ts';

/** Variables of the engines that processes share, and of running more than one process. */
export const SCALING_GROUPS = {
  redis: {
    title: 'Redis and rate limits',
    variables: {
      REDIS_URL: optionalUrl({
        description: 'Address of Redis for CACHE=redis; `rediss` is Redis behind TLS.',
        absent: 'made from REDIS_DB_HOST and REDIS_DB_PORT',
        schemes: ['redis', 'rediss'],
      }),
      REDIS_DB_HOST: text({
        description: 'Host of Redis, where REDIS_URL is not set.',
        fallback: '127.0.0.1',
      }),
      REDIS_DB_PORT: integer({
        description: 'Port of Redis, where REDIS_URL is not set.',
        fallback: 6379,
        min: 1,
        max: 65_535,
      }),
      REDIS_DB_PASSWORD: secret({ description: "Redis' password.", absent: 'none is sent' }),
      REDIS_KEY_PREFIX: text({
        description:
          "Stands before every key and channel, so that one Redis may serve several products. The rest of a key is as Omi's server names it.",
        fallback: 'omi-backend:',
      }),
      REDIS_TIMEOUT_MS: integer({
        description: 'Milliseconds after which a command is given up and the cache steps aside.',
        fallback: 250,
        min: 10,
        max: 10_000,
      }),
      RATE_LIMIT_BOOST: integer({
        description:
          "Multiplies every limit on requests; `1` is what Omi's server allows. `0` chooses: 100 with AUTH=local, where a few people share the server, 1 otherwise.",
        fallback: 0,
        min: 0,
        max: 1_000_000,
      }),
      RATE_LIMIT_SHADOW_MODE: flag({
        description: 'Only log what the limits on requests would refuse.',
        fallback: false,
      }),
    },
  },
  gcs: {
    title: 'Google Cloud Storage',
    variables: {
      GCS_BASE_URL: optionalUrl({
        description:
          'Address of a server that speaks the protocol of Google Cloud Storage, asked without signing in.',
        absent: "Google's",
        schemes: ['https', 'http'],
      }),
      BUCKET_SPEECH_PROFILES: optionalText({
        description: 'Bucket of voice recordings: `{uid}/speech_profile.wav` and the like.',
        absent: 'BLOBS=gcs needs it',
      }),
      BUCKET_MEMORIES_RECORDINGS: optionalText({
        description: "Bucket of conversations' recordings: `{uid}/{conversation}/…`.",
        absent: 'BLOBS=gcs needs it',
      }),
      BUCKET_PRIVATE_CLOUD_SYNC: optionalText({
        description: 'Bucket of everything else, the shipped audio log among it.',
        absent: 'BLOBS=gcs needs it',
      }),
      BUCKET_CHAT_FILES: optionalText({
        description: "Bucket of the chat's files: `{uid}/{name}`.",
        absent: 'they are in BUCKET_PRIVATE_CLOUD_SYNC',
      }),
    },
  },
  processes: {
    title: 'Several processes',
    variables: {
      SQLITE_PATH: optionalText({
        description:
          "File of the document store, where several processes on one machine share it and each has a DATA_DIR of its own. Never on a network file system: SQLite's locks do not hold there.",
        absent: '`store.sqlite` in DATA_DIR',
      }),
      LINK_SECRET: secret({
        description:
          'What links to files are signed with, 32 characters or more, the same on every server.',
        absent: 'made at the first start and kept in DATA_DIR',
      }),
      INSTANCE_TIMEOUT_SECONDS: integer({
        description:
          'Seconds without a sign of life after which the others take over what a process has left behind. The clocks of the machines have to agree to a third of it.',
        fallback: 15,
        min: 1,
        max: 3_600,
      }),
      SHUTDOWN_SECONDS: integer({
        description:
          'Longest time from SIGTERM to the end of the process; what is left then is taken over.',
        fallback: 15,
        min: 1,
        max: 600,
      }),
      DRAIN_SECONDS: integer({
        description:
          'Seconds between SIGTERM and the end of the live sockets, in which `/v1/ready` answers 503 and no session is taken, so that a load balancer sends nobody any more. Part of SHUTDOWN_SECONDS.',
        fallback: 0,
        min: 0,
        max: 600,
      }),
      AUDIO_LOG_SHIPPING: choice({
        description:
          'Whether closed pieces of the audio log go to the blob store, so that another machine can transcribe what a dead one had taken in: `auto`, where the blob store is not this disk.',
        fallback: 'auto',
        allowed: ['auto', 'on', 'off'],
      }),
      AUDIO_LOG_CHUNK_SECONDS: integer({
        description:
          'Audio in one piece of the log; what a machine loses with its disk is at most the piece that is open.',
        fallback: 60,
        min: 5,
        max: 600,
      }),
      METRICS_TOKEN: secret({
        description: 'Bearer token for `/metrics`.',
        absent: 'only this machine may read `/metrics`',
      }),
    },
  },
} as const;
