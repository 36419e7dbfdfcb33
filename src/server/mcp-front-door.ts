import type { FastifyPluginAsync } from 'fastify';
import type { Context } from '../context.ts';
import type { McpHttp } from '../mcp/mcp-http.ts';
import { mcpRoutes } from '../mcp/mcp-routes.ts';

/**
 * Returns the routes of MCP over HTTP, with sign-in by the product's keys and connections. The protocol is
 * loaded at the first call, by `load`.
 */
export function mcpFrontDoor(
  context: Context,
  load: () => Promise<McpHttp> = () => loadMcp(context),
): FastifyPluginAsync {
  const { config, apiKeys, connectorGrants, rateLimiter } = context;
  let loaded: Promise<McpHttp> | undefined;
  return mcpRoutes({
    mcp: {
      answer: async (request, grant) => {
        loaded ??= load();
        return await (await loaded).answer(request, grant);
      },
    },
    verify: async (token, { resource, origin }) => {
      const key = await apiKeys.verify('mcp', token);
      if (key) return { uid: key.uid, scopes: new Set(key.scopes) };
      const grant = await connectorGrants.findByAccessToken(token);
      // A token for another address of the same server is somebody else's.
      if (!grant || ![resource, origin].includes(grant.resource)) return null;
      return { uid: grant.uid, scopes: new Set(grant.scopes) };
    },
    count: async (policy, subject, limit) => await rateLimiter.count(policy, subject, limit),
    publicUrl: config.server.publicUrl,
    origins: config.server.corsOrigins,
  });
}

async function loadMcp(context: Context): Promise<McpHttp> {
  const [{ McpHttp }, { createUserServer }, { mcpParts }] = await Promise.all([
    import('../mcp/mcp-http.ts'),
    import('../mcp/user-server.ts'),
    import('./mcp-parts.ts'),
  ]);
  const parts = mcpParts(context);
  return new McpHttp({
    createServer: (grant) => createUserServer(parts, grant),
    logger: parts.logger,
  });
}
