/**
 * Waits before the second, third … request of a delivery, seconds: the schedule that Standard Webhooks
 * recommends, about three days.
 */
export const DEFAULT_RETRY_SECONDS: readonly number[] = [
  5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];

/** Share of a wait by which it may be longer, so that what failed together does not return together. */
const JITTER = 0.2;
/** Longest wait that a receiver can ask for, milliseconds. */
const LONGEST_ASKED_MS = 24 * 3_600_000;

/**
 * Returns the wait after `tries` failed requests, milliseconds; null if that was the last one. A
 * receiver that has asked for a longer wait gets it, up to a day.
 */
export function retryDelay(
  schedule: readonly number[],
  tries: number,
  askedMs: number | null,
  random: () => number = Math.random,
): number | null {
  const seconds = schedule[tries - 1];
  if (seconds === undefined) return null;
  const waitMs = seconds * 1000 * (1 + JITTER * random());
  return Math.round(Math.max(waitMs, Math.min(askedMs ?? 0, LONGEST_ASKED_MS)));
}

/** Returns the wait that a `Retry-After` header asks for, milliseconds; null if it asks for none. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // RFC 9110: the other form is a date, always in GMT.
  const at = text.length < 64 && text.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
