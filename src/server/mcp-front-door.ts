import type { FastifyPluginAsync } from 'fastify';
import type { Context } from '../context.ts';
import { VERSION } from '../kernel/version.ts';
import { McpHttp } from '../mcp/mcp-http.ts';
import { mcpRoutes } from '../mcp/mcp-routes.ts';
import { McpResources } from '../mcp/resources.ts';
import type { McpParts } from '../mcp/user-server.ts';

/** What every MCP server of the product is made of, over HTTP and over stdio. */
export function mcpParts(context: Context): McpParts {
  const { config, users, clock } = context;
  return {
    tools: context.recordTools,
    resources: new McpResources({
      developerConversations: context.developerConversations,
      actionItems: context.actionItems,
      timeZoneOf: async (uid) => (await users.getUser(uid)).timeZone ?? config.defaultTimeZone,
      now: () => clock.now(),
    }),
    version: VERSION,
    logger: context.logger.child({ subsystem: 'mcp' }),
  };
}

/** Returns the routes of MCP over HTTP. */
export function mcpFrontDoor(context: Context): FastifyPluginAsync {
  const { config, apiKeys, connectorGrants, rateLimiter } = context;
  return mcpRoutes({
    mcp: new McpHttp(mcpParts(context)),
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
