import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import {
  type ChosenModels,
  chooseModels,
  chosenModelsSchema,
  needsChoice,
  withChoice,
} from '../llm/choose-models.ts';
import { listServerModels, type ModelNames } from '../llm/registry.ts';

const FILE = 'chosen-models.json';
/** How long the start waits for a model server to list its models. */
const LIST_TIMEOUT_MS = 3_000;

export interface ServerModelsOptions {
  apiKey: string | null;
  baseUrl: string;
  /** Where the choice is stored, so that the next start makes the same. */
  dataDir: string;
  logger: Logger;
}

/**
 * Replaces every `auto` by a model that the server offers. If the server is unreachable, the stored choice
 * is used. Returns null without one: try again later.
 */
export async function chooseServerModels(
  names: ModelNames,
  options: ServerModelsOptions,
): Promise<ModelNames | null> {
  if (!needsChoice(names)) return names;
  const { logger, baseUrl } = options;
  const before = await readChoice(options);
  try {
    const listed = await listServerModels(options, LIST_TIMEOUT_MS);
    const chosen = chooseModels(
      listed.map(({ id }) => id),
      before,
    );
    if (chosen) {
      if (JSON.stringify(chosen) !== JSON.stringify(before)) {
        logger.info({ ...chosen }, 'models of the server chosen');
        await keepChoice(options, chosen);
      }
      return withChoice(names, chosen);
    }
    logger.warn({ baseUrl: new URL(baseUrl).origin }, 'model server has no language model');
  } catch (error) {
    logger.warn({ error: describeError(error) }, 'listing the models of the server failed');
  }
  return before && withChoice(names, before);
}

async function readChoice({ dataDir, baseUrl }: ServerModelsOptions): Promise<ChosenModels | null> {
  try {
    const text = await readFile(path.join(dataDir, FILE), 'utf8');
    const kept: unknown = JSON.parse(text);
    const at: unknown = typeof kept === 'object' && kept !== null && Reflect.get(kept, baseUrl);
    return chosenModelsSchema.safeParse(at).data ?? null;
  } catch {
    // There is no choice yet, or the file is damaged: choose again.
    return null;
  }
}

/** Stores the choice for one server; another server gets its own choice. */
async function keepChoice(
  { dataDir, baseUrl }: ServerModelsOptions,
  chosen: ChosenModels,
): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await replaceFile(path.join(dataDir, FILE), `${JSON.stringify({ [baseUrl]: chosen })}\n`);
}
