import type { Context } from '../context.ts';
import { VERSION } from '../kernel/version.ts';
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
