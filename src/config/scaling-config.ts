import type { Values } from './values.ts';

/** Configuration of running more than one process. */
export interface ScalingConfig {
  rateLimits: { boost: number; shadow: boolean };
  instanceTimeoutMs: number;
  /** How long the disk of a dead process is waited for. */
  diskWaitMs: number;
  shutdownMs: number;
  drainMs: number;
  /** True if closed chunks of the audio log are copied to the blob store. */
  shipAudioLog: boolean;
  audioChunkMs: number;
}

/** On a private server the limits only stop faulty clients. */
const LOCAL_BOOST = 100;
const MIN_LINK_SECRET = 32;

/** @param blobsAreShared true if other machines see the files of the blob store */
export function readScaling(values: Values, blobsAreShared: boolean): ScalingConfig {
  const boost = values.RATE_LIMIT_BOOST || (values.AUTH === 'local' ? LOCAL_BOOST : 1);
  return {
    rateLimits: { boost, shadow: values.RATE_LIMIT_SHADOW_MODE },
    instanceTimeoutMs: values.INSTANCE_TIMEOUT_SECONDS * 1000,
    diskWaitMs: values.INSTANCE_DISK_WAIT_SECONDS * 1000,
    shutdownMs: values.SHUTDOWN_SECONDS * 1000,
    drainMs: values.DRAIN_SECONDS * 1000,
    shipAudioLog:
      values.AUDIO_LOG_SHIPPING === 'auto' ? blobsAreShared : values.AUDIO_LOG_SHIPPING === 'on',
    audioChunkMs: values.AUDIO_LOG_CHUNK_SECONDS * 1000,
  };
}

/** Returns what is wrong with the variables together, as sentences. */
export function scalingProblems(values: Values): string[] {
  const problems: string[] = [];
  if (values.LINK_SECRET !== null && values.LINK_SECRET.reveal().length < MIN_LINK_SECRET) {
    problems.push(`LINK_SECRET must have at least ${MIN_LINK_SECRET} characters.`);
  }
  if (values.DRAIN_SECONDS >= values.SHUTDOWN_SECONDS) {
    problems.push('DRAIN_SECONDS is part of SHUTDOWN_SECONDS and must be less.');
  }
  return problems;
}
