import { inspect } from 'node:util';
import { type Environment, readValues } from './values.ts';

const MASK = '[secret]';

/** A value that shows itself only to whoever asks with `reveal`: logs and dumps get a mask. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, to be handed to the vendor's client and to nobody else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** The keys, apart from the configuration, which may be shown. Null where a key is not set. */
export interface Secrets {
  deepgramApiKey: Secret | null;
  sonioxApiKey: Secret | null;
  speechmaticsApiKey: Secret | null;
  openaiApiKey: Secret | null;
}

/** Reads the keys. Throws `invalid-configuration` as `readConfig` does. */
export function readSecrets(env: Environment): Secrets {
  const values = readValues(env);
  return {
    deepgramApiKey: values.DEEPGRAM_API_KEY === null ? null : new Secret(values.DEEPGRAM_API_KEY),
    sonioxApiKey: values.SONIOX_API_KEY === null ? null : new Secret(values.SONIOX_API_KEY),
    speechmaticsApiKey:
      values.SPEECHMATICS_API_KEY === null ? null : new Secret(values.SPEECHMATICS_API_KEY),
    openaiApiKey: values.OPENAI_API_KEY === null ? null : new Secret(values.OPENAI_API_KEY),
  };
}
