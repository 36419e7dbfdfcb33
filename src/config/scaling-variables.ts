import { choice, flag, integer, secret } from '../kernel/variable.ts';

/** Variables of rate limits and of running more than one process. */
export const SCALING_GROUPS = {
  limits: {
    title: 'Rate limits',
    variables: {
      RATE_LIMIT_BOOST: integer({
        description:
          "Multiplies every limit on requests; `1` is Omi's limits. `0` means 100 with AUTH=local, because only a few people share such a server, and 1 otherwise.",
        fallback: 0,
        min: 0,
        max: 1_000_000,
      }),
      RATE_LIMIT_SHADOW_MODE: flag({
        description: 'Only log requests beyond a limit, do not refuse them.',
        fallback: false,
      }),
    },
  },
  processes: {
    title: 'Several processes',
    variables: {
      LINK_SECRET: secret({
        description:
          'Secret that signs links to files, at least 32 characters, the same on every server.',
        absent: 'created at the first start and stored in DATA_DIR',
      }),
      INSTANCE_TIMEOUT_SECONDS: integer({
        description:
          'Seconds without a heartbeat after which the other processes take over the work of a process. The clocks of the machines must agree to a third of it.',
        fallback: 15,
        min: 1,
        max: 3_600,
      }),
      INSTANCE_DISK_WAIT_SECONDS: integer({
        description:
          'How long audio that lies only on the disk of a dead process is waited for, seconds: the process may start again on that disk. Less if disks go with their processes.',
        fallback: 600,
        min: 0,
        max: 86_400,
      }),
      SHUTDOWN_SECONDS: integer({
        description:
          'Longest time from SIGTERM to the end of the process, seconds; other processes take over what is left.',
        fallback: 15,
        min: 1,
        max: 600,
      }),
      DRAIN_SECONDS: integer({
        description:
          'Seconds between SIGTERM and the end of the live sockets. `/v1/ready` returns 503 and new sessions are refused, so that a load balancer uses other servers. Part of SHUTDOWN_SECONDS.',
        fallback: 0,
        min: 0,
        max: 600,
      }),
      AUDIO_LOG_SHIPPING: choice({
        description:
          'Copy closed chunks of the audio log to the blob store, so that another machine can transcribe the audio of a dead one. `auto`: if the blob store is shared.',
        fallback: 'auto',
        allowed: ['auto', 'on', 'off'],
      }),
      AUDIO_LOG_CHUNK_SECONDS: integer({
        description:
          'Seconds of audio in one chunk of the log; a machine that loses its disk loses at most the open chunk.',
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
