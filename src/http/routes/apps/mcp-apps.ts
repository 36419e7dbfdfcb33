import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { McpApps } from '../../../apps/mcp-apps.ts';
import { clientMetadataOf } from '../../../apps/mcp-sign-in.ts';
import type { TokenVerifier } from '../../../auth/token-verifier.ts';
import { basePathOf } from '../../../kernel/base-path.ts';
import { isAppError } from '../../../kernel/errors.ts';
import { donePage, forwardPage, refusalPage } from '../../connector-pages.ts';
import { sendConnectorPage, sessionOf } from '../../connector-session.ts';
import { pageResponse } from '../../openapi/body-kinds.ts';
import { publicOrigin } from '../../public-origin.ts';

const tags = ['apps'];
const open = { config: { public: true } } as const;
const text = z.string().trim().min(1).max(2_000);
const CALLBACK = '/v1/apps/mcp/callback';
const METADATA = '/v1/apps/mcp/client.json';

export interface McpAppDeps {
  mcpApps: McpApps;
  verifier: TokenVerifier;
  publicUrl: string | null;
}

type App = Parameters<FastifyPluginAsyncZod>[0];

/** Apps whose tools are those of an MCP server of somebody else. */
export function mcpAppRoutes(deps: McpAppDeps): FastifyPluginAsyncZod {
  return async (app) => {
    connectRoutes(app, deps);
    signInRoutes(app, deps);
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

function signInRoutes(app: App, deps: McpAppDeps): void {
  const { mcpApps, publicUrl } = deps;
  const short = z.string().max(4_096);
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
  app.get(
    CALLBACK,
    {
      ...open,
      schema: {
        tags,
        summary: 'Where the browser comes back to after the sign-in at an MCP server',
        security: [],
        querystring: z.object({
          state: short.optional(),
          code: short.optional(),
          iss: short.optional(),
          error: short.optional(),
          own: z.literal('1').optional(),
        }),
        response: { 200: pageResponse },
      },
    },
    async (request, reply) => {
      const { state = '', code, iss, own } = request.query;
      if (own === undefined) {
        // From another site a browser brings no cookie along; from a page of this server it does.
        const search = new URLSearchParams({ state, own: '1' });
        if (code !== undefined) search.set('code', code);
        if (iss !== undefined) search.set('iss', iss);
        const path = `${basePathOf(publicUrl)}${CALLBACK.slice(1)}`;
        return sendConnectorPage(reply, 200, forwardPage(`${path}?${search}`));
      }
      try {
        const answer = { state, code: code ?? null, issuer: iss ?? null };
        const session = await sessionOf(request, deps);
        const finished = await mcpApps.finishSignIn(answer, session?.uid ?? null);
        const { name, chatTools } = finished.app;
        return sendConnectorPage(reply, 200, donePage(name, chatTools.length));
      } catch (error) {
        if (!isAppError(error)) throw error;
        return sendConnectorPage(reply, error.status, refusalPage(error.message));
      }
    },
  );
}
