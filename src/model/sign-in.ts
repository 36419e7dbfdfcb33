import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A sign-in that is under way in somebody's browser. `id` is the SHA-256 of the `state` sent along. */
export const signInAttemptSchema = z.object({
  id: z.string(),
  provider: z.enum(['google', 'apple']),
  redirectUri: z.string(),
  /** The client's own `state`, given back to it. */
  clientState: z.string().nullable(),
  /** SHA-256 of what the client will prove itself with (PKCE), null if it cannot. */
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

/** A code that can be exchanged once. `id` is the SHA-256 of the code, which is stored nowhere. */
export const signInCodeSchema = z.object({
  id: z.string(),
  provider: z.enum(['google', 'apple']),
  redirectUri: z.string(),
  codeChallenge: z.string().nullable().default(null),
  /** The provider's tokens, encrypted with a key made from the code. */
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
