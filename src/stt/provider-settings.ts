import { isDeepStrictEqual } from 'node:util';
import type { VoiceActivityFactory } from '../audio/voice-activity.ts';
import type { Logger } from '../kernel/logger.ts';
import {
  type Environment,
  readVariables,
  textOf,
  type ValuesOf,
  type Variables,
} from '../kernel/read-variables.ts';
import { Secret } from '../kernel/secret.ts';
import type { ServiceLanguages } from './service-languages.ts';
import type { SttProvider } from './stt-provider.ts';
import type { SttService } from './stt-service.ts';

/** A value, or how it follows from the settings of the provider. */
type FromSettings<T, S> = T | ((settings: S) => T);

/** One item of `STT_SERVICE_MODELS`: a model of a provider. */
interface ServiceSettings<S> {
  /** The vendor's name of the model. */
  model: FromSettings<string, S>;
  languages: FromSettings<ServiceLanguages, S>;
  /** Milliseconds of speech without any response after which another provider is asked. */
  responseTimeoutMs: number;
  /** False: the service is used only if `STT_SERVICE_MODELS` names it. Default: true. */
  isDefault?: boolean;
}

/**
 * Everything that the server must know about a speech provider before it loads its code. The
 * configuration and its documents, the choice of a service for a language, private mode, budgets,
 * `doctor` and error messages are derived from it. A provider that needs no key declares the
 * variables that it needs instead, such as the folder of a model, and has no address.
 *
 * @example
 * export const acme = describeSttProvider({
 *   name: 'acme',
 *   title: 'Acme',
 *   variables: { ACME_API_KEY: secret({ description: "Acme's key.", absent: 'Acme is not used' }) },
 *   enabledBy: ['ACME_API_KEY'],
 *   read: ({ ACME_API_KEY: apiKey }) => apiKey && { apiKey },
 *   address: { variable: 'ACME_API_KEY', of: () => 'wss://api.acme.example' },
 *   services: { 'acme-1': { model: '1', languages: ANY_LANGUAGE, responseTimeoutMs: 2_000 } },
 *   load: async ({ apiKey }, logger) => {
 *     const { createAcmeProvider } = await import('./acme-provider.ts');
 *     return createAcmeProvider({ apiKey: apiKey.reveal(), logger });
 *   },
 * });
 */
export interface SttProviderSettings<V extends Variables, S extends object> {
  /** Name in budgets, in logs and with the segments that are stored: `deepgram`. */
  name: string;
  /** Name in messages, as the subject of a sentence: `Deepgram`. */
  title: string;
  /** Environment variables that only this provider reads. */
  variables: V;
  /** Variables of which one is enough to turn the provider on. The first is the usual one. */
  enabledBy: readonly [keyof V & string, ...(keyof V & string)[]];
  /** Variables that have no effect while the provider is off. Setting one then is an error. */
  tuning?: readonly (keyof V & string)[];
  /** Returns what `load` needs; null if the provider is off. */
  read(values: ValuesOf<V>): S | null;
  /**
   * Returns true if the provider was not asked for: it is used if it turns out to be usable, and
   * nothing is amiss if it is not. Default: never.
   */
  isImplicit?(settings: S): boolean;
  /**
   * Returns what is wrong with the variables together, as sentences.
   *
   * @param isSet returns true if the operator has set the variable
   */
  problems?(values: ValuesOf<V>, isSet: (name: keyof V & string) => boolean): string[];
  /**
   * The address that audio is sent to, and the variable that sets it. Null: recognition runs on
   * this machine. With `PRIVATE` a provider is used only if its address is on this machine.
   */
  address: { variable: keyof V & string; of(settings: S): string } | null;
  /** Items of `STT_SERVICE_MODELS`, in the order in which they are asked by default. */
  services: Readonly<Record<string, ServiceSettings<S>>>;
  /** Loads the provider's code. */
  load(settings: S, logger: Logger, places: SttPlaces): Promise<SttProvider>;
}

/** Where a provider finds what is on this machine. */
export interface SttPlaces {
  /** Folder of local models, absolute. */
  modelsDir: string;
  /** Makes detectors of voices. */
  createDetector: VoiceActivityFactory;
}

/** A provider that is on. */
export interface ConfiguredSttProvider {
  name: string;
  title: string;
  /** What was read, for display and for tests; keys are masked. */
  settings: object;
  /** Null if recognition runs on this machine. */
  address: { variable: string; url: string } | null;
  /** All services of the provider. */
  services: readonly SttService[];
  /** It was not asked for: it is used if it turns out to be usable. */
  isImplicit: boolean;
  load(logger: Logger, places: SttPlaces): Promise<SttProvider>;
}

/** A provider as the rest of the server sees it; the types of its settings stay inside. */
export interface SttProviderDescriptor {
  readonly name: string;
  readonly title: string;
  readonly variables: Variables;
  readonly enabledBy: readonly [string, ...string[]];
  readonly tuning: readonly string[];
  /** The variable whose key alone turns the provider on; null if it needs something else. */
  readonly keyVariable: string | null;
  /** False if recognition runs on this machine. */
  readonly isRemote: boolean;
  readonly serviceNames: readonly string[];
  readonly defaultServiceNames: readonly string[];
  /** Reads the provider's variables. Adds values that are not allowed to `refused`. */
  read(env: Environment, refused: string[]): ReadSttProvider;
}

/** What the environment says about a provider. */
export interface ReadSttProvider {
  /** Null: off. */
  provider: ConfiguredSttProvider | null;
  /** What is wrong with the variables together, as sentences. */
  problems: string[];
}

/** Returns the descriptor of a provider from its settings. */
export function describeSttProvider<V extends Variables, S extends object>(
  declared: SttProviderSettings<V, S>,
): SttProviderDescriptor {
  const { name, title, variables, enabledBy, tuning = [], services } = declared;
  const entries = Object.entries(services);
  return {
    name,
    title,
    variables,
    enabledBy,
    tuning,
    keyVariable: enabledBy.find((variable) => variables[variable]?.secret) ?? null,
    isRemote: declared.address !== null,
    serviceNames: entries.map(([service]) => service),
    defaultServiceNames: entries
      .filter(([, { isDefault = true }]) => isDefault)
      .map(([service]) => service),
    read: (env, refused) => {
      const before = refused.length;
      const values = readVariables(env, variables, refused);
      if (refused.length > before) return { provider: null, problems: [] };
      const settings = declared.read(values);
      const isSet = (variable: string) => textOf(env, variable) !== undefined;
      return {
        provider: settings && configured(declared, settings),
        problems: declared.problems?.(values, isSet) ?? [],
      };
    },
  };
}

/** Returns true if a provider that is loaded with one of the two is what the other asks for. */
export function sameSettings(a: ConfiguredSttProvider, b: ConfiguredSttProvider): boolean {
  return a.name === b.name && isDeepStrictEqual(revealed(a.settings), revealed(b.settings));
}

/** Secrets hide their value from comparisons, too. */
function revealed(settings: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  );
}

function configured<V extends Variables, S extends object>(
  declared: SttProviderSettings<V, S>,
  settings: S,
): ConfiguredSttProvider {
  const { name, title, address, services } = declared;
  return {
    name,
    title,
    settings,
    address: address && { variable: address.variable, url: address.of(settings) },
    services: Object.entries(services).map(
      ([service, { model, languages, responseTimeoutMs }]) => ({
        name: service,
        provider: name,
        model: typeof model === 'function' ? model(settings) : model,
        languages: typeof languages === 'function' ? languages(settings) : languages,
        responseTimeoutMs,
      }),
    ),
    isImplicit: declared.isImplicit?.(settings) ?? false,
    load: (logger, places) => declared.load(settings, logger, places),
  };
}
