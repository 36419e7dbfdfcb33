import { choice, flag, integer, secret } from '../kernel/variable.ts';

/** Variables of rate limits and of running more than one process. */
export const SCALING_GROUPS = {
  limits: {
    title: 'Rate limits',
    variables: {
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
  processes: {
    title: 'Several processes',
    variables: {
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
