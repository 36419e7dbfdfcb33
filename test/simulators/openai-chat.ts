import type { ServerResponse } from 'node:http';
import type { JsonSchema } from './openai-answers.ts';

/** A message of a chat request, as far as it is looked at. */
interface ChatMessage {
  role: string;
  content: string | null;
}

interface ChatBody {
  model: string;
  messages: ChatMessage[];
  tools?: { function: { name: string; parameters?: JsonSchema } }[];
  tool_choice?: unknown;
  stream_options?: { include_usage?: boolean };
}

export interface AssistantMessage {
  role: 'assistant';
  content: string | null;
  refusal?: string | null;
  /** Thoughts, as servers send them that read them out of the answer. */
  reasoning_content?: string;
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
}

/**
 * The answer of a chat: with tools and no result yet, a call of the first tool with the user's
 * words as its text arguments; otherwise a sentence made of the tool's results or of the question.
 */
export function makeChatMessage(body: ChatBody): AssistantMessage {
  const asked = body.messages.findLast((message) => message.role === 'user')?.content ?? '';
  const last = body.messages.at(-1);
  const tool = body.tools?.[0];
  if (tool && last?.role === 'user' && body.tool_choice !== 'none') {
    const properties = (tool.function.parameters?.properties ?? {}) as JsonSchema;
    const required = tool.function.parameters?.required;
    const names = Array.isArray(required) ? required.map(String) : Object.keys(properties);
    const text = names.filter((name) => (properties[name] as JsonSchema)?.type === 'string');
    const args = JSON.stringify(Object.fromEntries(text.map((name) => [name, asked])));
    const call = { name: tool.function.name, arguments: args };
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${body.messages.length}`, type: 'function', function: call }],
    };
  }
  const results = body.messages.filter((message) => message.role === 'tool');
  const content =
    results.length > 0
      ? `Found: ${results.map((message) => message.content).join(' ')}`
      : `You said: ${asked}`;
  return { role: 'assistant', content };
}

/**
 * Sends a message as server-sent events, content and tool arguments in small pieces, each piece of
 * content after `pace`; stops if the client has gone.
 */
export async function streamMessage(
  response: ServerResponse,
  body: ChatBody,
  message: AssistantMessage,
  finish: string,
  usage: object,
  pace: () => Promise<void>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const head = { id: 'chatcmpl-s', object: 'chat.completion.chunk', created: 0, model: body.model };
  const send = (delta: object, finish_reason: string | null = null) => {
    const choices = [{ index: 0, delta, finish_reason }];
    response.write(`data: ${JSON.stringify({ ...head, choices })}\n\n`);
  };
  send({ role: 'assistant', content: message.content === null ? null : '' });
  if (message.reasoning_content) send({ reasoning_content: message.reasoning_content });
  for (const piece of (message.content ?? '').match(/[\s\S]{1,12}/gu) ?? []) {
    await pace();
    if (response.destroyed) return;
    send({ content: piece });
  }
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const { name } = call.function;
    send({ tool_calls: [{ ...call, index, function: { name, arguments: '' } }] });
    for (const piece of call.function.arguments.match(/[\s\S]{1,8}/g) ?? []) {
      send({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  send({}, finish);
  if (body.stream_options?.include_usage) {
    response.write(`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}
