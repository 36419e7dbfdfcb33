import { type Environment, textOf } from '../kernel/read-variables.ts';
import { STT_PROVIDERS } from '../stt/registry.ts';
import type { SttService } from '../stt/stt-service.ts';
import { type Config, readConfig } from './config.ts';
import { readSecrets, type Secrets } from './secrets.ts';

/** What is in force: the environment, and what was set in the console. */
export interface EffectiveSettings {
  config: Config;
  secrets: Secrets;
}

/** What of the stored settings decides about the configuration. */
export interface StoredChoices {
  /** Values by the name of the environment variable that they stand for. */
  variables: Readonly<Record<string, string>>;
  /** Speech services in order of preference; those that are not named come after. */
  order: readonly string[];
  /** Speech services that are not asked. */
  off: readonly string[];
}

/** Variables of the language model that can be stored. */
export const MODEL_VARIABLES = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'] as const;
/** One of these in the environment: the language model is the operator's, and nothing stored counts. */
const MODEL_OWNERS = ['OPENAI_API_KEY', 'OPENAI_BASE_URL'] as const;
/** One of these in the environment decides about the order of the speech services. */
const ORDER_OWNERS = ['STT_SERVICE_MODELS', 'STT_PREFER'] as const;

/** Returns what the environment sets, and the console therefore cannot: the variables that do, or null. */
export function environmentOwners(env: Environment) {
  const sets = (variable: string) => textOf(env, variable) !== undefined;
  return {
    languageModel: MODEL_OWNERS.find(sets) ?? null,
    speechOrder: ORDER_OWNERS.find(sets) ?? null,
    sets,
  };
}

/**
 * Returns the configuration with the stored settings below the environment: a variable that the
 * environment sets wins. A stored address never meets a key of the environment, nor the other way round.
 *
 * @throws AppError `invalid-configuration`, as `readConfig`
 */
export function readWithStored(env: Environment, stored: StoredChoices): EffectiveSettings {
  const owners = environmentOwners(env);
  const merged = { ...storedVariables(stored.variables, owners), ...withoutEmpty(env) };
  const config = readConfig(merged);
  const sttServices =
    owners.speechOrder === null ? inStoredOrder(config, stored) : config.sttServices;
  return { config: { ...config, sttServices }, secrets: readSecrets(merged) };
}

/** The stored variables that may have an effect. */
function storedVariables(
  stored: Readonly<Record<string, string>>,
  owners: { languageModel: string | null },
): Record<string, string> {
  const names = [
    ...STT_PROVIDERS.flatMap(({ keyVariable }) => keyVariable ?? []),
    ...(owners.languageModel === null ? MODEL_VARIABLES : []),
  ];
  return Object.fromEntries(
    names.flatMap((name) => (stored[name] === undefined ? [] : [[name, stored[name]]])),
  );
}

/** Set to nothing counts as not set. */
function withoutEmpty(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.keys(env).flatMap((name) => {
      const text = textOf(env, name);
      return text === undefined ? [] : [[name, env[name]]];
    }),
  );
}

/** The services in the order of the owner, then those that the owner has said nothing about. */
function inStoredOrder(config: Config, { order, off }: StoredChoices): SttService[] {
  const all = config.sttProviders.flatMap(({ services }) => services);
  const named = order.flatMap((name) => all.find((service) => service.name === name) ?? []);
  return [...new Set([...named, ...config.sttServices])].filter(({ name }) => !off.includes(name));
}
