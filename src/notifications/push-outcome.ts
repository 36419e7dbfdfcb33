import { AppError } from '../kernel/errors.ts';
import type { PushOutcome } from './notification-channel.ts';

/** With these nothing was sent: it may be tried again. */
const NOT_CONNECTED = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'];

/** What a request that failed means for its message. @throws what is no `AppError` */
export function outcomeOfFailure(error: unknown): PushOutcome {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'forbidden' || error.code === 'bad-request') return 'refused';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return NOT_CONNECTED.includes(code) ? 'not-sent' : 'unknown';
}

/**
 * Reads `Retry-After` (RFC 9110 10.2.3): seconds, or a date. Returns milliseconds, null if it says
 * nothing.
 *
 * @param now epoch milliseconds
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,6}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
