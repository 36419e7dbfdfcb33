import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BrowserSessions } from '../auth/browser-sessions.ts';
import { isOwnPage, sessionCookie, sessionTokenOf } from '../auth/session-cookie.ts';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import { basePathOf } from '../kernel/base-path.ts';
import { isAppError } from '../kernel/errors.ts';
import {
  connectorPageHeaders,
  refusalPage,
  type SignInWords,
  signInPage,
} from './connector-pages.ts';
import { publicOrigin } from './public-origin.ts';

/** Returns who is signed in to this server in the browser, and by which token; null if nobody is known to be. */
export async function sessionOf(
  { method, headers }: FastifyRequest,
  { verifier, publicUrl }: { verifier: TokenVerifier; publicUrl: string | null },
): Promise<{ uid: string; token: string } | null> {
  const token = sessionTokenOf(method, headers, publicUrl);
  const verified = token === undefined ? null : await verifier.verify(token);
  return verified && token !== undefined ? { uid: verified.uid, token } : null;
}

/** @param formTarget where else a form of the page may lead; null: nowhere */
export async function sendConnectorPage(
  reply: FastifyReply,
  status: number,
  html: string,
  formTarget: string | null = null,
): Promise<FastifyReply> {
  return await reply.code(status).headers(connectorPageHeaders(formTarget)).send(html);
}

export interface BrowserSignInDeps {
  browserSessions: BrowserSessions;
  publicUrl: string | null;
}

/** Lets the routes of a plugin read the forms of pages; see `formOf`. */
export function acceptForms(app: Pick<FastifyInstance, 'addContentTypeParser'>): void {
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body)),
  );
}

/** Returns the fields of the form that was sent; none if the body is no form. */
export function formOf({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}

/**
 * Signs a browser in by the token in the form of `signInPage` and leads it on to `next`; shows the page
 * again if the token is not accepted.
 */
export async function signInByForm(
  request: FastifyRequest,
  reply: FastifyReply,
  { browserSessions, publicUrl }: BrowserSignInDeps,
  page: { action: string; next: string; words: SignInWords; sessionName: string },
): Promise<FastifyReply> {
  if (!isOwnPage(request.method, request.headers, publicUrl)) {
    return sendConnectorPage(reply, 403, refusalPage('This form was not sent from its own page.'));
  }
  try {
    const token = formOf(request).get('token')?.trim() ?? '';
    const session = await browserSessions.beginWithToken(token, page.sessionName);
    const maxAgeS = Math.floor((session.expiresAt - Date.now()) / 1000);
    const isSecure = publicOrigin(request, publicUrl).startsWith('https:');
    const place = { path: basePathOf(publicUrl), isSecure };
    return await reply
      .header('set-cookie', sessionCookie({ token: session.token, maxAgeS }, place))
      .redirect(page.next, 303);
  } catch (error) {
    if (!isAppError(error, 'forbidden')) throw error;
    const hint = 'This token is not accepted.';
    return sendConnectorPage(reply, 403, signInPage(page.action, page.words, hint));
  }
}
