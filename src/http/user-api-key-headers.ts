import type { FastifyRequest } from 'fastify';
import { KEY_PROVIDERS, type KeyProvider, type UserApiKeys } from '../users/user-api-keys.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True where keys that do not match refuse nothing: routes by which a user gets out of that. */
    anyKeys?: boolean;
  }
}

/** Checks the keys of their own that a signed-in user sends along (`x-byok-<provider>`). */
export function checkUserApiKeys(userApiKeys: UserApiKeys) {
  return async ({ uid, headers, routeOptions }: FastifyRequest): Promise<void> => {
    if (uid === '' || routeOptions.config.anyKeys === true) return;
    const keys: Partial<Record<KeyProvider, string>> = {};
    for (const provider of KEY_PROVIDERS) {
      const value = headers[`x-byok-${provider}`];
      if (typeof value === 'string' && value !== '') keys[provider] = value;
    }
    await userApiKeys.admit(uid, keys);
  };
}
