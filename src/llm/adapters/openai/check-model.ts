import { AppError } from '../../../kernel/errors.ts';
import { offersModel } from '../../model-server.ts';
import type { OpenAiClient } from './openai-client.ts';

/**
 * Asks for the list of models and throws an `AppError` that says in words what is wrong: nothing
 * answers, the key is refused, `/v1` is missing, or the model is not there (and which ones are).
 */
export async function checkModel(
  client: OpenAiClient,
  model: string,
  signal: AbortSignal,
): Promise<void> {
  const listed = await client.within(signal, (deadline) =>
    client.request(
      deadline,
      async (openai, options) => {
        const page: { data?: unknown } = await openai.models.list(options);
        return page.data;
      },
      (error) => {
        if (error.status !== 404) return undefined;
        const message = `${client.where} has no list of models; does the address lack /v1?`;
        throw new AppError('provider-rejected', message);
      },
    ),
  );
  if (!Array.isArray(listed)) {
    throw new AppError(
      'provider-protocol',
      `${client.where} does not speak OpenAI's protocol; does the address lack /v1?`,
    );
  }
  const models = listed.flatMap((entry: { id?: unknown; owned_by?: unknown } | null) =>
    typeof entry?.id === 'string' ? [{ id: entry.id, owner: entry.owned_by }] : [],
  );
  if (offersModel(models, model)) return;
  const offered = models.map(({ id }) => id);
  const some = offered.length > 0 ? offered.slice(0, 10).join(', ') : 'none';
  const more = offered.length > 10 ? ` and ${offered.length - 10} more` : '';
  throw new AppError(
    'provider-rejected',
    `${client.where} does not offer the model ${model}; it offers ${some}${more}.`,
  );
}
