import { expect, it } from 'vitest';
import {
  DEFAULT_RETRY_SECONDS,
  readRetryAfter,
  retryDelay,
} from '../../../src/webhooks/retry-schedule.ts';

const NOW = Date.UTC(2026, 4, 4, 10);

it('waits as the specification says, with up to a fifth of jitter, and then no more', () => {
  const waits = DEFAULT_RETRY_SECONDS.map((_, i) =>
    retryDelay(DEFAULT_RETRY_SECONDS, i + 1, null, () => 0),
  );
  expect(waits).toEqual(
    [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((s) => s * 1000),
  );
  expect(retryDelay([10], 1, null, () => 1)).toBe(12_000);
  expect(retryDelay(DEFAULT_RETRY_SECONDS, 10, null)).toBeNull();
  expect(retryDelay([], 1, 60_000)).toBeNull();
});

it('waits longer if it is asked to, at most a day', () => {
  expect(retryDelay([5], 1, 60_000, () => 0)).toBe(60_000);
  expect(retryDelay([300], 1, 60_000, () => 0)).toBe(300_000);
  expect(retryDelay([5], 1, 10 ** 12, () => 0)).toBe(24 * 3_600_000);
});

it('reads both forms of Retry-After', () => {
  expect(readRetryAfter('120', NOW)).toBe(120_000);
  expect(readRetryAfter('Mon, 04 May 2026 10:01:00 GMT', NOW)).toBe(60_000);
  expect(readRetryAfter('Mon, 04 May 2026 09:00:00 GMT', NOW)).toBe(0);
  for (const header of [undefined, '', 'soon', '-5', `${'9'.repeat(500)}`]) {
    expect(readRetryAfter(header, NOW)).toBeNull();
  }
});
