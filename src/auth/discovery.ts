import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';

const FETCH_TIMEOUT_MS = 5_000;
const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Where an issuer says that its keys are (OpenID Connect Discovery 1.0). Throws
 * `provider-unavailable`, and `provider-protocol` if the document is another issuer's.
 */
export async function discoverJwksUrl(issuer: string): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new AppError('provider-unavailable', `The issuer answered with HTTP ${response.status}.`);
  }
  const parsed = discoverySchema.safeParse(await response.json());
  if (parsed.success && parsed.data.issuer === issuer) return parsed.data.jwks_uri;
  throw new AppError('provider-protocol', "The issuer's discovery document names another issuer.");
}
