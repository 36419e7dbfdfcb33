import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { API_SCOPES } from './api-key.ts';

const scopes = z.array(z.enum(API_SCOPES));

/** What a user has allowed a program (an assistant, say) that signed in by OAuth. */
export const connectorGrantSchema = z.object({
  id: z.string(),
  uid: z.string(),
  clientId: z.string(),
  /** As the program calls itself. */
  clientName: z.string(),
  scopes,
  /** The address that its tokens are for. */
  resource: z.string(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  /** It ends then, unless it is refreshed before. */
  expiresAt: timestamp,
  /** SHA-256 of the one refresh token that counts. */
  refreshHash: z.string(),
});
export type ConnectorGrant = z.infer<typeof connectorGrantSchema>;

export const connectorGrants = defineCollection({
  name: 'connector_grants',
  scope: 'global',
  schema: connectorGrantSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'createdAt', direction: 'desc' } },
});

/** An authorization code; `id` is its SHA-256. It stays after its use, so that a replay is noticed. */
export const connectorCodeSchema = z.object({
  id: z.string(),
  uid: z.string(),
  clientId: z.string(),
  clientName: z.string(),
  redirectUri: z.string(),
  scopes,
  resource: z.string(),
  /** S256 challenge of RFC 7636. */
  challenge: z.string(),
  expiresAt: timestamp,
  /** The grant that was made with it; null while it is unused. */
  grantId: z.string().nullable(),
});
export type ConnectorCode = z.infer<typeof connectorCodeSchema>;

export const connectorCodes = defineCollection({
  name: 'connector_codes',
  scope: 'global',
  schema: connectorCodeSchema,
  queries: {
    byExpiry: { filters: {}, orderBy: 'expiresAt', direction: 'asc' },
    ofUser: { filters: { uid: 'eq' }, orderBy: 'expiresAt', direction: 'asc' },
  },
});

/** An access token; `id` is its SHA-256. It counts only while its grant is there. */
export const connectorTokenSchema = z.object({
  id: z.string(),
  uid: z.string(),
  grantId: z.string(),
  expiresAt: timestamp,
});
export type ConnectorToken = z.infer<typeof connectorTokenSchema>;

export const connectorTokens = defineCollection({
  name: 'connector_tokens',
  scope: 'global',
  schema: connectorTokenSchema,
  queries: {
    byExpiry: { filters: {}, orderBy: 'expiresAt', direction: 'asc' },
    ofUser: { filters: { uid: 'eq' }, orderBy: 'expiresAt', direction: 'asc' },
    ofGrant: { filters: { grantId: 'eq' }, orderBy: 'expiresAt', direction: 'asc' },
  },
});
