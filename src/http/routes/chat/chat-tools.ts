import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ToolCalls } from '../../../chat/tools/tool-calls.ts';
import { jsonObjectSchema } from '../../../wire/json.ts';
import { goneSignal } from '../../gone-signal.ts';
import { queryBoolean, queryInt } from '../../query-types.ts';

const tags = ['tools'];
/** Tools of apps may take two minutes. */
const TIMEOUT_MS = 130_000;

const page = {
  limit: queryInt({ min: 1, max: 500 }).optional(),
  offset: queryInt({ min: 0, max: 10_000 }).optional(),
};
const dates = { start_date: z.string().optional(), end_date: z.string().optional() };
const resultSchema = z.object({
  tool_name: z.string(),
  result_text: z.string(),
  is_error: z.boolean(),
});

const agentToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** JSON Schema of the arguments. */
  parameters: jsonObjectSchema,
  scope: z.string(),
});

/** The chat's tools over HTTP: some by a route of their own, all of them by name. */
export function chatToolRoutes({
  chatTools: tools,
}: {
  chatTools: ToolCalls;
}): FastifyPluginAsyncZod {
  const call = async (uid: string, name: string, args: unknown, reply: FastifyReply) => {
    const { text, isError, error } = await tools.call(uid, name, args, goneSignal(reply));
    if (error?.code === 'not-found') throw error;
    return { tool_name: name, result_text: text, is_error: isError };
  };

  return async (app) => {
    const response = { 200: resultSchema };
    const gets = [
      {
        path: '/v1/tools/conversations',
        tool: 'get_conversations_tool',
        summary: 'List conversations (tool format)',
        querystring: z.object({
          ...page,
          ...dates,
          include_discarded: queryBoolean().optional(),
          max_transcript_segments: queryInt({ min: -1, max: 1000 }).optional(),
          include_transcript: queryBoolean().optional(),
        }),
      },
      {
        path: '/v1/tools/memories',
        tool: 'get_memories_tool',
        summary: 'List memories (tool format)',
        querystring: z.object({ ...page, ...dates }),
      },
      {
        path: '/v1/tools/action-items',
        tool: 'get_action_items_tool',
        summary: 'List action items (tool format)',
        querystring: z.object({
          ...page,
          ...dates,
          completed: queryBoolean().optional(),
          conversation_id: z.string().optional(),
          due_start_date: z.string().optional(),
          due_end_date: z.string().optional(),
        }),
      },
    ];
    for (const { path, tool, summary, querystring } of gets) {
      app.get(
        path,
        {
          schema: {
            tags,

            summary,
            querystring,
            response,
          },
        },
        async ({ uid, query }, reply) => await call(uid, tool, query, reply),
      );
    }

    app.post(
      '/v1/tools/conversations/search',
      {
        schema: {
          tags,
          summary: 'Search conversations (tool format)',
          body: z.object({
            query: z.string().min(1).max(1000),
            start_date: z.string().nullish(),
            end_date: z.string().nullish(),
            limit: z.number().int().min(1).max(20).nullish(),
            include_transcript: z.boolean().nullish(),
          }),
          response,
        },
      },
      async ({ uid, body }, reply) => await call(uid, 'search_conversations_tool', body, reply),
    );

    app.post(
      '/v1/tools/memories/search',
      {
        schema: {
          tags,
          summary: 'Search memories (tool format)',
          body: z.object({
            query: z.string().min(1).max(1000),
            limit: z.number().int().min(1).max(20).nullish(),
          }),
          response,
        },
      },
      async ({ uid, body }, reply) => await call(uid, 'search_memories_tool', body, reply),
    );

    app.post(
      '/v1/tools/action-items',
      {
        schema: {
          tags,
          summary: 'Add an action item',
          body: z.object({
            description: z.string().min(1).max(1000),
            due_at: z.string().nullish(),
            conversation_id: z.string().nullish(),
          }),
          response,
        },
      },
      async ({ uid, body }, reply) => await call(uid, 'create_action_item_tool', body, reply),
    );

    app.patch(
      '/v1/tools/action-items/:id',
      {
        schema: {
          tags,
          summary: 'Change an action item',
          params: z.object({ id: z.string() }),
          body: z.object({
            completed: z.boolean().nullish(),
            description: z.string().min(1).max(1000).nullish(),
            due_at: z.string().nullish(),
          }),
          response,
        },
      },
      async ({ uid, params, body }, reply) => {
        const args = { ...body, action_item_id: params.id };
        return await call(uid, 'update_action_item_tool', args, reply);
      },
    );

    app.get(
      '/v1/agent/tools',
      {
        schema: {
          tags,
          summary: 'List tools with scope and schema',
          response: { 200: z.object({ tools: z.array(agentToolSchema) }) },
        },
      },
      async ({ uid }) => ({
        tools: (await tools.list(uid)).map((tool) => ({
          name: tool.name,
          description: tool.description,
          parameters: tool.parameters,
          scope: tool.scope,
        })),
      }),
    );

    app.post(
      '/v1/agent/execute-tool',
      {
        handlerTimeout: TIMEOUT_MS,
        schema: {
          tags,
          response: {
            200: z.object({ result: z.string().optional(), error: z.string().optional() }),
          },
          summary: 'Call a tool by name',
          body: z.object({
            tool_name: z.string().max(200),
            params: jsonObjectSchema.default({}),
          }),
        },
      },
      async ({ uid, body }, reply) => {
        const { text, isError } = await tools.call(
          uid,
          body.tool_name,
          body.params,
          goneSignal(reply),
        );
        return isError ? { error: text } : { result: text };
      },
    );
  };
}
