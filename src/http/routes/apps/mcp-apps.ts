import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AppAuthoring } from '../../../apps/app-authoring.ts';

const tags = ['apps'];
const text = z.string().trim().min(1).max(2_000);

/** Apps whose tools are those of an MCP server of somebody else. */
export function mcpAppRoutes({
  appAuthoring,
}: {
  appAuthoring: AppAuthoring;
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/apps/mcp',
      {
        schema: {
          tags,
          summary: 'Make a private app of the tools of an MCP server',
          description:
            'The chat calls its tools once the app is enabled. The same address again renews the tools. Servers that want a sign-in are refused.',
          body: z.object({
            name: text.max(200),
            mcp_server_url: text,
            description: z.string().max(5_000).nullish(),
          }),
          response: {
            200: z.object({
              app_id: z.string(),
              requires_oauth: z.literal(false),
              tools_count: z.number().int(),
              tool_names: z.array(z.string()),
            }),
          },
        },
      },
      async ({ uid, body }) => {
        const description = body.description?.trim() || `Tools of ${body.name}`;
        const server = { name: body.name, url: body.mcp_server_url, description };
        const { id, chatTools } = await appAuthoring.connectMcpServer(uid, server);
        const names = chatTools.map(({ name }) => name);
        const count = names.length;
        return {
          app_id: id,
          requires_oauth: false as const,
          tools_count: count,
          tool_names: names,
        };
      },
    );

    app.post(
      '/v1/apps/:app_id/mcp/refresh',
      {
        schema: {
          tags,
          summary: "Read the tools of an app's MCP server again",
          params: z.object({ app_id: z.string() }),
          response: {
            200: z.object({ tools_count: z.number().int(), tool_names: z.array(z.string()) }),
          },
        },
      },
      async ({ uid, params }) => {
        const names = await appAuthoring.refreshMcpTools(uid, params.app_id);
        return { tools_count: names.length, tool_names: names };
      },
    );
  };
}
