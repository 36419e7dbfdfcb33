import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { BrowserSessions } from '../../../auth/browser-sessions.ts';
import type { ConnectorClients } from '../../../auth/connectors/connector-clients.ts';
import type { ConnectorGrants } from '../../../auth/connectors/connector-grants.ts';
import {
  type ConnectorRequest,
  readRedirectUri,
  readRequest,
  readScopes,
} from '../../../auth/connectors/connector-request.ts';
import { OAuthRefusal } from '../../../auth/connectors/oauth-refusal.ts';
import type { TokenVerifier } from '../../../auth/token-verifier.ts';
import { basePathOf } from '../../../kernel/base-path.ts';
import { sha256Hex } from '../../../kernel/ids.ts';
import type { UserService } from '../../../users/user-service.ts';
import { connectorResources } from '../../connector-addresses.ts';
import {
  consentPage,
  formTargetOf,
  forwardPage,
  refusalPage,
  signInPage,
} from '../../connector-pages.ts';
import {
  acceptForms,
  formOf,
  sendConnectorPage,
  sessionOf,
  signInByForm,
} from '../../connector-session.ts';
import { goneSignal } from '../../gone-signal.ts';
import { publicOrigin } from '../../public-origin.ts';

const hidden = { config: { public: true }, schema: { hide: true } } as const;
const query = z.record(z.string().max(100), z.union([z.string(), z.array(z.string())]));

export interface ConnectorConsentDeps {
  connectorClients: ConnectorClients;
  connectorGrants: ConnectorGrants;
  browserSessions: BrowserSessions;
  verifier: TokenVerifier;
  users: UserService;
  publicUrl: string | null;
}

/**
 * The pages on which a user lets a program in. They have no script. The session's cookie is sent by
 * this server's own pages alone, and the form carries a value that only the page of this very request
 * and session has.
 */
export function connectorConsentRoutes(deps: ConnectorConsentDeps): FastifyPluginAsyncZod {
  const { publicUrl } = deps;
  const base = basePathOf(publicUrl);
  return async (app) => {
    acceptForms(app);

    app.get('/oauth/authorize', hidden, async (request, reply) => {
      const search = request.url.split('?', 2)[1] ?? '';
      return await answer(request, reply, deps, async () =>
        sendConnectorPage(reply, 200, forwardPage(`${base}oauth/consent?${search}`)),
      );
    });

    app.get('/oauth/consent', hidden, async (request, reply) =>
      answer(request, reply, deps, async (asked) => {
        const session = await sessionOf(request, deps);
        const action = `${base}oauth/${session ? 'consent' : 'sign-in'}${searchOf(request)}`;
        if (!session) return sendConnectorPage(reply, 200, signInPage(action, 'program', null));
        const { name } = await deps.users.getUser(session.uid);
        const { client, redirectUri, scopes } = asked;
        const csrf = csrfOf(session.token, searchOf(request));
        const shown = { client, redirectUri, scopes, userName: name, action, csrf };
        return sendConnectorPage(reply, 200, consentPage(shown), formTargetOf(redirectUri));
      }),
    );

    app.post('/oauth/sign-in', hidden, async (request, reply) => {
      return await signInByForm(request, reply, deps, {
        action: `${base}oauth/sign-in${searchOf(request)}`,
        next: `${base}oauth/consent${searchOf(request)}`,
        words: 'program',
        sessionName: 'Browser, to connect a program',
      });
    });

    app.post('/oauth/consent', hidden, async (request, reply) =>
      answer(request, reply, deps, async (asked) => {
        const session = await sessionOf(request, deps);
        const form = formOf(request);
        if (!session || form.get('csrf') !== csrfOf(session.token, searchOf(request))) {
          return sendConnectorPage(
            reply,
            403,
            refusalPage('This form was not sent from its own page.'),
          );
        }
        if (form.get('decision') !== 'allow') {
          throw new OAuthRefusal('access_denied', 'The user refused.');
        }
        const chosen = readScopes(form.getAll('scope').join(' ')) ?? [];
        const scopes = asked.scopes.filter((scope) => chosen.includes(scope));
        if (scopes.length === 0) throw new OAuthRefusal('access_denied', 'Nothing was allowed.');
        const code = await deps.connectorGrants.createCode({
          uid: session.uid,
          clientId: asked.client.id,
          clientName: asked.client.name,
          redirectUri: asked.redirectUri,
          scopes,
          resource: asked.resource,
          challenge: asked.challenge,
        });
        return leadBack(request, reply, deps, asked.redirectUri, { code });
      }),
    );
  };
}

/**
 * Checks what a program asks for, and then answers. What is wrong with the program or its address is
 * told to the user; everything else to the program.
 */
async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ConnectorConsentDeps,
  respond: (asked: ConnectorRequest) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const parameters = parametersOf(request);
  let redirectUri: string | null = null;
  try {
    if (!parameters?.client_id) throw new OAuthRefusal('invalid_request', 'client_id is missing.');
    const signal = goneSignal(reply);
    const client = await deps.connectorClients.find(parameters.client_id, signal);
    redirectUri = readRedirectUri(client, parameters.redirect_uri);
    const resources = connectorResources(publicOrigin(request, deps.publicUrl));
    return await respond(readRequest(client, redirectUri, parameters, resources));
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    if (redirectUri === null) return sendConnectorPage(reply, 400, refusalPage(error.message));
    const told = { error: error.code, error_description: error.message };
    return leadBack(request, reply, deps, redirectUri, told);
  }
}

/** Leads the browser back to the program; `iss` tells it which server has answered (RFC 9207). */
async function leadBack(
  request: FastifyRequest,
  reply: FastifyReply,
  { publicUrl }: ConnectorConsentDeps,
  redirectUri: string,
  told: Record<string, string>,
): Promise<FastifyReply> {
  const target = new URL(redirectUri);
  const state = parametersOf(request)?.state;
  const all = { ...told, ...(state ? { state } : {}), iss: publicOrigin(request, publicUrl) };
  for (const [name, value] of Object.entries(all)) target.searchParams.set(name, value);
  return await reply.redirect(target.href, 303);
}

/** Parameters of the request, each once; null if one is given twice (RFC 6749, section 3.1). */
function parametersOf(request: FastifyRequest): Record<string, string> | null {
  const parsed = query.safeParse(request.query);
  if (!parsed.success) return null;
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed.data)) {
    if (typeof value !== 'string') return null;
    single[name] = value;
  }
  return single;
}

function csrfOf(sessionToken: string, search: string): string {
  return sha256Hex(`connector-consent:${sessionToken}:${search}`);
}

function searchOf({ url }: FastifyRequest): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}
