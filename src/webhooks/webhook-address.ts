import type { WebhookKind } from '../model/webhooks/webhook-endpoint.ts';

const DEFAULT_AUDIO_SECONDS = 5;
const MAX_AUDIO_SECONDS = 60;

/**
 * Returns the address of a request as Omi's servers build it: `uid` in the query of each, and the
 * sample rate before it for audio.
 */
export function addressFor(url: string, uid: string, sampleRate: number | null): string {
  const rate = sampleRate === null ? '' : `sample_rate=${sampleRate}&`;
  const [address = '', fragment] = url.split('#', 2);
  const joint = address.includes('?') ? '&' : '?';
  const suffix = fragment === undefined ? '' : `#${fragment}`;
  return `${address}${joint}${rate}uid=${encodeURIComponent(uid)}${suffix}`;
}

/** What a developer has set: `<url>`, or `<url>,<seconds>` for audio. */
export function parseDeveloperUrl(
  kind: WebhookKind,
  value: string,
): { url: string; seconds: number } {
  const text = value.trim();
  const comma = kind.startsWith('audio_bytes') ? text.lastIndexOf(',') : -1;
  if (comma < 0) return { url: text, seconds: DEFAULT_AUDIO_SECONDS };
  const given = text.slice(comma + 1).trim();
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(given) ? Number(given) : DEFAULT_AUDIO_SECONDS;
  return {
    url: text.slice(0, comma).trim(),
    seconds: Math.min(MAX_AUDIO_SECONDS, Math.max(1, seconds)),
  };
}
