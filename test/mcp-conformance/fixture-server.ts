import {
  type CallToolResult,
  type ElicitRequestFormParams,
  type GetPromptResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  Server,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import { DEFAULTS_FORM, ENUMS_FORM, JSON_SCHEMA_TOOL } from './fixture-schemas.ts';

/** A red pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A header without samples. */
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const STEP_MS = 50;
/** How long a question to the client may wait; the transport cannot deliver the answer. */
const QUESTION = { timeout: 500 };

interface FixtureTool extends Tool {
  run(args: Record<string, unknown>, context: ServerContext): Promise<CallToolResult>;
}

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };

function tool(
  name: string,
  run: FixtureTool['run'],
  properties: Record<string, { type: 'string' }> = {},
): FixtureTool {
  const inputSchema = { type: 'object' as const, properties, required: Object.keys(properties) };
  return { name, description: `Fixture ${name}`, inputSchema, run };
}

const wait = () => new Promise((resolve) => setTimeout(resolve, STEP_MS));

const TOOLS: readonly FixtureTool[] = [
  tool('test_simple_text', async () => text('This is a simple text response for testing.')),
  tool('test_image_content', async () => ({ content: [image] })),
  tool('test_audio_content', async () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  })),
  tool('test_embedded_resource', async () => ({
    content: [embedded('test://embedded-resource', 'This is an embedded resource content.')],
  })),
  tool('test_multiple_content_types', async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      embedded('test://mixed-content-resource', '{"test":"data","value":123}', 'application/json'),
    ],
  })),
  tool('test_tool_with_logging', async (_args, { mcpReq }) => {
    for (const step of ['started', 'processing', 'completed']) {
      await mcpReq.log('info', `Tool execution ${step}`);
      await wait();
    }
    return text('Logged.');
  }),
  tool('test_tool_with_progress', async (_args, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        const params = { progressToken, progress, total: 100 };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      await wait();
    }
    return text('Done.');
  }),
  tool('test_error_handling', async () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  tool(
    'test_sampling',
    async ({ prompt }, { mcpReq }) => {
      const content = { type: 'text' as const, text: String(prompt) };
      const messages = [{ role: 'user' as const, content }];
      const answer = await mcpReq.requestSampling({ messages, maxTokens: 100 }, QUESTION);
      return text(`LLM response: ${JSON.stringify(answer.content)}`);
    },
    { prompt: { type: 'string' } },
  ),
  tool(
    'test_elicitation',
    async ({ message }, context) =>
      await elicit(context, String(message), {
        type: 'object',
        properties: { username: { type: 'string' }, email: { type: 'string' } },
        required: ['username', 'email'],
      }),
    { message: { type: 'string' } },
  ),
  tool(
    'test_elicitation_sep1034_defaults',
    async (_args, context) => await elicit(context, 'Defaults', DEFAULTS_FORM),
  ),
  tool(
    'test_elicitation_sep1330_enums',
    async (_args, context) => await elicit(context, 'Choices', ENUMS_FORM),
  ),
  tool('test_reconnection', async (_args, { http }) => {
    http?.closeSSE?.();
    await wait();
    return text('Reconnected.');
  }),
  { ...JSON_SCHEMA_TOOL, run: async () => text('Checked.') },
];

const PROMPTS: Readonly<
  Record<
    string,
    { arguments: string[]; messages(args: Record<string, string>): GetPromptResult['messages'] }
  >
> = {
  test_simple_prompt: {
    arguments: [],
    messages: () => [said('This is a simple prompt for testing.')],
  },
  test_prompt_with_arguments: {
    arguments: ['arg1', 'arg2'],
    messages: ({ arg1, arg2 }) => [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)],
  },
  test_prompt_with_embedded_resource: {
    arguments: ['resourceUri'],
    messages: ({ resourceUri = '' }) => [
      { role: 'user', content: embedded(resourceUri, 'Embedded resource content for testing.') },
      said('Please process the embedded resource above.'),
    ],
  },
  test_prompt_with_image: {
    arguments: [],
    messages: () => [{ role: 'user', content: image }, said('Please analyze the image above.')],
  },
};

/**
 * Makes a server with the tools, resources and prompts that the scenarios of the conformance suite expect.
 * The product's transport and sign-in stand before it, so that the scenarios test those.
 */
export function createFixtureServer(): Server {
  const server = new Server(
    { name: 'fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: {},
        prompts: {},
        resources: { subscribe: true },
        logging: {},
        completions: {},
      },
    },
  );
  serveTools(server);
  serveResources(server);
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, prompt]) => ({
      name,
      description: `Fixture ${name}`,
      arguments: prompt.arguments.map((argument) => ({ name: argument, required: true })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }) => {
    const prompt = PROMPTS[params.name];
    if (!prompt) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown prompt');
    return { messages: prompt.messages(params.arguments ?? {}) };
  });
  server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris', 'park'], total: 2, hasMore: false },
  }));
  return server;
}

function serveTools(server: Server): void {
  server.setRequestHandler('tools/list', () => ({
    tools: TOOLS.map(({ run: _, ...listed }) => listed),
  }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const found = TOOLS.find(({ name }) => name === params.name);
    if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown tool');
    return await found.run(params.arguments ?? {}, context);
  });
}

function serveResources(server: Server): void {
  server.setRequestHandler('resources/list', () => ({
    resources: ['static-text', 'static-binary', 'watched-resource'].map((name) => ({
      uri: `test://${name}`,
      name,
      mimeType: name === 'static-binary' ? 'image/png' : 'text/plain',
    })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'template' }],
  }));
  server.setRequestHandler('resources/read', ({ params }) => read(params.uri));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
}

function read(uri: string): ReadResourceResult {
  const [, id] = /^test:\/\/template\/(\w+)\/data$/.exec(uri) ?? [];
  if (id !== undefined) {
    const data = { id, templateTest: true, data: `Data for ID: ${id}` };
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(data) }] };
  }
  if (uri === 'test://static-binary') {
    return { contents: [{ uri, mimeType: 'image/png', blob: PNG }] };
  }
  return {
    contents: [{ uri, mimeType: 'text/plain', text: 'This is the content of the static text.' }],
  };
}

async function elicit(
  { mcpReq }: ServerContext,
  message: string,
  requestedSchema: ElicitRequestFormParams['requestedSchema'],
): Promise<CallToolResult> {
  const form = { mode: 'form' as const, message, requestedSchema };
  const { action, content } = await mcpReq.elicitInput(form, QUESTION);
  return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
}

function embedded(uri: string, value: string, mimeType = 'text/plain') {
  return { type: 'resource' as const, resource: { uri, mimeType, text: value } };
}

function said(value: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text: value } };
}
