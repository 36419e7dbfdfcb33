import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { ListedModel, ModelFetch } from '../../model-server.ts';
import { boundedFetch } from './bounded-fetch.ts';

const MAX_LIST_BYTES = 4 * 1024 * 1024;
const MAX_MODELS = 5_000;
const listSchema = z.object({
  data: z.array(z.object({ id: z.string().min(1), owned_by: z.string().nullish().catch(null) })),
});

/**
 * The models of a server in its order, without the vendor's SDK: this is asked at each start.
 * @throws AppError `provider-unavailable` if nothing answers in time, `provider-unauthorized`,
 *   `provider-rejected`, what `inner` throws, and `provider-protocol` if it is no such list
 */
export async function listModels(
  { apiKey, baseUrl }: { apiKey: string | null; baseUrl: string },
  timeoutMs: number,
  inner: ModelFetch = fetch,
): Promise<ListedModel[]> {
  const { origin, pathname } = new URL(baseUrl);
  const where = `${origin}${pathname.replace(/\/$/, '')}`;
  let response: Response;
  let body: unknown;
  try {
    const bounded = boundedFetch(MAX_LIST_BYTES, (input, init) => inner(String(input), init));
    response = await bounded(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headers: {
        accept: 'application/json',
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    body = response.ok ? await response.json() : await response.body?.cancel();
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof SyntaxError) throw notAList(where);
    throw new AppError('provider-unavailable', `No model server can be reached at ${where}.`);
  }
  if (!response.ok) {
    const isRefused = response.status === 401 || response.status === 403;
    throw new AppError(
      isRefused ? 'provider-unauthorized' : 'provider-rejected',
      isRefused
        ? `${where} does not accept the key (HTTP ${response.status}).`
        : `${where} does not list its models: HTTP ${response.status}.`,
    );
  }
  const parsed = listSchema.safeParse(body);
  if (!parsed.success) throw notAList(where);
  return parsed.data.data
    .slice(0, MAX_MODELS)
    .map(({ id, owned_by }) => ({ id, owner: owned_by ?? null }));
}

function notAList(where: string): AppError {
  return new AppError(
    'provider-protocol',
    `${where} does not list its models; does the address lack /v1?`,
  );
}
