import type { Logger } from '../kernel/logger.ts';
import { Breakers } from './breaker.ts';
import { type ConfiguredSttProvider, type SttPlaces, sameSettings } from './provider-settings.ts';
import { loadSttProviders } from './registry.ts';
import type { SttProvider } from './stt-provider.ts';
import type { SttService } from './stt-service.ts';
import { usableServices } from './usable-services.ts';

export interface SpeechServicesOptions {
  logger: Logger;
  places: SttPlaces;
  /** Returns what is used in place of a provider, such as one that is traced. */
  wrap: (provider: SttProvider) => SttProvider;
}

/** What is asked for words. */
export interface SpeechChoice {
  /** Providers that are on. */
  providers: readonly ConfiguredSttProvider[];
  /** Services of these that may be asked, in order of preference. */
  services: readonly SttService[];
}

interface Loaded {
  configured: ConfiguredSttProvider;
  provider: SttProvider;
}

/**
 * The speech services that are in force now. Whoever opens a session asks here; a session goes on
 * with the providers that it was opened with.
 */
export class SpeechServices {
  /** What is known of each provider's health, by whatever session found out. */
  readonly breakers = new Breakers();
  readonly #o: SpeechServicesOptions;
  readonly #providers = new Map<string, SttProvider>();
  readonly #retired: SttProvider[] = [];
  #loaded: Loaded[] = [];
  #services: readonly SttService[] = [];

  constructor(options: SpeechServicesOptions) {
    this.#o = options;
  }

  /** The providers that are on, by name. */
  get providers(): ReadonlyMap<string, SttProvider> {
    return this.#providers;
  }

  /** Services that may be asked, in order of preference. */
  get services(): readonly SttService[] {
    return this.#services;
  }

  /**
   * Returns the services that can be asked now, in order.
   *
   * @param isRecorded the audio is complete already
   */
  usable(isRecorded: boolean): SttService[] {
    return usableServices(this.#services, this.#providers, isRecorded);
  }

  /** Returns all services that can be asked now: a request may name one that is not asked otherwise. */
  everyUsable(isRecorded: boolean): SttService[] {
    const all = this.#loaded.flatMap(({ configured }) => configured.services);
    return usableServices(all, this.#providers, isRecorded);
  }

  /** Returns true if a service can be asked now: neither its key nor its model is missing. */
  isUsable(service: SttService): boolean {
    return usableServices([service], this.#providers, false).length > 0;
  }

  /** Loads what has changed. Sessions that are opened from now on are given these services. */
  async use({ providers, services }: SpeechChoice): Promise<void> {
    const { logger, places, wrap } = this.#o;
    const known = (wanted: ConfiguredSttProvider) =>
      this.#loaded.find(({ configured }) => sameSettings(configured, wanted));
    const changed = providers.filter((wanted) => !known(wanted));
    const fresh = await loadSttProviders(changed, logger, places);
    const loaded = providers.flatMap((configured) => {
      const provider = fresh.get(configured.name);
      return provider ? { configured, provider: wrap(provider) } : (known(configured) ?? []);
    });
    for (const { name } of changed) this.breakers.forget(name);
    const gone = this.#loaded.filter((before) => !loaded.includes(before));
    // Sessions may still hear with them.
    this.#retired.push(...gone.flatMap(({ provider }) => (provider.close ? [provider] : [])));
    this.#loaded = loaded;
    this.#services = services;
    this.#providers.clear();
    for (const { configured, provider } of loaded) this.#providers.set(configured.name, provider);
  }

  /**
   * Asks a provider that need not be in use whether its address and key are good.
   *
   * @throws AppError as the provider's `check`
   */
  async check(configured: ConfiguredSttProvider, signal: AbortSignal): Promise<void> {
    const { logger, places } = this.#o;
    const loaded = await loadSttProviders([configured], logger, places);
    await loaded.get(configured.name)?.check(signal);
  }

  /** Closes all providers. */
  async close(): Promise<void> {
    const all = [...this.#retired, ...this.#loaded.map(({ provider }) => provider)];
    await Promise.all(all.map((provider) => provider.close?.()));
  }
}
