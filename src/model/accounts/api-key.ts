import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** What a key may do. Writing does not include reading. */
export const API_SCOPES = [
  'conversations:read',
  'conversations:write',
  'memories:read',
  'memories:write',
  'action_items:read',
  'action_items:write',
  'goals:read',
  'goals:write',
] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** Scopes of a developer key that was made without naming any. */
export const READ_SCOPES: readonly ApiScope[] = API_SCOPES.filter((scope) =>
  scope.endsWith(':read'),
);

/** `dev`: for the developer API. `mcp`: for assistants that speak MCP. */
export const apiKeyKindSchema = z.enum(['dev', 'mcp']);
export type ApiKeyKind = z.infer<typeof apiKeyKindSchema>;

/** A key for programs of a user. `id` is the SHA-256 of its secret part, which is never stored. */
export const apiKeySchema = z.object({
  id: z.string(),
  uid: z.string(),
  kind: apiKeyKindSchema,
  /** The user's name for it. */
  name: z.string(),
  /** First and last characters of the key, so that the user recognises it. */
  hint: z.string(),
  scopes: z.array(z.enum(API_SCOPES)),
  createdAt: timestamp,
  /** When it was last accepted, to the nearest ten minutes; null if never. */
  lastUsedAt: timestamp.nullable(),
  /** It is refused from this time on; null: never. */
  expiresAt: timestamp.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const apiKeys = defineCollection({
  name: 'api_keys',
  scope: 'global',
  schema: apiKeySchema,
  queries: {
    ofUser: { filters: { uid: 'eq', kind: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
