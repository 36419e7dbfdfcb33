import type { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { parseJson } from '../kernel/json.ts';

const TIMEOUT_MS = 10_000;

/** Posts JSON to an address of the configuration and reads its answer; errors as `send` has them. */
export function postJson<T>(
  url: string,
  body: unknown,
  headers: Record<string, string>,
  schema: z.ZodType<T>,
): Promise<T> {
  const json = { 'content-type': 'application/json', ...headers };
  return send(url, { method: 'POST', headers: json, body: JSON.stringify(body) }, schema);
}

/** Posts a form (OAuth 2.0's token endpoints take nothing else); errors as `send` has them. */
export function postForm<T>(
  url: string,
  fields: Record<string, string>,
  schema: z.ZodType<T>,
): Promise<T> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return send(url, { method: 'POST', headers: form, body }, schema);
}

/**
 * Throws `provider-unavailable` if nothing, 429 or 5xx came back, `provider-rejected` at other
 * statuses, `provider-protocol` if the answer is not understood. Bodies are not repeated: they
 * hold tokens and addresses.
 */
async function send<T>(url: string, request: RequestInit, schema: z.ZodType<T>): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw new AppError('provider-unavailable', 'The sign-in service cannot be reached.', { cause });
  }
  if (!response.ok) {
    const isPassing = response.status === 429 || response.status >= 500;
    throw new AppError(
      isPassing ? 'provider-unavailable' : 'provider-rejected',
      `The sign-in service answered with HTTP ${response.status}.`,
    );
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AppError('provider-protocol', "The sign-in service's answer was not understood.");
}
