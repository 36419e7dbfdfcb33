import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiKeys } from '../../../auth/api-keys.ts';
import type { ConnectorClients } from '../../../auth/connectors/connector-clients.ts';
import type { ConnectorGrants, IssuedTokens } from '../../../auth/connectors/connector-grants.ts';
import {
  CONNECTOR_SCOPES,
  readResource,
  readScopes,
  scopeToWire,
} from '../../../auth/connectors/connector-request.ts';
import { OAuthRefusal } from '../../../auth/connectors/oauth-refusal.ts';
import { toIso } from '../../../model/timestamp.ts';
import { refusalToWire } from '../../../wire/error-wire.ts';
import { connectorResources } from '../../connector-addresses.ts';
import { publicOrigin } from '../../public-origin.ts';
import { noContent } from '../../status-ok.ts';

const hidden = { config: { public: true }, schema: { hide: true } } as const;
const tags = ['sign-in'];
/** Pages of any origin may read what is no secret, and send what needs no cookie. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' };
/** Where Omi's older shim may lead back to; it hands out nothing but a word. */
const OMI_CALLBACKS = [
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
];
const OMI_CLIENT = 'omi';

const registration = z.object({
  client_name: z.string().max(1000).nullish(),
  redirect_uris: z.array(z.string().max(2000)).max(50).default([]),
});

export interface ConnectorDeps {
  connectorClients: ConnectorClients;
  connectorGrants: ConnectorGrants;
  apiKeys: ApiKeys;
  publicUrl: string | null;
}

/** OAuth for programs that sign in as a user: what describes it, and what gives out tokens. */
export function connectorRoutes(deps: ConnectorDeps): FastifyPluginAsyncZod {
  return async (app) => {
    await app.register(metadataRoutes(deps));
    await app.register(tokenRoutes(deps));
    await app.register(omiShimRoutes(deps));
    await app.register(connectionRoutes(deps));
  };
}

function metadataRoutes({ publicUrl }: ConnectorDeps): FastifyPluginAsyncZod {
  return async (app) => {
    for (const path of ['', '/mcp', '/v1/mcp/sse']) {
      app.get(`/.well-known/oauth-protected-resource${path}`, hidden, async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        return await reply.headers(ANY_ORIGIN).send({
          resource: `${origin}${path || '/mcp'}`,
          authorization_servers: [origin],
          bearer_methods_supported: ['header'],
          scopes_supported: CONNECTOR_SCOPES,
          resource_name: 'Omi',
        });
      });
    }
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      app.get(`/.well-known/${name}`, hidden, async (request, reply) => {
        const origin = publicOrigin(request, publicUrl);
        return await reply.headers(ANY_ORIGIN).send({
          issuer: origin,
          authorization_endpoint: `${origin}/oauth/authorize`,
          token_endpoint: `${origin}/oauth/token`,
          registration_endpoint: `${origin}/oauth/register`,
          revocation_endpoint: `${origin}/oauth/revoke`,
          response_types_supported: ['code'],
          response_modes_supported: ['query'],
          grant_types_supported: ['authorization_code', 'refresh_token'],
          code_challenge_methods_supported: ['S256'],
          token_endpoint_auth_methods_supported: ['none'],
          revocation_endpoint_auth_methods_supported: ['none'],
          scopes_supported: CONNECTOR_SCOPES,
          client_id_metadata_document_supported: true,
          authorization_response_iss_parameter_supported: true,
        });
      });
    }
  };
}

function tokenRoutes(deps: ConnectorDeps): FastifyPluginAsyncZod {
  const { connectorClients, connectorGrants } = deps;
  return async (app) => {
    app.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    );

    app.post('/oauth/register', hidden, async (request, reply) =>
      answer(reply, async () => {
        const body = registration.safeParse(request.body);
        if (!body.success) {
          throw new OAuthRefusal('invalid_client_metadata', 'The client metadata is not valid.');
        }
        const { client_name, redirect_uris } = body.data;
        const client = connectorClients.register(client_name ?? null, redirect_uris);
        reply.code(201);
        return {
          client_id: client.id,
          client_name: client.name,
          redirect_uris: client.redirectUris,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
        };
      }),
    );

    app.post('/oauth/token', hidden, async (request, reply) =>
      answer(reply, async () => tokensToWire(await issue(request, deps))),
    );

    app.post('/oauth/revoke', hidden, async (request, reply) =>
      answer(reply, async () => {
        const { token, client_id } = formOf(request);
        if (!token || !client_id) {
          throw new OAuthRefusal('invalid_request', 'token and client_id are required.');
        }
        await connectorGrants.revokeToken(token, client_id);
        return {};
      }),
    );
  };
}

/** Tokens for a code or a refresh token. @throws OAuthRefusal */
async function issue(
  request: FastifyRequest,
  { connectorGrants, publicUrl }: ConnectorDeps,
): Promise<IssuedTokens> {
  const form = formOf(request);
  const { client_id: clientId } = form;
  if (!clientId) throw new OAuthRefusal('invalid_client', 'client_id is missing.');
  const resource = readResource(
    form.resource,
    connectorResources(publicOrigin(request, publicUrl)),
  );
  switch (form.grant_type) {
    case 'authorization_code':
      if (!form.code) throw new OAuthRefusal('invalid_request', 'code is missing.');
      return await connectorGrants.exchangeCode({
        code: form.code,
        clientId,
        redirectUri: form.redirect_uri ?? null,
        verifier: form.code_verifier ?? null,
        resource,
      });
    case 'refresh_token':
      if (!form.refresh_token) {
        throw new OAuthRefusal('invalid_request', 'refresh_token is missing.');
      }
      return await connectorGrants.refresh({
        refreshToken: form.refresh_token,
        clientId,
        resource,
        scopes: readScopes(form.scope),
      });
    default:
      throw new OAuthRefusal(
        'unsupported_grant_type',
        'grant_type must be authorization_code or refresh_token.',
      );
  }
}

/**
 * Omi's older way for connectors that insist on OAuth: the client id is `omi`, the client secret is a key
 * for MCP, and the token is that key. Kept for connectors that are set up so.
 */
function omiShimRoutes({ apiKeys }: ConnectorDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
    );

    app.get('/authorize', hidden, async (request, reply) => {
      const form = z.record(z.string(), z.unknown()).parse(request.query);
      if (form.client_id !== OMI_CLIENT) return await refuse(reply, 400, 'Invalid client_id');
      const redirectUri = OMI_CALLBACKS.find((known) => known === form.redirect_uri);
      if (!redirectUri) return await refuse(reply, 400, 'Invalid redirect_uri');
      const target = new URL(redirectUri);
      target.searchParams.set('code', OMI_CLIENT);
      if (typeof form.state === 'string') target.searchParams.set('state', form.state);
      return await reply.redirect(target.href, 302);
    });

    app.post('/token', hidden, async (request, reply) => {
      const { client_id, client_secret } = formOf(request);
      if (client_id !== OMI_CLIENT) return await refuse(reply, 400, 'Invalid client_id');
      if (!client_secret) return await refuse(reply, 400, 'client_secret is required');
      const key = await apiKeys.verify('mcp', client_secret);
      if (!key) return await refuse(reply, 401, 'Invalid API key');
      return { access_token: client_secret, token_type: 'Bearer' };
    });
  };
}

/** What a user has let in, and how to end it. */
function connectionRoutes({ connectorGrants }: ConnectorDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/mcp/connections',
      {
        schema: {
          tags,
          summary: 'Programs that the user has let in, newest first',
          response: {
            200: z.array(
              z
                .object({
                  id: z.string(),
                  name: z.string(),
                  scopes: z.array(z.string()),
                  created_at: z.string(),
                  last_used_at: z.string(),
                })
                .meta({ id: 'Connection' }),
            ),
          },
        },
      },
      async ({ uid }) =>
        (await connectorGrants.list(uid)).map((grant) => ({
          id: grant.id,
          name: grant.clientName,
          scopes: grant.scopes.map(scopeToWire),
          created_at: toIso(grant.createdAt),
          last_used_at: toIso(grant.lastUsedAt),
        })),
    );

    app.delete(
      '/v1/mcp/connections/:connection_id',
      {
        schema: {
          tags,
          summary: 'End the access of a program at once',
          params: z.object({ connection_id: z.string() }),
          response: { 204: noContent },
        },
      },
      async ({ uid, params }, reply) => {
        await connectorGrants.revoke(uid, params.connection_id);
        return reply.code(204).send(undefined);
      },
    );
  };
}

function tokensToWire({ accessToken, refreshToken, expiresInS, scopes }: IssuedTokens) {
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInS,
    refresh_token: refreshToken,
    scope: scopes.map(scopeToWire).join(' '),
  };
}

/** Answers a program, with refusals in the form of RFC 6749. */
async function answer(reply: FastifyReply, work: () => Promise<object>): Promise<FastifyReply> {
  reply.headers({ ...ANY_ORIGIN, pragma: 'no-cache' });
  try {
    return await reply.send(await work());
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    return await reply
      .code(error.code === 'invalid_client' ? 401 : 400)
      .send({ error: error.code, error_description: error.message });
  }
}

async function refuse(reply: FastifyReply, status: number, detail: string): Promise<FastifyReply> {
  return await reply.code(status).send(refusalToWire(status, detail));
}

function formOf({ body }: FastifyRequest): Record<string, string> {
  const form = z.record(z.string(), z.string()).safeParse(body);
  return form.success ? form.data : {};
}
