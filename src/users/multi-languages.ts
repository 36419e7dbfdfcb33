/**
 * Languages that live speech-to-text can tell apart in one stream (Deepgram nova-3 `multi`). A user
 * whose language is not among them is transcribed in that one language only.
 */
export const MULTI_LANGUAGES: ReadonlySet<string> = new Set([
  'multi',
  'en',
  'en-US',
  'en-AU',
  'en-GB',
  'en-IN',
  'en-NZ',
  'es',
  'es-419',
  'fr',
  'fr-CA',
  'de',
  'hi',
  'ru',
  'pt',
  'pt-BR',
  'pt-PT',
  'ja',
  'it',
  'nl',
]);
