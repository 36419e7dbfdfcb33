import type { ServiceLanguages } from './service-languages.ts';

/** One model that can be asked, with the settings of its provider applied. */
export interface SttService {
  /** Item of `STT_SERVICE_MODELS`. */
  name: string;
  /** Name of the provider. */
  provider: string;
  model: string;
  languages: ServiceLanguages;
  /** Milliseconds of speech without any response after which another provider is asked. */
  responseTimeoutMs: number;
}
