import { api, dataOf } from '../api/client.ts';

/** Exchanges a token or the code of a one-time link for the session's cookie. @throws ApiError */
export async function signIn(secret: { token: string } | { code: string }): Promise<void> {
  await dataOf(api.POST('/v1/auth/session', { body: secret }));
}

/** Revokes this browser's session and leaves nothing of the user in the page. */
export async function signOut(): Promise<void> {
  await dataOf(api.DELETE('/v1/auth/session'));
  location.assign(document.baseURI);
}
