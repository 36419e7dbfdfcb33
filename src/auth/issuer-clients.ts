import { decodeJwt } from 'jose';
import { z } from 'zod';
import { AppError } from '../kernel/errors.ts';
import { discoverIssuer } from './discovery.ts';
import type { FirebaseAccounts } from './firebase-accounts.ts';
import type { OAuthProvider } from './oauth-providers.ts';
import { postForm } from './vendor-request.ts';

/** This server as a client of whoever signs users in. */
export interface IssuerClient {
  /** Whose page it is. */
  readonly name: string;
  authorizeUrl(attempt: {
    callbackUrl: string;
    state: string;
    nonce: string;
    challenge: string;
  }): Promise<string>;
  /** Returns a token that the server's verifier accepts. Throws what the vendor's answer means. */
  exchange(answer: {
    code: string;
    callbackUrl: string;
    verifier: string;
    nonce: string;
  }): Promise<string>;
}

const tokenAnswer = z.object({ id_token: z.string().min(1) });

/** A client of an OpenID Connect issuer; its addresses are in the discovery document. */
export function oidcClient(options: {
  issuer: string;
  clientId: string;
  /** Null: a public client, which only has the proof key. */
  clientSecret: string | null;
}): IssuerClient {
  const { issuer, clientId, clientSecret } = options;
  return {
    name: new URL(issuer).hostname,
    async authorizeUrl({ callbackUrl, state, nonce, challenge }) {
      const url = new URL((await discoverIssuer(issuer)).authorizationEndpoint);
      const query = {
        client_id: clientId,
        redirect_uri: callbackUrl,
        response_type: 'code',
        scope: 'openid profile email',
        state,
        nonce,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    async exchange({ code, callbackUrl, verifier, nonce }) {
      const { tokenEndpoint } = await discoverIssuer(issuer);
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: callbackUrl,
        client_id: clientId,
        code_verifier: verifier,
        ...(clientSecret === null ? {} : { client_secret: clientSecret }),
      };
      const { id_token } = await postForm(tokenEndpoint, form, tokenAnswer);
      if (decodeJwt(id_token).nonce !== nonce) {
        throw new AppError('provider-rejected', 'The token is of another sign-in.');
      }
      return id_token;
    },
  };
}

/**
 * Firebase by Google's page: Firebase has no page of its own without Google's script, but takes what Google
 * gives (https://firebase.google.com/docs/reference/rest/auth#section-sign-in-with-oauth-credential).
 */
export function firebaseClient(google: OAuthProvider, firebase: FirebaseAccounts): IssuerClient {
  return {
    name: 'Google',
    authorizeUrl: async ({ callbackUrl, state }) => google.authorizeUrl(callbackUrl, state),
    async exchange({ code, callbackUrl }) {
      const { idToken, accessToken } = await google.exchange(code, callbackUrl);
      return await firebase.idTokenFor(google.firebaseId, idToken, accessToken);
    },
  };
}
