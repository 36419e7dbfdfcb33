import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** Audio of one user for one speech-to-text provider on one day. */
export const sttUsageSchema = z.object({
  /** `<day>:<provider>`. */
  id: z.string(),
  /** `YYYY-MM-DD` in UTC, the day by which vendors bill; it is not the day of the user's zone. */
  day: z.string(),
  provider: z.string(),
  /** Audio that was sent, including audio that was sent again after a lost connection. */
  sentMs: z.number(),
  /** Silence that the voice activity gate did not send. */
  savedMs: z.number(),
  /** Silence that was sent although the gate would drop it (`VAD_GATE_MODE=shadow`). */
  savableMs: z.number(),
  updatedAt: timestamp,
});
export type SttUsage = z.infer<typeof sttUsageSchema>;

export const sttUsages = defineCollection({
  name: 'stt_usage',
  scope: 'user',
  schema: sttUsageSchema,
  queries: { byDay: { filters: {}, orderBy: 'day', direction: 'desc' } },
});

/** Returns the day of a time (epoch milliseconds) for `SttUsage`: `YYYY-MM-DD` in UTC. */
export function usageDay(at: number): string {
  const number = Math.floor(at / DAY_MS);
  if (number !== lastDay.number) {
    lastDay = { number, text: new Date(at).toISOString().slice(0, 10) };
  }
  return lastDay.text;
}

const DAY_MS = 86_400_000;

/** Cached: it is computed for every batch of audio, and is nearly always the same day. */
let lastDay = { number: 0, text: '1970-01-01' };

/** Returns the end of the day of a time, epoch milliseconds. */
export function usageDayEnd(at: number): number {
  return Date.parse(`${usageDay(at)}T00:00:00Z`) + DAY_MS;
}
