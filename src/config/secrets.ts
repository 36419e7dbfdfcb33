import { type Environment, textOf } from '../kernel/read-variables.ts';
import { Secret } from '../kernel/secret.ts';
import { readValues } from './values.ts';

/**
 * The keys, apart from the configuration, which may be shown. Null: not set. Keys of one speech
 * provider or one engine are in its settings.
 */
export interface Secrets {
  encryptionSecret: Secret | null;
  /** Decrypts data that was encrypted with it. */
  previousEncryptionSecret: Secret | null;
  openaiApiKey: Secret | null;
  /** Of the model that speaks. */
  ttsApiKey: Secret | null;
  firebaseApiKey: Secret | null;
  serviceAccountJson: Secret | null;
  googleClientSecret: Secret | null;
  oidcClientSecret: Secret | null;
  /** PKCS#8 in PEM. */
  applePrivateKey: Secret | null;
  linkSecret: Secret | null;
  metricsToken: Secret | null;
  /** Headers for the collector of traces and metrics: `name=value,name=value`. */
  otlpHeaders: Secret | null;
  /** Proxies for downloads: their addresses may hold passwords. */
  httpsProxy: Secret | null;
  httpProxy: Secret | null;
}

/** Reads the keys. @throws AppError `invalid-configuration`, as `readConfig` */
export function readSecrets(env: Environment): Secrets {
  const values = readValues(env);
  return {
    encryptionSecret: values.ENCRYPTION_SECRET,
    previousEncryptionSecret: values.ENCRYPTION_SECRET_PREVIOUS,
    openaiApiKey: values.OPENAI_API_KEY,
    ttsApiKey: values.TTS_API_KEY ?? (values.TTS_BASE_URL === null ? values.OPENAI_API_KEY : null),
    firebaseApiKey: values.FIREBASE_API_KEY,
    serviceAccountJson: values.SERVICE_ACCOUNT_JSON,
    googleClientSecret: values.GOOGLE_CLIENT_SECRET,
    oidcClientSecret: values.OIDC_CLIENT_SECRET,
    applePrivateKey:
      values.APPLE_PRIVATE_KEY &&
      new Secret(values.APPLE_PRIVATE_KEY.reveal().replaceAll('\\n', '\n')),
    linkSecret: values.LINK_SECRET,
    metricsToken: values.METRICS_TOKEN,
    otlpHeaders: values.OTEL_EXPORTER_OTLP_HEADERS,
    httpsProxy: values.HTTPS_PROXY ?? lowerCase(env, 'https_proxy'),
    httpProxy: values.HTTP_PROXY ?? lowerCase(env, 'http_proxy'),
  };
}

/** Some programs use lower-case names for proxy variables. */
function lowerCase(env: Environment, name: string): Secret | null {
  const text = textOf(env, name);
  return text === undefined ? null : new Secret(text);
}
