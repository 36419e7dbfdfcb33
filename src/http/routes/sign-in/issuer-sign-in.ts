import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { browserName } from '../../../auth/browser-name.ts';
import type { BrowserSessions } from '../../../auth/browser-sessions.ts';
import type { IssuerSignIn } from '../../../auth/issuer-sign-in.ts';
import { attemptCookie, readAttemptCookie, sessionCookie } from '../../../auth/session-cookie.ts';
import { basePathOf } from '../../../kernel/base-path.ts';
import { AppError } from '../../../kernel/errors.ts';
import { redirectResponse } from '../../openapi/body-kinds.ts';
import { publicOrigin } from '../../public-origin.ts';

const tags = ['sign-in'];
const open = { config: { public: true } };
const short = z.string().max(4096);
const CALLBACK = '/v1/auth/issuer/callback';

/** Signing a browser in on the page of whoever signs users in here. */
export function issuerSignInRoutes(deps: {
  issuerSignIn: IssuerSignIn | null;
  browserSessions: BrowserSessions;
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { issuerSignIn, browserSessions, publicUrl } = deps;
  const path = basePathOf(publicUrl);
  const configured = () => {
    if (issuerSignIn) return issuerSignIn;
    throw new AppError('not-found', 'This server has no page of an issuer to sign in on.');
  };
  return async (app) => {
    app.get(
      '/v1/auth/issuer',
      {
        ...open,
        schema: {
          tags,
          summary: 'Whose page browsers sign in on; null: there is none, and a token signs in',
          security: [],
          response: { 200: z.object({ name: z.string().nullable() }) },
        },
      },
      async () => ({ name: issuerSignIn?.name ?? null }),
    );

    app.get(
      '/v1/auth/issuer/start',
      {
        ...open,
        schema: {
          tags,
          summary: "Redirect a browser to the issuer's page",
          security: [],
          querystring: z.object({ next: short.nullish() }),
          response: { 302: redirectResponse },
        },
      },
      async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        const next = request.query.next ?? null;
        const started = await configured().start(`${origin}${CALLBACK}`, next);
        const isSecure = origin.startsWith('https:');
        const cookie = attemptCookie(started, { path, isSecure });
        reply.header('cache-control', 'no-store').header('set-cookie', cookie);
        return reply.redirect(started.url, 302);
      },
    );

    app.get(
      CALLBACK,
      {
        ...open,
        schema: {
          tags,
          summary: "Handle the issuer's answer: sets the session's cookie and opens the console",
          security: [],
          querystring: z.object({
            code: short.nullish(),
            state: short.nullish(),
            error: short.nullish(),
          }),
          response: { 302: redirectResponse },
        },
      },
      async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        const isSecure = origin.startsWith('https:');
        reply.header('cache-control', 'no-store');
        reply.header('set-cookie', attemptCookie(null, { path, isSecure }));
        const { code = null, state = null, error = null } = request.query;
        try {
          const answer = { code, state, error };
          const attempt = readAttemptCookie(request.headers.cookie);
          const { token, next } = await configured().finish(
            answer,
            attempt,
            `${origin}${CALLBACK}`,
          );
          const name = browserName(request.headers['user-agent']);
          const session = await browserSessions.beginWithToken(token, name);
          const maxAgeS = Math.floor((session.expiresAt - Date.now()) / 1000);
          reply.header(
            'set-cookie',
            sessionCookie({ token: session.token, maxAgeS }, { path, isSecure }),
          );
          return reply.redirect(`${origin}${next}`, 302);
        } catch (failure) {
          if (!(failure instanceof AppError) || failure.status >= 500) throw failure;
          // The reader is a person at a browser: the sign-in page says what to do.
          return reply.redirect(`${origin}/welcome?problem=issuer`, 302);
        }
      },
    );
  };
}
