import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { McpApps } from '../../../apps/mcp-apps.ts';
import { clientMetadataOf } from '../../../apps/mcp-sign-in.ts';
import type { BrowserSessions } from '../../../auth/browser-sessions.ts';
import type { TokenVerifier } from '../../../auth/token-verifier.ts';
import { basePathOf } from '../../../kernel/base-path.ts';
import { isAppError } from '../../../kernel/errors.ts';
import { donePage, forwardPage, refusalPage, signInPage } from '../../connector-pages.ts';
import {
  acceptForms,
  sendConnectorPage,
  sessionOf,
  signInByForm,
} from '../../connector-session.ts';
import { pageResponse } from '../../openapi/body-kinds.ts';
import { publicOrigin } from '../../public-origin.ts';

const tags = ['apps'];
const open = { config: { public: true } } as const;
const text = z.string().trim().min(1).max(2_000);
const CALLBACK = '/v1/apps/mcp/callback';
const SIGN_IN = '/v1/apps/mcp/sign-in';
const METADATA = '/v1/apps/mcp/client.json';

export interface McpAppDeps {
  mcpApps: McpApps;
  browserSessions: BrowserSessions;
  verifier: TokenVerifier;
  publicUrl: string | null;
}

type App = Parameters<FastifyPluginAsyncZod>[0];

/** Apps whose tools are those of an MCP server of somebody else. */
export function mcpAppRoutes(deps: McpAppDeps): FastifyPluginAsyncZod {
  return async (app) => {
    acceptForms(app);
    connectRoutes(app, deps);
    describeRoute(app, deps);
    callbackRoutes(app, deps);
  };
}

function linksOf(request: FastifyRequest, publicUrl: string | null) {
  const origin = publicOrigin(request, publicUrl);
  return { redirectUrl: `${origin}${CALLBACK}`, metadataUrl: `${origin}${METADATA}` };
}

function connectRoutes(app: App, { mcpApps, publicUrl }: McpAppDeps): void {
  app.post(
    '/v1/apps/mcp',
    {
      schema: {
        tags,
        summary: 'Make a private app of the tools of an MCP server',
        description:
          'The chat calls its tools once the app is enabled. The same address again renews the tools. If the server wants a sign-in, `auth_url` is the page that the user is to open; the app is enabled after that.',
        body: z.object({
          name: text.max(200),
          mcp_server_url: text,
          description: z.string().max(5_000).nullish(),
        }),
        response: {
          200: z.object({
            app_id: z.string(),
            requires_oauth: z.boolean(),
            tools_count: z.number().int(),
            tool_names: z.array(z.string()),
            auth_url: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const { uid, body } = request;
      const description = body.description?.trim() || `Tools of ${body.name}`;
      const server = { name: body.name, url: body.mcp_server_url, description };
      const made = await mcpApps.connect(uid, server, linksOf(request, publicUrl));
      const names = made.app.chatTools.map(({ name }) => name);
      return {
        app_id: made.app.id,
        requires_oauth: made.signInUrl !== null,
        tools_count: names.length,
        tool_names: names,
        auth_url: made.signInUrl,
      };
    },
  );
  app.post(
    '/v1/apps/:app_id/mcp/refresh',
    {
      schema: {
        tags,
        summary: "Read the tools of an app's MCP server again",
        description: '409 if the user must sign in at the server again.',
        params: z.object({ app_id: z.string() }),
        response: {
          200: z.object({ tools_count: z.number().int(), tool_names: z.array(z.string()) }),
        },
      },
    },
    async ({ uid, params }) => {
      const names = await mcpApps.refreshTools(uid, params.app_id);
      return { tools_count: names.length, tool_names: names };
    },
  );
}

function describeRoute(app: App, { publicUrl }: McpAppDeps): void {
  app.get(
    METADATA,
    {
      ...open,
      schema: {
        tags,
        summary: 'Describes this server to authorization servers of MCP servers',
        security: [],
        response: {
          200: z.object({
            client_id: z.string(),
            client_name: z.string(),
            redirect_uris: z.array(z.string()),
            grant_types: z.array(z.string()),
            response_types: z.array(z.string()),
            token_endpoint_auth_method: z.string(),
          }),
        },
      },
    },
    async (request) => {
      const links = linksOf(request, publicUrl);
      return { client_id: links.metadataUrl, ...clientMetadataOf(links) };
    },
  );
}

const short = z.string().max(4_096);
const answerQuery = z.object({
  state: short.optional(),
  code: short.optional(),
  iss: short.optional(),
  error: short.optional(),
  own: z.literal('1').optional(),
});

/** Address of the callback, or of the form in it, with the same answer, as a page of this server leads there. */
function ownAddress(
  route: string,
  { state = '', code, iss }: z.infer<typeof answerQuery>,
  publicUrl: string | null,
): string {
  const search = new URLSearchParams({ state, own: '1' });
  if (code !== undefined) search.set('code', code);
  if (iss !== undefined) search.set('iss', iss);
  return `${basePathOf(publicUrl)}${route.slice(1)}?${search}`;
}

/**
 * The end of a sign-in. Only the browser of the user who began it finishes it: otherwise whoever is sent
 * the link would connect an account of theirs to the app of the sender (RFC 9700, section 4.7).
 */
function callbackRoutes(app: App, deps: McpAppDeps): void {
  const { mcpApps, publicUrl } = deps;
  app.get(
    CALLBACK,
    {
      ...open,
      schema: {
        tags,
        summary: 'Where the browser comes back to after the sign-in at an MCP server',
        security: [],
        description:
          'It asks for a sign-in at this server, unless the browser has the session of the user who began.',
        querystring: answerQuery,
        response: { 200: pageResponse },
      },
    },
    async (request, reply) => {
      const { state = '', code, iss, own } = request.query;
      // From another site a browser brings no cookie along; from a page of this server it does.
      if (own === undefined) {
        const address = ownAddress(CALLBACK, request.query, publicUrl);
        return sendConnectorPage(reply, 200, forwardPage(address));
      }
      const session = await sessionOf(request, deps);
      if (!session) {
        const action = ownAddress(SIGN_IN, request.query, publicUrl);
        return sendConnectorPage(reply, 401, signInPage(action, 'mcpServer', null));
      }
      try {
        const answer = { state, code: code ?? null, issuer: iss ?? null };
        const finished = await mcpApps.finishSignIn(answer, session.uid);
        const { name, chatTools } = finished.app;
        return sendConnectorPage(reply, 200, donePage(name, chatTools.length));
      } catch (error) {
        if (!isAppError(error)) throw error;
        return sendConnectorPage(reply, error.status, refusalPage(error.message));
      }
    },
  );
  app.post(
    SIGN_IN,
    { ...open, schema: { hide: true, querystring: answerQuery } },
    async (request, reply) =>
      signInByForm(request, reply, deps, {
        action: ownAddress(SIGN_IN, request.query, publicUrl),
        next: ownAddress(CALLBACK, request.query, publicUrl),
        words: 'mcpServer',
        sessionName: 'Browser, to connect an MCP server',
      }),
  );
}
