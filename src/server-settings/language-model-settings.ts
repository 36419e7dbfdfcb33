import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import { guardedFetch } from '../kernel/guarded-fetch.ts';
import type { GuardedHttp } from '../kernel/guarded-http.ts';
import type { LocalModelServer } from '../llm/local-model-servers.ts';
import { type ListedModel, offersModel } from '../llm/model-server.ts';
import { AUTO_MODEL, assertKeyAccepted, listServerModels } from '../llm/registry.ts';
import type { ServerSettingsDocument, ServiceCheck } from '../model/server-settings.ts';
import { assertAccepted, CHECK_TIMEOUT_MS, checkService } from './check-service.ts';
import {
  type EnvironmentOwners,
  type InForce,
  type KeyState,
  lastFourOf,
  previewOf,
  refuseIfSet,
  type StoredInForce,
  without,
} from './in-force.ts';

/** Name of the language model among the checks that are stored. */
const SERVICE = 'language-model';
const TITLE = 'The model server';
/** Longest time for the answer that a key is tried with, milliseconds. */
const KEY_TIMEOUT_MS = 3_000;
const MAX_LIST_BYTES = 4 * 1024 * 1024;
/** Models that a message names, if the wanted one is not there. */
const NAMED_MODELS = 5;

const KEY = 'OPENAI_API_KEY';
const ADDRESS = 'OPENAI_BASE_URL';
const MODEL = 'OPENAI_MODEL';

export interface LanguageModelSettingsOptions {
  stored: StoredInForce;
  owners: EnvironmentOwners;
  /** For addresses that the owner gives. */
  http: GuardedHttp;
  /** Looks for model servers on this machine. */
  findServers: () => Promise<LocalModelServer[]>;
  /** Returns the name of the model in use; null: rules. */
  modelInUse: () => string | null;
  clock: Clock;
}

/** Which model server is asked, as the owner gives it. */
export interface WantedLanguageModel {
  /** Includes `/v1`; null: OpenAI's. */
  baseUrl: string | null;
  /** Null: none is sent. Undefined: the one that is stored, if the address stays. */
  apiKey: string | null | undefined;
  /** Null: it is chosen. */
  model: string | null;
}

export interface LanguageModelState extends KeyState {
  /** Null: no model server is set. */
  baseUrl: string | null;
  hasKey: boolean;
  /** The model that was asked for; null: it is chosen. */
  model: string | null;
  modelInUse: string | null;
}

/** The language model of the server, as its owner sees and changes it. */
export class LanguageModelSettings {
  readonly #o: LanguageModelSettingsOptions;

  constructor(options: LanguageModelSettingsOptions) {
    this.#o = options;
  }

  /** Returns what is set, without the key. */
  state(): LanguageModelState {
    const { stored, owners, modelInUse } = this.#o;
    const { config, secrets } = stored.current;
    const { variables, setAt, checks } = stored.stored;
    const isSet = config.openai !== null;
    const isStored = isSet && owners.languageModel === null;
    return {
      variable: owners.languageModel ?? KEY,
      setBy: isSet ? (isStored ? 'console' : 'environment') : null,
      baseUrl: config.openai?.baseUrl ?? null,
      hasKey: isSet && secrets.openaiApiKey !== null,
      lastFour: isStored ? lastFourOf(variables[KEY]) : null,
      model: isStored ? (variables[MODEL] ?? null) : null,
      modelInUse: modelInUse(),
      setAt: isStored ? (setAt[SERVICE] ?? null) : null,
      check: isSet ? (checks[SERVICE] ?? null) : null,
    };
  }

  /** Returns the model servers that answer on this machine. */
  findServers(): Promise<LocalModelServer[]> {
    return this.#o.findServers();
  }

  /**
   * Checks a model server and stores it. A key that it refuses is not stored. A stored key is never
   * sent to another address.
   *
   * @param isUnchecked true: it is stored even if it cannot be asked, or does not list the model
   * @throws AppError `bad-request` for a wrong key or address, `provider-unavailable` if the server
   *   cannot be asked
   */
  async set(wanted: WantedLanguageModel, isUnchecked: boolean): Promise<void> {
    const { stored, owners, clock } = this.#o;
    refuseIfSet(owners.languageModel);
    const values = this.#valuesOf(wanted);
    const change = ({ variables }: ServerSettingsDocument) => ({
      variables: { ...without(variables, KEY, ADDRESS, MODEL), ...values },
    });
    const next = previewOf(stored, { ...stored.stored, ...change(stored.stored) });
    const check = await this.#check(next, isUnchecked ? null : wanted.model);
    assertAccepted(check, isUnchecked);
    const at = clock.now();
    await stored.update((before) => ({
      ...change(before),
      setAt: { ...before.setAt, [SERVICE]: at },
      checks: { ...before.checks, [SERVICE]: { ...check, at } },
    }));
  }

  /** Removes the stored model: rules understand conversations. @throws AppError `bad-request` */
  async remove(): Promise<void> {
    const { stored, owners } = this.#o;
    refuseIfSet(owners.languageModel);
    await stored.update(({ variables, setAt, checks }) => ({
      variables: without(variables, KEY, ADDRESS, MODEL),
      setAt: without(setAt, SERVICE),
      checks: without(checks, SERVICE),
    }));
  }

  /** Asks the server again that is in use. @throws AppError `not-found` if there is none */
  async check(): Promise<void> {
    const { stored, clock } = this.#o;
    if (stored.current.config.openai === null) {
      throw new AppError('not-found', 'There is no language model to check.');
    }
    const check = await this.#check(stored.current, null);
    await stored.update(({ checks }) => ({
      checks: { ...checks, [SERVICE]: { ...check, at: clock.now() } },
    }));
  }

  #valuesOf({ baseUrl, apiKey, model }: WantedLanguageModel): Record<string, string> {
    const { variables } = this.#o.stored.stored;
    const address = baseUrl?.replace(/\/{1,10}$/, '') ?? null;
    const isSameServer = address === (variables[ADDRESS] ?? null);
    const key = apiKey === undefined && isSameServer ? variables[KEY] : apiKey;
    return {
      ...(key ? { [KEY]: key } : {}),
      ...(address === null ? {} : { [ADDRESS]: address }),
      ...(model === null || model === AUTO_MODEL ? {} : { [MODEL]: model }),
    };
  }

  /** @param model it must be listed; null: any */
  async #check(next: InForce, model: string | null): Promise<Omit<ServiceCheck, 'at'>> {
    const { openai, isPrivate } = next.config;
    if (openai === null) {
      throw new AppError(
        'bad-request',
        isPrivate
          ? 'PRIVATE is set: give the address of a model server on this machine.'
          : 'Give a key, or the address of a model server.',
      );
    }
    const server = {
      baseUrl: openai.baseUrl,
      apiKey: next.secrets.openaiApiKey?.reveal() ?? null,
    };
    const isOperators = this.#o.owners.languageModel !== null;
    if (!isOperators) await this.#assertAllowed(server.baseUrl);
    let listed: ListedModel[] = [];
    const check = await checkService(TITLE, async (signal) => {
      const limits = { signal, timeoutMs: CHECK_TIMEOUT_MS, maxBytes: MAX_LIST_BYTES };
      const inner = isOperators ? undefined : guardedFetch(this.#o.http, limits);
      listed = await listServerModels(server, CHECK_TIMEOUT_MS, inner);
      const asked = model ?? listed[0]?.id;
      if (asked === undefined) return;
      await assertKeyAccepted({ ...server, model: asked }, KEY_TIMEOUT_MS, inner);
    });
    if (check.verdict === 'good' && model !== null && !offersModel(listed, model)) {
      const names = listed
        .slice(0, NAMED_MODELS)
        .map(({ id }) => id)
        .join(', ');
      const more = listed.length > NAMED_MODELS ? ' and others' : '';
      throw new AppError(
        'bad-request',
        `The server does not list the model that you name. It has: ${names || 'none'}${more}.`,
      );
    }
    return check;
  }

  /** Addresses of the owner's network are for the operator alone. @throws AppError `bad-request` */
  async #assertAllowed(baseUrl: string): Promise<void> {
    try {
      await this.#o.http.check(baseUrl);
    } catch (error) {
      // A name that cannot be found now is told by the check.
      if (!isAppError(error, 'forbidden')) return;
      throw new AppError(
        'bad-request',
        `${error.message} For a model server in your own network set OPENAI_BASE_URL in the environment.`,
      );
    }
  }
}
