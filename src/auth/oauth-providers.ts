import { importPKCS8, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { postForm } from './vendor-request.ts';

export type OAuthProviderName = 'google' | 'apple';

/** What a provider gives for a code. */
export interface ProviderTokens {
  idToken: string;
  accessToken: string;
}

/** One provider of the authorization code flow (OAuth 2.0, RFC 6749 4.1). */
export interface OAuthProvider {
  /** As Firebase calls it. */
  readonly firebaseId: string;
  /** Where the browser is sent to sign in. */
  authorizeUrl(callbackUrl: string, state: string): string;
  /** Throws what the vendor's answer means. */
  exchange(code: string, callbackUrl: string): Promise<ProviderTokens>;
}

const tokenAnswer = z.object({ id_token: z.string().min(1), access_token: z.string().min(1) });

/** Google's, for web server applications. Base URLs are without a final slash. */
export function googleProvider(options: {
  clientId: string;
  clientSecret: string;
  authBaseUrl: string;
  tokenBaseUrl: string;
}): OAuthProvider {
  const { clientId, clientSecret } = options;
  return {
    firebaseId: 'google.com',
    authorizeUrl: (callbackUrl, state) =>
      withQuery(`${options.authBaseUrl}/o/oauth2/v2/auth`, {
        client_id: clientId,
        redirect_uri: callbackUrl,
        response_type: 'code',
        scope: 'openid email profile',
        state,
      }),
    exchange: (code, callbackUrl) =>
      exchange(`${options.tokenBaseUrl}/token`, {
        grant_type: 'authorization_code',
        code,
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uri: callbackUrl,
      }),
  };
}

/** Sign in with Apple, whose client secret is a short-lived token signed with the team's key. */
export function appleProvider(options: {
  clientId: string;
  teamId: string;
  keyId: string;
  /** PKCS#8 in PEM. */
  privateKey: string;
  baseUrl: string;
  clock: Clock;
}): OAuthProvider {
  const { clientId, baseUrl } = options;
  const clientSecret = async () => {
    const issuedAt = Math.floor(options.clock.now() / 1000);
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: options.keyId })
      .setIssuer(options.teamId)
      .setSubject(clientId)
      .setAudience('https://appleid.apple.com')
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + 300)
      .sign(await importPKCS8(options.privateKey, 'ES256'));
  };
  return {
    firebaseId: 'apple.com',
    authorizeUrl: (callbackUrl, state) =>
      withQuery(`${baseUrl}/auth/authorize`, {
        client_id: clientId,
        redirect_uri: callbackUrl,
        response_type: 'code',
        // Apple demands it if a name or an address is asked for.
        response_mode: 'form_post',
        scope: 'name email',
        state,
      }),
    exchange: async (code, callbackUrl) =>
      exchange(`${baseUrl}/auth/token`, {
        grant_type: 'authorization_code',
        code,
        client_id: clientId,
        client_secret: await clientSecret(),
        redirect_uri: callbackUrl,
      }),
  };
}

async function exchange(url: string, form: Record<string, string>): Promise<ProviderTokens> {
  const answer = await postForm(url, form, tokenAnswer);
  return { idToken: answer.id_token, accessToken: answer.access_token };
}

function withQuery(url: string, query: Record<string, string>): string {
  return `${url}?${new URLSearchParams(query)}`;
}
