import { resolve } from 'node:path';
import { isLoopbackHost } from '../kernel/loopback.ts';
import type { Values } from './values.ts';

export interface RedisConfig {
  url: string;
  keyPrefix: string;
  timeoutMs: number;
}

export interface GcsConfig {
  /** Null for Google's own. */
  baseUrl: string | null;
  buckets: {
    speechProfiles: string;
    recordings: string;
    other: string;
    /** Null: in `other`. */
    chatFiles: string | null;
  };
}

/** What running more than one process is told. */
export interface ScalingConfig {
  /** Null where the cache is not Redis. */
  redis: RedisConfig | null;
  /** Null where the blob store is not Google's. */
  gcs: GcsConfig | null;
  rateLimits: { boost: number; shadow: boolean };
  /** Absolute; null for the data directory's. */
  sqlitePath: string | null;
  instanceTimeoutMs: number;
  shutdownMs: number;
  drainMs: number;
  /** Whether closed chunks of the audio log go to the blob store. */
  shipAudioLog: boolean;
  audioChunkMs: number;
}

/** On a server of one's own the limits are there against runaway clients only. */
const LOCAL_BOOST = 100;
const MIN_LINK_SECRET = 32;

export function readScaling(values: Values): ScalingConfig {
  const boost = values.RATE_LIMIT_BOOST || (values.AUTH === 'local' ? LOCAL_BOOST : 1);
  return {
    redis: readRedis(values),
    gcs: readGcs(values),
    rateLimits: { boost, shadow: values.RATE_LIMIT_SHADOW_MODE },
    sqlitePath: values.SQLITE_PATH === null ? null : resolve(values.SQLITE_PATH),
    instanceTimeoutMs: values.INSTANCE_TIMEOUT_SECONDS * 1000,
    shutdownMs: values.SHUTDOWN_SECONDS * 1000,
    drainMs: values.DRAIN_SECONDS * 1000,
    shipAudioLog:
      values.AUDIO_LOG_SHIPPING === 'auto'
        ? values.BLOBS !== 'disk'
        : values.AUDIO_LOG_SHIPPING === 'on',
    audioChunkMs: values.AUDIO_LOG_CHUNK_SECONDS * 1000,
  };
}

function readRedis(values: Values): RedisConfig | null {
  if (values.CACHE !== 'redis') return null;
  const { REDIS_DB_HOST: host, REDIS_DB_PORT: port } = values;
  return {
    url: values.REDIS_URL ?? `redis://${host}:${port}`,
    keyPrefix: values.REDIS_KEY_PREFIX,
    timeoutMs: values.REDIS_TIMEOUT_MS,
  };
}

function readGcs(values: Values): GcsConfig | null {
  const {
    BUCKET_SPEECH_PROFILES: speechProfiles,
    BUCKET_MEMORIES_RECORDINGS: recordings,
    BUCKET_PRIVATE_CLOUD_SYNC: other,
    BUCKET_CHAT_FILES: chatFiles,
  } = values;
  if (values.BLOBS !== 'gcs') return null;
  if (speechProfiles === null || recordings === null || other === null) return null;
  return {
    baseUrl: values.GCS_BASE_URL,
    buckets: { speechProfiles, recordings, other, chatFiles },
  };
}

/** Halves of what belongs together, and what PRIVATE does not let be reached. */
export function scalingProblems(values: Values): string[] {
  const problems: string[] = [];
  if (values.BLOBS === 'gcs') problems.push(...bucketProblems(values));
  if (values.LINK_SECRET !== null && values.LINK_SECRET.reveal().length < MIN_LINK_SECRET) {
    problems.push(`LINK_SECRET has to have at least ${MIN_LINK_SECRET} characters.`);
  }
  if (values.DRAIN_SECONDS >= values.SHUTDOWN_SECONDS) {
    problems.push('DRAIN_SECONDS is part of SHUTDOWN_SECONDS and has to be less.');
  }
  if (values.PRIVATE) {
    const redis = readRedis(values);
    if (redis && !isLoopbackHost(new URL(redis.url).hostname)) {
      problems.push('PRIVATE is set, but Redis is on another machine; use CACHE=in-process.');
    }
    const gcsHost = values.GCS_BASE_URL === null ? '' : new URL(values.GCS_BASE_URL).hostname;
    if (values.BLOBS === 'gcs' && !isLoopbackHost(gcsHost)) {
      problems.push('PRIVATE is set, but BLOBS=gcs is on another machine; use BLOBS=disk.');
    }
  }
  return problems;
}

function bucketProblems(values: Values): string[] {
  const named = {
    BUCKET_SPEECH_PROFILES: values.BUCKET_SPEECH_PROFILES,
    BUCKET_MEMORIES_RECORDINGS: values.BUCKET_MEMORIES_RECORDINGS,
    BUCKET_PRIVATE_CLOUD_SYNC: values.BUCKET_PRIVATE_CLOUD_SYNC,
  };
  const missing = Object.entries(named).flatMap(([name, bucket]) => (bucket === null ? name : []));
  if (missing.length > 0) return [`BLOBS=gcs needs ${missing.join(', ')}.`];
  const buckets = [...Object.values(named), values.BUCKET_CHAT_FILES].filter((b) => b !== null);
  return new Set(buckets).size < buckets.length
    ? ['Each bucket of BLOBS=gcs has to be another one: files of one kind would hide another.']
    : [];
}
