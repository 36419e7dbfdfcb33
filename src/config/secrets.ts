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
  pineconeApiKey: Secret | null;
  firebaseApiKey: Secret | null;
  serviceAccountJson: Secret | null;
  googleClientSecret: Secret | null;
  /** PKCS#8 in PEM. */
  applePrivateKey: Secret | null;
  redisPassword: Secret | null;
  linkSecret: Secret | null;
  metricsToken: Secret | null;
}

/** Reads the keys. Throws `invalid-configuration` as `readConfig` does. */
export function readSecrets(env: Environment): Secrets {
  const values = readValues(env);
  const secret = (value: string | null) => (value === null ? null : new Secret(value));
  return {
    deepgramApiKey: secret(values.DEEPGRAM_API_KEY),
    sonioxApiKey: secret(values.SONIOX_API_KEY),
    speechmaticsApiKey: secret(values.SPEECHMATICS_API_KEY),
    openaiApiKey: secret(values.OPENAI_API_KEY),
    pineconeApiKey: secret(values.PINECONE_API_KEY),
    firebaseApiKey: secret(values.FIREBASE_API_KEY),
    serviceAccountJson: secret(values.SERVICE_ACCOUNT_JSON),
    googleClientSecret: secret(values.GOOGLE_CLIENT_SECRET),
    applePrivateKey: secret(values.APPLE_PRIVATE_KEY?.replaceAll('\\n', '\n') ?? null),
    redisPassword: secret(values.REDIS_DB_PASSWORD),
    linkSecret: secret(values.LINK_SECRET),
    metricsToken: secret(values.METRICS_TOKEN),
  };
}
