import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';

const FETCH_TIMEOUT_MS = 5_000;
const discoverySchema = z.object({
  issuer: z.string(),
  jwks_uri: z.url(),
  authorization_endpoint: z.url().optional(),
  token_endpoint: z.url().optional(),
});

/**
 * Where an issuer says that its keys are (OpenID Connect Discovery 1.0). Throws
 * `provider-unavailable`, and `provider-protocol` if the document is another issuer's.
 */
export async function discoverJwksUrl(issuer: string): Promise<string> {
  return (await discover(issuer)).jwks_uri;
}

/** Where browsers sign in at an issuer, and where codes are exchanged; throws as `discoverJwksUrl`. */
export async function discoverIssuer(
  issuer: string,
): Promise<{ authorizationEndpoint: string; tokenEndpoint: string }> {
  const found = await discover(issuer);
  const { authorization_endpoint: authorizationEndpoint, token_endpoint: tokenEndpoint } = found;
  if (authorizationEndpoint === undefined || tokenEndpoint === undefined) {
    throw new AppError(
      'provider-protocol',
      "The issuer's discovery document names no sign-in page.",
    );
  }
  return { authorizationEndpoint, tokenEndpoint };
}

async function discover(issuer: string): Promise<z.output<typeof discoverySchema>> {
  const response = await fetch(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new AppError('provider-unavailable', `The issuer answered with HTTP ${response.status}.`);
  }
  const parsed = discoverySchema.safeParse(await response.json());
  if (parsed.success && parsed.data.issuer === issuer) return parsed.data;
  throw new AppError('provider-protocol', "The issuer's discovery document names another issuer.");
}
