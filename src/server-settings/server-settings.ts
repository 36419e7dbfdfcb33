import type { Clock } from '../kernel/clock.ts';
import { AppError, isAppError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import type { ServerSettingsDocument, ServiceCheck } from '../model/server-settings.ts';
import type { ConfiguredSttProvider } from '../stt/provider-settings.ts';
import { DEFAULT_STT_SERVICE_NAMES, STT_PROVIDERS } from '../stt/registry.ts';
import type { SpeechServices } from '../stt/speech-services.ts';
import type { SttService } from '../stt/stt-service.ts';
import { checkService } from './check-service.ts';
import type { StoredSettings } from './stored-settings.ts';

/** What the settings decide about. */
export interface InForce {
  config: {
    isPrivate: boolean;
    encryption: boolean;
    sttProviders: readonly ConfiguredSttProvider[];
    sttServices: readonly SttService[];
    openai: { baseUrl: string; models: { medium: string } } | null;
  };
  secrets: { openaiApiKey: Secret | null };
}

/** What the environment sets, and the console therefore cannot. */
export interface EnvironmentOwners {
  /** The variable that sets the language model; null: the environment does not. */
  languageModel: string | null;
  /** The variable that sets the order of the speech services; null: the environment does not. */
  speechOrder: string | null;
  /** Returns true if the environment sets the variable. */
  sets(variable: string): boolean;
}

export interface ServerSettingsOptions {
  stored: Pick<StoredSettings<InForce>, 'current' | 'stored' | 'problem' | 'preview' | 'update'>;
  owners: EnvironmentOwners;
  speech: SpeechServices;
  clock: Clock;
}

/** A key, without the key. */
export interface KeyState {
  /** The variable of the environment that stands for it. */
  variable: string;
  setBy: 'environment' | 'console' | null;
  /** Its last four characters; null if it is not stored here, or too short for that. */
  lastFour: string | null;
  setAt: number | null;
  check: ServiceCheck | null;
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
}

/** A key shorter than this would be given away by its end. */
const MIN_LENGTH_WITH_END = 12;

/** What the owner of the server sees of its settings, and changes. */
export class ServerSettings {
  readonly #o: ServerSettingsOptions;

  constructor(options: ServerSettingsOptions) {
    this.#o = options;
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
    assertUsable(check, isUnchecked);
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
    const { config } = this.#preview({ ...stored.stored, ...change(stored.stored) });
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

  #preview(settings: ServerSettingsDocument): InForce {
    try {
      return this.#o.stored.preview(settings);
    } catch (error) {
      if (!isAppError(error, 'invalid-configuration')) throw error;
      throw new AppError('bad-request', error.message);
    }
  }

  #speechServices(): OrderedService[] {
    const { stored, speech, owners } = this.#o;
    const { config } = stored.current;
    const order = owners.speechOrder === null ? stored.stored.order : [];
    const all = config.sttProviders.flatMap(({ services }) => services);
    const named = order.flatMap((name) => all.find((service) => service.name === name) ?? []);
    const byDefault = all.filter(({ name }) => DEFAULT_STT_SERVICE_NAMES.includes(name));
    const usable = new Set(speech.everyUsable(false).map(({ provider }) => provider));
    const isOn = new Set(config.sttServices.map(({ name }) => name));
    const listed = [...new Set([...named, ...config.sttServices, ...byDefault])];
    return listed.map(({ name, provider }) => ({
      name,
      vendor: provider,
      title: STT_PROVIDERS.find((each) => each.name === provider)?.title ?? provider,
      isOn: isOn.has(name),
      isUsable: usable.has(provider),
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
      lastFour: value.length < MIN_LENGTH_WITH_END ? null : value.slice(-4),
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

/** @throws AppError `bad-request`, `provider-unavailable` */
function assertUsable({ verdict, text }: Omit<ServiceCheck, 'at'>, isUnchecked: boolean): void {
  if (verdict === 'refused') throw new AppError('bad-request', text);
  if (verdict !== 'unclear' || isUnchecked) return;
  throw new AppError(
    'provider-unavailable',
    `The key could not be checked: ${text} It can be stored all the same.`,
  );
}

/** @throws AppError `bad-request` if the environment sets it */
function refuseIfSet(variable: string | null): void {
  if (variable === null) return;
  throw new AppError('bad-request', `This is set by ${variable}; change it there.`);
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== name));
}
