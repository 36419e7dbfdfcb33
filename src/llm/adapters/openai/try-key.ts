import { AppError } from '../../../kernel/errors.ts';
import type { ModelFetch, ModelServer } from '../../model-server.ts';

/** Statuses that say something about the key. */
const REFUSALS = new Map([
  [401, { code: 'provider-unauthorized', what: 'does not accept the key' }],
  [402, { code: 'provider-quota', what: 'has no credit left for this key' }],
  [403, { code: 'provider-unauthorized', what: 'denies this key the model' }],
] as const);

/**
 * Asks for an answer of one token if anybody may read the server's list of models: the list says
 * nothing about the key then. Any other trouble says nothing about the key either.
 *
 * @throws AppError `provider-unauthorized`, `provider-quota`
 */
export async function tryKey(
  { apiKey, baseUrl, model }: Pick<ModelServer, 'apiKey' | 'baseUrl' | 'model'>,
  timeoutMs: number,
  inner: ModelFetch = fetch,
): Promise<void> {
  if (apiKey === null) return;
  const address = baseUrl.replace(/\/{1,10}$/, '');
  const open = await statusOf(inner, `${address}/models`, {}, timeoutMs);
  if (open !== 200) return;
  const body = { model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  const status = await statusOf(inner, `${address}/chat/completions`, request, timeoutMs);
  const refusal = [...REFUSALS].find(([code]) => code === status)?.[1];
  if (!refusal) return;
  const { origin } = new URL(baseUrl);
  throw new AppError(refusal.code, `${origin} ${refusal.what} (HTTP ${status}).`);
}

/** Returns the status of the response; null if there was none in time. */
async function statusOf(
  inner: ModelFetch,
  url: string,
  request: RequestInit,
  timeoutMs: number,
): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await inner(url, { ...request, redirect: 'error', signal });
    await response.body?.cancel();
    return response.status;
  } catch {
    // The server has gone, or loads the model: that says nothing about the key.
    return null;
  }
}
