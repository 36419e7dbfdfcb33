import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A sign-in that has begun in a browser. `id` is the SHA-256 of the `state` that was sent. */
export const signInAttemptSchema = z.object({
  id: z.string(),
  provider: z.enum(['google', 'apple']),
  redirectUri: z.string(),
  /** The client's own `state`, returned to it. */
  clientState: z.string().nullable(),
  /** PKCE challenge of the client (SHA-256); null if it uses none. */
  codeChallenge: z.string().nullable().default(null),
  expiresAt: timestamp,
});
export type SignInAttempt = z.infer<typeof signInAttemptSchema>;

export const signInAttempts = defineCollection({
  name: 'sign_in_attempts',
  scope: 'global',
  schema: signInAttemptSchema,
  queries: { byExpiry: { filters: {}, orderBy: 'expiresAt', direction: 'asc' } },
});

/** A code that can be exchanged once. `id` is the SHA-256 of the code, which is never stored. */
export const signInCodeSchema = z.object({
  id: z.string(),
  provider: z.enum(['google', 'apple']),
  redirectUri: z.string(),
  codeChallenge: z.string().nullable().default(null),
  /** The provider's tokens, encrypted with a key that is derived from the code. */
  encryptedTokens: z.string(),
  expiresAt: timestamp,
});
export type SignInCode = z.infer<typeof signInCodeSchema>;

export const signInCodes = defineCollection({
  name: 'sign_in_codes',
  scope: 'global',
  schema: signInCodeSchema,
  queries: { byExpiry: { filters: {}, orderBy: 'expiresAt', direction: 'asc' } },
});
