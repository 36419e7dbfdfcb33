import type { FastifyRequest } from 'fastify';
import { type ApiKeys, isKeyOf } from '../auth/api-keys.ts';
import { sessionTokenOf } from '../auth/session-cookie.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { AppError } from '../kernel/errors.ts';
import type { ApiKeyKind, ApiScope } from '../model/accounts/api-key.ts';

/** A route that programs call with a key of the user. */
export interface KeyAccess {
  kind: ApiKeyKind;
  /** What the key has to allow. */
  scope: ApiScope;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Which keys may call the route, beside whoever is signed in as the user. */
    key?: KeyAccess;
  }
}

const MISSING = "Missing or invalid Authorization header. Must be 'Bearer API_KEY'";
const INVALID = 'Invalid API Key';

/**
 * Returns the user behind a request to a route for keys: the owner of the key in the header, or, as
 * Omi's command line sends it after a sign-in by browser, whoever is signed in.
 *
 * @throws AppError `unauthenticated`, `forbidden` if the key lacks the scope, with Omi's texts
 */
export async function authenticateKey(
  request: FastifyRequest,
  access: KeyAccess,
  deps: { apiKeys: ApiKeys | null; verifier: TokenVerifier; publicUrl: string | null },
): Promise<string> {
  const { headers, method } = request;
  const header = headers.authorization;
  const token = header?.startsWith('Bearer ')
    ? header.slice('Bearer '.length).trim()
    : header === undefined
      ? sessionTokenOf(method, headers, deps.publicUrl)
      : undefined;
  if (!token) throw new AppError('unauthenticated', MISSING);
  if (isKeyOf(access.kind, token)) {
    const key = await deps.apiKeys?.verify(access.kind, token);
    if (!key) throw new AppError('unauthenticated', INVALID);
    requireScope(key.scopes, access.scope);
    return key.uid;
  }
  const verified = await deps.verifier.verify(token);
  if (!verified) throw new AppError('unauthenticated', INVALID);
  return verified.uid;
}

/** @throws AppError `forbidden` */
function requireScope(scopes: readonly ApiScope[], scope: ApiScope): void {
  if (scopes.includes(scope)) return;
  throw new AppError('forbidden', `Insufficient permissions. Required scope: ${scope}`);
}
