import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { browserName } from '../../../auth/browser-name.ts';
import type { BrowserSessions } from '../../../auth/browser-sessions.ts';
import { readSessionCookie, sessionCookie } from '../../../auth/session-cookie.ts';
import { basePathOf } from '../../../kernel/base-path.ts';
import { sha256Hex } from '../../../kernel/ids.ts';
import { toIso, toIsoOrNull } from '../../../model/timestamp.ts';
import { publicOrigin } from '../../public-origin.ts';
import { STATUS_OK, statusOkSchema } from '../../status-ok.ts';

const tags = ['sign-in'];

const secret = z.union([
  z.object({ code: z.string().min(1).max(200) }),
  z.object({ token: z.string().min(1).max(8192) }),
]);
const device = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['session', 'token']),
    hint: z.string(),
    created_at: z.string(),
    last_used_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    is_current: z.boolean(),
  })
  .meta({ id: 'SignedInDevice' });
const link = z.object({ url: z.string(), expires_at: z.string() }).meta({ id: 'SignInLink' });

/** Signing a browser in and out by a cookie, and what is signed in as the user. */
export function browserSessionRoutes(deps: {
  browserSessions: BrowserSessions;
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { browserSessions: sessions, publicUrl } = deps;
  const path = basePathOf(publicUrl);
  return async (app) => {
    app.post(
      '/v1/auth/session',
      {
        config: { public: true },
        schema: {
          tags,
          summary: 'Sign the browser in with a one-time code or a token; sets a cookie',
          security: [],
          body: secret,
          response: { 200: statusOkSchema },
        },
      },
      async (request, reply) => {
        const { body, headers } = request;
        const name = browserName(headers['user-agent']);
        const session =
          'code' in body
            ? await sessions.beginWithCode(body.code, name)
            : await sessions.beginWithToken(body.token, name);
        const maxAgeS = Math.floor((session.expiresAt - Date.now()) / 1000);
        const isSecure = publicOrigin(request, publicUrl).startsWith('https:');
        const cookie = sessionCookie({ token: session.token, maxAgeS }, { path, isSecure });
        return reply.header('set-cookie', cookie).send(STATUS_OK);
      },
    );

    app.delete(
      '/v1/auth/session',
      { schema: { tags, summary: 'Sign the browser out', response: { 200: statusOkSchema } } },
      async (request, reply) => {
        const token = readSessionCookie(request.headers.cookie);
        if (token) await sessions.revoke(request.uid, sha256Hex(token));
        const isSecure = publicOrigin(request, publicUrl).startsWith('https:');
        return reply.header('set-cookie', sessionCookie(null, { path, isSecure })).send(STATUS_OK);
      },
    );

    app.get(
      '/v1/auth/sessions',
      {
        schema: {
          tags,
          summary: 'List signed-in browsers and tokens',
          response: { 200: z.array(device) },
        },
      },
      async (request) => {
        const token = readSessionCookie(request.headers.cookie);
        const current = token === undefined ? null : sha256Hex(token);
        const found = await sessions.list(request.uid);
        return found.map(({ id, name, kind, hint, createdAt, lastUsedAt, expiresAt }) => ({
          id,
          name,
          kind,
          hint,
          created_at: toIso(createdAt),
          last_used_at: toIsoOrNull(lastUsedAt),
          expires_at: toIsoOrNull(expiresAt),
          is_current: id === current,
        }));
      },
    );

    app.delete(
      '/v1/auth/sessions/:id',
      {
        schema: {
          tags,
          summary: 'Revoke a browser session or token',
          params: z.object({ id: z.string().max(100) }),
          response: { 200: statusOkSchema },
        },
      },
      async ({ uid, params }) => {
        await sessions.revoke(uid, params.id);
        return STATUS_OK;
      },
    );

    app.post(
      '/v1/auth/sign-in-link',
      {
        schema: {
          tags,
          summary:
            'Make a link that signs another device in as the same user, once, within 5 minutes',
          response: { 200: link },
        },
      },
      async (request) => {
        const { code, expiresAt } = await sessions.createLink(request.uid, 'camera');
        const origin = publicOrigin(request, publicUrl);
        return { url: `${origin}/welcome#code=${code}`, expires_at: toIso(expiresAt) };
      },
    );
  };
}
