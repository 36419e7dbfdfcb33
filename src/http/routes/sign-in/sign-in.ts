import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SignIn } from '../../../auth/sign-in.ts';
import { pageResponse, redirectResponse } from '../../openapi/body-kinds.ts';
import { publicOrigin } from '../../public-origin.ts';
import { queryBoolean } from '../../query-types.ts';
import { escapeHtml } from '../../shared-page.ts';

const tags = ['sign-in'];
const open = { config: { public: true } };
/** OAuth's texts are short; what is longer is no client of ours. */
const short = z.string().max(4096);
const callbackAnswer = z.object({
  code: short.nullish(),
  state: short.nullish(),
  error: short.nullish(),
});

const providerTokensSchema = z
  .object({
    provider: z.string(),
    id_token: z.string(),
    access_token: z.string(),
    provider_id: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    custom_token: z.string().optional(),
  })
  .meta({ id: 'ProviderTokens' });

/** Sign-in by browser for apps. These routes need no token; the provider decides who signs in. */
export function signInRoutes(deps: {
  signIn: SignIn;
  publicUrl: string | null;
}): FastifyPluginAsyncZod {
  const { signIn, publicUrl } = deps;
  return async (app) => {
    app.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    );

    app.get(
      '/v1/auth/authorize',
      {
        ...open,
        schema: {
          tags,
          response: { 307: redirectResponse },
          summary: 'Redirect to a sign-in provider',
          security: [],
          querystring: z.object({
            provider: short,
            redirect_uri: short,
            state: short.nullish(),
            code_challenge: short.nullish(),
            code_challenge_method: short.nullish(),
          }),
        },
      },
      async (request, reply) => {
        const { provider, redirect_uri, state, code_challenge, code_challenge_method } =
          request.query;
        const url = await signIn.authorize({
          provider,
          redirectUri: redirect_uri,
          clientState: state ?? null,
          codeChallenge: code_challenge ?? null,
          codeChallengeMethod: code_challenge_method ?? null,
          origin: publicOrigin(request, publicUrl),
        });
        return reply.redirect(url, 307);
      },
    );

    app.get(
      '/v1/auth/callback/google',
      {
        ...open,
        schema: {
          tags,
          response: { 200: pageResponse },
          summary: 'Handle the sign-in callback of Google',
          security: [],
          querystring: callbackAnswer,
        },
      },
      async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        return answerPage(reply, await signIn.callback('google', read(request.query, origin)));
      },
    );

    app.post(
      '/v1/auth/callback/apple',
      {
        ...open,
        schema: {
          tags,
          response: { 200: pageResponse },
          summary: 'Handle the sign-in callback of Apple',
          security: [],
          consumes: ['application/x-www-form-urlencoded'],
          body: callbackAnswer,
        },
      },
      async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        return answerPage(reply, await signIn.callback('apple', read(request.body, origin)));
      },
    );

    app.post(
      '/v1/auth/token',
      {
        ...open,
        schema: {
          tags,
          response: { 200: providerTokensSchema },
          summary: "Exchanges a code for the provider's tokens, once",
          security: [],
          consumes: ['application/x-www-form-urlencoded'],
          body: z.object({
            grant_type: short,
            code: short,
            redirect_uri: short,
            code_verifier: short.nullish(),
            use_custom_token: queryBoolean().optional(),
          }),
        },
      },
      async ({ body }) => {
        const tokens = await signIn.exchangeCode({
          grantType: body.grant_type,
          code: body.code,
          redirectUri: body.redirect_uri,
          codeVerifier: body.code_verifier ?? null,
          wantsCustomToken: body.use_custom_token ?? false,
        });
        return {
          provider: tokens.provider,
          id_token: tokens.idToken,
          access_token: tokens.accessToken,
          provider_id: tokens.firebaseProviderId,
          token_type: 'Bearer' as const,
          expires_in: 3600,
          ...(tokens.customToken === null ? {} : { custom_token: tokens.customToken }),
        };
      },
    );
  };
}

function read(answer: z.infer<typeof callbackAnswer>, origin: string) {
  return {
    code: answer.code ?? null,
    state: answer.state ?? null,
    error: answer.error ?? null,
    origin,
  };
}

/**
 * A page that goes on to the app. A redirect would do in most browsers, but some open an app's own
 * scheme only from a page, or at a tap.
 */
function answerPage(
  reply: { type(type: string): unknown; header(name: string, value: string): unknown },
  target: string,
): string {
  const nonce = randomBytes(16).toString('base64');
  reply.type('text/html; charset=utf-8');
  reply.header('content-security-policy', `default-src 'none'; script-src 'nonce-${nonce}'`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Signed in</title></head>
<body>
<p>You are signed in. <a href="${escapeHtml(target)}">Back to the app</a></p>
<script nonce="${nonce}">location.replace(${escapeScript(target)});</script>
</body>
</html>
`;
}

/** A text as a literal that cannot end the script that it stands in. */
function escapeScript(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
