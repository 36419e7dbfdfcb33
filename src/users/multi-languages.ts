/**
 * Languages that a client may mix in one stream (Deepgram nova-3 `multi`, part of Omi's contract). A user
 * of another language is transcribed in that language only.
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
