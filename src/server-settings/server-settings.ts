import type { Clock } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import type { ServerSettingsDocument, ServiceCheck } from '../model/server-settings.ts';
import { DEFAULT_STT_SERVICE_NAMES, STT_PROVIDERS } from '../stt/registry.ts';
import type { SpeechServices } from '../stt/speech-services.ts';
import { assertAccepted, checkService } from './check-service.ts';
import {
  type EnvironmentOwners,
  type KeyState,
  lastFourOf,
  previewOf,
  refuseIfSet,
  type StoredInForce,
  without,
} from './in-force.ts';
import type { LanguageModelSettings, LanguageModelState } from './language-model-settings.ts';

export interface ServerSettingsOptions {
  stored: StoredInForce;
  owners: EnvironmentOwners;
  speech: SpeechServices;
  languageModel: LanguageModelSettings;
  clock: Clock;
}

/** A vendor of speech recognition that needs nothing but a key. */
export interface SpeechKey extends KeyState {
  vendor: string;
  title: string;
}

/** A speech service as it stands in the order. */
export interface OrderedService {
  name: string;
  vendor: string;
  title: string;
  isOn: boolean;
  /** False: it cannot be asked, because a model or a key is missing. */
  isUsable: boolean;
}

export interface ServerSettingsView {
  isEncrypted: boolean;
  isPrivate: boolean;
  /** Why what is stored is not in force; null if it is. */
  problem: string | null;
  orderSetBy: string | null;
  speechServices: OrderedService[];
  speechKeys: SpeechKey[];
  languageModel: LanguageModelState;
}

/** What the owner of the server sees of its settings, and changes. */
export class ServerSettings {
  readonly languageModel: LanguageModelSettings;
  readonly #o: ServerSettingsOptions;

  constructor(options: ServerSettingsOptions) {
    this.#o = options;
    this.languageModel = options.languageModel;
  }

  /** Returns the settings without any key. */
  view(): ServerSettingsView {
    const { stored, owners } = this.#o;
    const { config } = stored.current;
    return {
      isEncrypted: config.encryption,
      isPrivate: config.isPrivate,
      problem: stored.problem,
      orderSetBy: owners.speechOrder,
      speechServices: this.#speechServices(),
      speechKeys: STT_PROVIDERS.flatMap(({ name, title, keyVariable }) =>
        keyVariable === null ? [] : [{ vendor: name, title, ...this.#keyState(name, keyVariable) }],
      ),
      languageModel: this.languageModel.state(),
    };
  }

  /**
   * Sets the order of the speech services, and which of them are asked. Services that are not named
   * stay as they are, after the named ones.
   *
   * @throws AppError `bad-request` for a name that is not there or comes twice, or if the environment
   *   sets the order
   */
  async setSpeechServices(wanted: readonly { name: string; isOn: boolean }[]): Promise<void> {
    const { stored, owners } = this.#o;
    refuseIfSet(owners.speechOrder);
    const { sttProviders } = stored.current.config;
    const known = new Set(sttProviders.flatMap(({ services }) => services.map(({ name }) => name)));
    const names = wanted.map(({ name }) => name);
    for (const [i, name] of names.entries()) {
      if (!known.has(name))
        throw new AppError('bad-request', `There is no speech service ${name}.`);
      if (names.indexOf(name) !== i) throw new AppError('bad-request', `${name} is named twice.`);
    }
    const nowOff = wanted.filter(({ isOn }) => !isOn).map(({ name }) => name);
    await stored.update(({ order, off }) => ({
      order: [...names, ...order.filter((name) => !names.includes(name))],
      off: [...nowOff, ...off.filter((name) => !names.includes(name))],
    }));
  }

  /**
   * Checks a vendor's key and stores it. A key that the vendor refuses is not stored.
   *
   * @param isUnchecked true: the key is stored even if the vendor cannot be asked
   * @throws AppError `not-found`, `bad-request` for a wrong key, `provider-unavailable` if the vendor
   *   cannot be asked
   */
  async setSpeechKey(vendor: string, key: string, isUnchecked: boolean): Promise<void> {
    const { stored, owners, clock } = this.#o;
    const { title, variable } = speechVendor(vendor);
    if (owners.sets(variable)) refuseIfSet(variable);
    const change = ({ variables }: ServerSettingsDocument) => ({
      variables: { ...variables, [variable]: key },
    });
    const check = await this.#checkSpeech(vendor, title, change);
    assertAccepted(check, isUnchecked);
    const at = clock.now();
    await stored.update((before) => ({
      ...change(before),
      setAt: { ...before.setAt, [vendor]: at },
      checks: { ...before.checks, [vendor]: { ...check, at } },
    }));
  }

  /** Removes a vendor's key. @throws AppError `not-found`, `bad-request` if the environment sets it */
  async removeSpeechKey(vendor: string): Promise<void> {
    const { stored, owners } = this.#o;
    const { variable } = speechVendor(vendor);
    if (owners.sets(variable)) refuseIfSet(variable);
    await stored.update(({ variables, setAt, checks }) => ({
      variables: without(variables, variable),
      setAt: without(setAt, vendor),
      checks: without(checks, vendor),
    }));
  }

  /** Checks the key of a vendor that is in force. @throws AppError `not-found` if there is none */
  async checkSpeechKey(vendor: string): Promise<void> {
    const { stored, clock } = this.#o;
    const { title } = speechVendor(vendor);
    const check = await this.#checkSpeech(vendor, title, () => ({}));
    await stored.update(({ checks }) => ({
      checks: { ...checks, [vendor]: { ...check, at: clock.now() } },
    }));
  }

  async #checkSpeech(
    vendor: string,
    title: string,
    change: (stored: ServerSettingsDocument) => Partial<ServerSettingsDocument>,
  ): Promise<Omit<ServiceCheck, 'at'>> {
    const { stored, speech } = this.#o;
    const { config } = previewOf(stored, { ...stored.stored, ...change(stored.stored) });
    const configured = config.sttProviders.find(({ name }) => name === vendor);
    if (configured) {
      return checkService(title, (signal) => speech.check(configured, signal));
    }
    if (config.isPrivate) {
      throw new AppError(
        'bad-request',
        `PRIVATE is set: ${title} is not used, because it is on another machine.`,
      );
    }
    throw new AppError('not-found', `There is no key of ${title} to check.`);
  }

  #speechServices(): OrderedService[] {
    const { stored, speech, owners } = this.#o;
    const { config } = stored.current;
    const order = owners.speechOrder === null ? stored.stored.order : [];
    const all = config.sttProviders.flatMap(({ services }) => services);
    const named = order.flatMap((name) => all.find((service) => service.name === name) ?? []);
    const byDefault = all.filter(({ name }) => DEFAULT_STT_SERVICE_NAMES.includes(name));
    const isOn = new Set(config.sttServices.map(({ name }) => name));
    const listed = [...new Set([...named, ...config.sttServices, ...byDefault])];
    return listed.map((service) => ({
      name: service.name,
      vendor: service.provider,
      title: STT_PROVIDERS.find(({ name }) => name === service.provider)?.title ?? service.provider,
      isOn: isOn.has(service.name),
      isUsable: speech.isUsable(service),
    }));
  }

  #keyState(service: string, variable: string): KeyState {
    const { stored, owners } = this.#o;
    const { variables, setAt, checks } = stored.stored;
    const value = variables[variable];
    const check = checks[service] ?? null;
    if (owners.sets(variable)) {
      return { variable, setBy: 'environment', lastFour: null, setAt: null, check };
    }
    if (value === undefined) {
      return { variable, setBy: null, lastFour: null, setAt: null, check: null };
    }
    return {
      variable,
      setBy: 'console',
      lastFour: lastFourOf(value),
      setAt: setAt[service] ?? null,
      check,
    };
  }
}

/** @throws AppError `not-found` */
function speechVendor(name: string): { title: string; variable: string } {
  const found = STT_PROVIDERS.find((provider) => provider.name === name);
  if (found?.keyVariable) return { title: found.title, variable: found.keyVariable };
  throw new AppError('not-found', `There is no vendor ${name} that takes a key.`);
}
