import type { APIError } from 'openai';
import { AppError } from '../../../kernel/errors.ts';
import { InputTooLongError } from '../../language-model.ts';

/** Longest `Retry-After` that is waited for inside a call, milliseconds. */
const LONGEST_RETRY_WAIT_MS = 5_000;

/**
 * The vendor's error as ours. Its message may quote what was sent, so only its status and its
 * machine-readable code are kept, and it never becomes the `cause`.
 */
export function toModelError(
  error: APIError,
  model: string,
  where: string,
  busyMs: number | null = null,
): AppError {
  const { status } = error;
  const later = busyMs === null ? {} : { retryAfterMs: busyMs };
  const detail = `${where} answered ${status ?? 'nothing'}${vendorCode(error)}`;
  if (isConnectionError(error)) {
    return new AppError('provider-unavailable', `No model server can be reached at ${where}.`);
  }
  if (status === undefined) {
    return new AppError('provider-unavailable', `${where} ended its answer with an error.`);
  }
  if (status === 401 || status === 403) {
    return new AppError('provider-unauthorized', `The API key was refused: ${detail}.`);
  }
  if (status === 429 || status === 402) {
    // Spent credit does not come back by waiting, a rate limit does.
    const spent = status === 402 || error.code === 'insufficient_quota';
    const message = `The model's quota or rate limit is used up: ${detail}.`;
    return new AppError('provider-quota', message, { retryable: !spent, ...later });
  }
  if (status === 404) {
    const message = `Model ${model} or the address is unknown there: ${detail}.`;
    return new AppError('provider-rejected', message);
  }
  if (status === 408) return new AppError('timeout', `The model took too long: ${detail}.`);
  if (status >= 500 || status === 409 || status === 425) {
    return new AppError('provider-unavailable', `The model server has trouble: ${detail}.`, later);
  }
  if (isTooLong(error)) return new InputTooLongError();
  return new AppError('provider-rejected', `The model server refused the request: ${detail}.`);
}

/** True if no answer came at all; an error in the middle of a stream has no status either. */
export function isConnectionError(error: APIError): boolean {
  return error.status === undefined && error.error === undefined;
}

/** True if the server says that the input exceeds what the model can hold. */
export function isTooLong(error: APIError): boolean {
  if (error.status === 413 || error.code === 'context_length_exceeded') return true;
  if (error.status !== 400 && error.status !== 422) return false;
  // Wordings of OpenAI, vLLM, llama.cpp and Ollama, none of which share a code.
  return /context (length|size|window)|maximum (input|context|sequence)|input (length|is too (long|large))|too many tokens|exceed_context_size/i.test(
    `${error.message} ${error.type ?? ''}`,
  );
}

/** Longest pause that a server can impose, milliseconds, so that a broken header cannot stop the client for good. */
const LONGEST_BUSY_MS = 15 * 60_000;

/**
 * How long the server wants to be left alone: 429 and 503 with `Retry-After` (seconds or a date) or
 * `retry-after-ms`; null if it does not say, or if waiting cannot help.
 */
export function busyForMs(error: APIError, now: number): number | null {
  if (error.status !== 429 && error.status !== 503) return null;
  if (error.code === 'insufficient_quota') return null;
  const headers: Headers | undefined = error.headers;
  const inMs = headers?.get('retry-after-ms');
  const after = headers?.get('retry-after');
  let delay = Number.NaN;
  if (inMs) delay = Number(inMs);
  else if (after) delay = Number.isNaN(Number(after)) ? Date.parse(after) - now : +after * 1000;
  return Number.isFinite(delay) ? Math.min(LONGEST_BUSY_MS, Math.max(0, delay)) : null;
}

/**
 * How long the server asks to wait before the same call may be made again, if that is short
 * enough to wait for inside a call.
 */
export function retryDelayMs(error: APIError, now: number): number | null {
  const delay = busyForMs(error, now);
  return delay === null || delay > LONGEST_RETRY_WAIT_MS ? null : delay;
}

function vendorCode(error: APIError): string {
  const code = error.code ?? error.type;
  return typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? ` (${code})` : '';
}
