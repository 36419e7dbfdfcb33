import type { ServerResponse } from 'node:http';
import type { AssistantMessage } from './openai-chat.ts';

/**
 * What model servers do as people run them: Ollama, llama.cpp, vLLM, LM Studio and LiteLLM with
 * models that think, or that their templates do not fit.
 */
export const SERVER_FAULTS = [
  /** Thoughts before the answer. */
  'think-tags',
  'think-unopened',
  'think-unclosed',
  'think-in-fields',
  'think-apart',
  /** Tool calls as text. */
  'prints-tool-call',
  'prints-mistral-call',
  'prints-fenced-call',
  'prints-function-call',
  'prints-python-tag',
  'prints-bare-call',
  /** What is refused, and how: Ollama's words, llama.cpp's, vLLM's, none. */
  'no-tools-400',
  'no-tools-500',
  'no-tools-in-stream',
  'no-tools-unnamed',
  'no-stream-options',
  'no-response-format-400',
  'no-response-format-422',
  'no-system-messages',
  'no-images',
  'no-streaming',
  /** Answers without an end. */
  'flood-line',
  'flood-event',
  'flood-text',
  'flood-arguments',
  'flood-calls',
  'flood-body',
  'flood-error',
] as const;
export type ServerFault = (typeof SERVER_FAULTS)[number];

/** A word that must never be seen: it stands in every thought. */
export const SECRET_THOUGHT = 'Zwiebelfisch';
const THOUGHT = `Okay, the user asks. ${SECRET_THOUGHT}: I {could} <b>say</b> [1] a lot.`;

interface Body {
  stream?: boolean;
  stream_options?: unknown;
  tools?: { function: { name: string } }[];
  response_format?: { type: string };
  messages: { role: string; content?: unknown }[];
}

/** What a server answers to what it does not take, null if it takes the request. */
export function refuse(
  fault: ServerFault,
  { stream, stream_options, tools, response_format, messages }: Body,
): { status: number; body: object } | null {
  const error = (status: number, message: string) => ({ status, body: { error: { message } } });
  switch (fault) {
    case 'no-tools-400':
      return tools
        ? error(400, 'registry.ollama.ai/library/gemma:2b does not support tools')
        : null;
    case 'no-tools-500':
      return tools ? error(500, 'tools param requires --jinja flag') : null;
    case 'no-tools-unnamed':
      return tools ? error(400, 'Bad request.') : null;
    case 'no-stream-options':
      return stream && stream_options
        ? { status: 422, body: { detail: [{ loc: ['body', 'stream_options'], msg: 'extra' }] } }
        : null;
    case 'no-response-format-400':
      return response_format ? error(400, `response_format is not supported`) : null;
    case 'no-response-format-422':
      return response_format ? { status: 422, body: { detail: 'Unprocessable Entity' } } : null;
    case 'no-system-messages':
      return messages.some(({ role }) => role === 'system')
        ? error(400, 'System role not supported')
        : null;
    case 'no-images':
      return messages.some(({ content }) => Array.isArray(content))
        ? error(500, 'image input is not supported - hint: you may need to provide the mmproj')
        : null;
    default:
      return null;
  }
}

/** The same message as a server sends it that does not read what its model writes. */
export function disguise(fault: ServerFault, message: AssistantMessage): AssistantMessage {
  const { content } = message;
  const call = message.tool_calls?.[0]?.function;
  if (call) {
    const printed = printCall(fault, call.name, call.arguments);
    return printed === null ? message : { role: 'assistant', content: printed };
  }
  if (content === null) return message;
  switch (fault) {
    case 'think-tags':
      return { ...message, content: `<think>\n${THOUGHT}\n</think>\n\n${content}` };
    case 'think-unopened':
      return { ...message, content: `${THOUGHT}\n</think>\n\n${content}` };
    case 'think-unclosed':
      return { ...message, content: `${content}<think>${THOUGHT}` };
    case 'think-in-fields':
      return { ...message, content: content.replaceAll('":"', `":"<think>${THOUGHT}</think>`) };
    case 'think-apart':
      return { ...message, reasoning_content: THOUGHT };
    default:
      return message;
  }
}

function printCall(fault: ServerFault, name: string, args: string): string | null {
  const json = `{"name": "${name}", "arguments": ${args}}`;
  switch (fault) {
    case 'prints-tool-call':
      return `<tool_call>\n${json}\n</tool_call>`;
    case 'prints-mistral-call':
      return `[TOOL_CALLS] [${json}]`;
    case 'prints-fenced-call':
      return `Let me look that up.\n\`\`\`json\n${json}\n\`\`\``;
    case 'prints-function-call':
      return `<function=${name}>${args}</function>`;
    case 'prints-python-tag':
      return `<|python_tag|>${json.replace('"arguments"', '"parameters"')}<|eom_id|>`;
    case 'prints-bare-call':
      return json;
    default:
      return null;
  }
}

/** Sends an answer that never ends, as fast as it is read; false if the fault is none of those. */
export function flood(fault: ServerFault, response: ServerResponse): boolean {
  const next = FLOODS[fault];
  if (!next) return false;
  const isJson = fault === 'flood-body' || fault === 'flood-error';
  response.writeHead(fault === 'flood-error' ? 400 : 200, {
    'content-type': isJson ? 'application/json' : 'text/event-stream',
  });
  let sent = 0;
  const send = () => {
    while (!response.destroyed) {
      sent += 1;
      if (!response.write(next(sent))) break;
    }
  };
  response.on('drain', send);
  send();
  return true;
}

const FLOODS: Partial<Record<ServerFault, (n: number) => string>> = {
  'flood-line': (n) =>
    n === 1 ? `${piece({ content: 'First words. ' })}data: ` : 'x'.repeat(16_384),
  'flood-event': (n) => (n === 1 ? piece({ content: 'First words. ' }) : 'data: x\n'.repeat(2_000)),
  'flood-text': () => piece({ content: 'Word after word. '.repeat(20) }),
  'flood-arguments': (n) => piece({ tool_calls: [{ index: 0, ...callOf(n) }] }),
  'flood-calls': (n) => piece({ tool_calls: [{ index: n, ...callOf(1) }] }),
  'flood-body': () => ' '.repeat(65_536),
  'flood-error': () => 'x'.repeat(65_536),
};

function callOf(n: number): object {
  if (n > 1) return { function: { arguments: 'x'.repeat(1_000) } };
  return {
    id: 'call_1',
    type: 'function',
    function: { name: 'get_memories_tool', arguments: '{"' },
  };
}

function piece(delta: object): string {
  const choices = [{ index: 0, delta, finish_reason: null }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices })}\n\n`;
}
