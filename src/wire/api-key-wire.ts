import { z } from 'zod';
import type { ApiKey } from '../model/accounts/api-key.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';

/** A key as its owner sees it, without the secret. `expires_at` is an addition of ours. */
export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    key_prefix: z.string(),
    created_at: z.string(),
    last_used_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    scopes: z.array(z.string()),
  })
  .meta({ id: 'ApiKey' });
export type ApiKeyWire = z.output<typeof apiKeySchema>;

/** A key that was just made: the only answer that holds it. */
export const createdApiKeySchema = apiKeySchema
  .extend({ key: z.string() })
  .meta({ id: 'CreatedApiKey' });

export function apiKeyToWire(key: ApiKey): ApiKeyWire {
  return {
    id: key.id,
    name: key.name,
    key_prefix: key.hint,
    created_at: toIso(key.createdAt),
    last_used_at: toIsoOrNull(key.lastUsedAt),
    expires_at: toIsoOrNull(key.expiresAt),
    scopes: [...key.scopes],
  };
}
