import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppDirectory } from '../../../apps/app-directory.ts';
import type { AppEnabling } from '../../../apps/app-enabling.ts';
import { authenticate } from '../../../auth/authorization.ts';
import { sessionTokenOf } from '../../../auth/session-cookie.ts';
import type { TokenVerifier } from '../../../auth/token-verifier.ts';
import type { App } from '../../../model/apps/app.ts';
import { consentPage, consentPageHeaders } from '../../apps/app-consent-page.ts';
import { HttpError } from '../../http-error.ts';
import { pageResponse, redirectResponse } from '../../openapi/body-kinds.ts';

const tags = ['apps'];
const open = { config: { public: true } } as const;
const short = z.string().max(2_000);

export interface AppOauthDeps {
  appDirectory: AppDirectory;
  appEnabling: AppEnabling;
  verifier: TokenVerifier;
  publicUrl: string | null;
}

/**
 * Installing an app from the app's own pages: the user agrees here and goes back there with the user id.
 * No token is given out; the app calls by its key.
 */
export function appOauthRoutes(deps: AppOauthDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    );
    app.get(
      '/v1/oauth/authorize',
      {
        ...open,
        schema: {
          tags,
          response: { 200: pageResponse },
          summary: 'The page on which a user agrees to install an app',
          security: [],
          querystring: z.object({ app_id: short, state: short.optional() }),
        },
      },
      async ({ query }, reply) => {
        const found = await installable(deps.appDirectory, '', query.app_id);
        return reply
          .headers(consentPageHeaders(found.home))
          .send(consentPage(found.app, query.state ?? null));
      },
    );
    app.post(
      '/v1/oauth/token',
      {
        ...open,
        schema: {
          tags,
          response: {
            200: z.object({
              uid: z.string(),
              redirect_url: z.string(),
              state: z.string().nullable(),
            }),
            303: redirectResponse,
          },
          summary: 'Agree to install an app; enables it',
          description:
            'Browsers are redirected to the app, other clients get `redirect_url`. The user is the one of `firebase_id_token`, of the header, or of the session of this server’s own pages.',
          security: [],
          consumes: ['application/x-www-form-urlencoded'],
          body: z.object({
            app_id: short,
            state: short.optional(),
            firebase_id_token: z.string().max(10_000).optional(),
          }),
        },
      },
      async (request, reply) => {
        const { app_id: appId, state, firebase_id_token: token } = request.body;
        const uid = await userOf(deps, request, token?.trim() ?? '');
        const { app: found, home } = await installable(deps.appDirectory, uid, appId);
        if (!(await deps.appEnabling.isEnabled(uid, found.id))) {
          await deps.appEnabling.enable(uid, found.id);
        }
        const url = new URL(home);
        url.searchParams.set('uid', uid);
        if (state) url.searchParams.set('state', state);
        if (request.headers.accept?.includes('text/html')) return reply.redirect(url.href, 303);
        return reply.send({ uid, redirect_url: home, state: state ?? null });
      },
    );
  };
}

/** @throws AppError `unauthenticated` */
async function userOf(
  { verifier, publicUrl }: AppOauthDeps,
  { method, headers }: FastifyRequest,
  token: string,
): Promise<string> {
  if (token !== '') return await authenticate(verifier, `Bearer ${token}`);
  const session = headers.authorization ? undefined : sessionTokenOf(method, headers, publicUrl);
  return await authenticate(verifier, session ? `Bearer ${session}` : headers.authorization);
}

/** Returns an app that can be installed from its own pages, with the address to return to. */
async function installable(
  directory: AppDirectory,
  uid: string,
  id: string,
): Promise<{ app: App; home: string }> {
  const app = await directory.get(uid, id);
  const home = app.externalIntegration?.appHomeUrl;
  if (!app.externalIntegration) {
    throw new HttpError(400, 'App does not support external integration');
  }
  const isAddress = home && URL.canParse(home) && /^https?:$/.test(new URL(home).protocol);
  if (!isAddress) throw new HttpError(400, 'App home URL not configured for this app');
  return { app, home };
}
