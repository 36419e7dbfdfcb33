import { isLoopbackHost } from '../kernel/loopback.ts';
import type { Values } from './values.ts';

/** Which model speaks; its key is in `Secrets`. */
export interface SpokenAnswersConfig {
  /** Includes `/v1`. */
  baseUrl: string;
  model: string;
  voice: string;
  timeoutMs: number;
}

/** Returns the model that speaks; null if none is configured, or PRIVATE keeps it from being used. */
export function readSpokenAnswers(values: Values): SpokenAnswersConfig | null {
  if (values.TTS_MODEL === null || isKeptAway(values)) return null;
  return {
    baseUrl: addressOf(values),
    model: values.TTS_MODEL,
    voice: values.TTS_VOICE,
    timeoutMs: values.OPENAI_TIMEOUT_MS,
  };
}

/** Returns a notice if PRIVATE keeps the model from being used. */
export function spokenAnswersNotices(values: Values): string[] {
  if (values.TTS_MODEL === null || !isKeptAway(values)) return [];
  const variable = values.TTS_BASE_URL === null ? 'OPENAI_BASE_URL' : 'TTS_BASE_URL';
  return [
    `PRIVATE is set: The model that speaks is not used, because ${variable} is not on this machine.`,
  ];
}

function addressOf({ TTS_BASE_URL: own, OPENAI_BASE_URL: shared }: Values): string {
  return own ?? shared;
}

function isKeptAway(values: Values): boolean {
  return values.PRIVATE && !isLoopbackHost(new URL(addressOf(values)).hostname);
}
