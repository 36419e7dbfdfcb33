import type OpenAI from 'openai';
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import { AsyncQueue } from '../../../kernel/async-queue.ts';
import { AppError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import type {
  ChatModel,
  ChatModelEvent,
  ChatModelMessage,
  ChatModelRequest,
  ChatToolCall,
} from '../../chat-model.ts';
import { ignoreUsage, type OnUsage } from '../../model-usage.ts';
import { isOpenAi, OpenAiClient, type OpenAiOptions } from './openai-client.ts';
import { tellUsage } from './read-usage.ts';

/**
 * A chatting model behind OpenAI's streamed chat completions, the protocol of OpenAI, Ollama,
 * llama.cpp, vLLM and LM Studio.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createOpenAiChatModel(options: OpenAiOptions): ChatModel {
  return new OpenAiChatModel(options);
}

class OpenAiChatModel implements ChatModel {
  readonly model: string;
  readonly #options: OpenAiOptions;
  readonly #client: OpenAiClient;

  constructor(options: OpenAiOptions) {
    this.model = options.model;
    this.#options = options;
    this.#client = new OpenAiClient(options);
  }

  async *streamChat(
    request: ChatModelRequest,
    signal: AbortSignal,
    onUsage: OnUsage = ignoreUsage,
  ): AsyncGenerator<ChatModelEvent, void, undefined> {
    const events = new AsyncQueue<ChatModelEvent>();
    const left = new AbortController();
    const stop = AbortSignal.any([signal, left.signal]);
    this.#client
      .within(stop, (deadline) =>
        this.#client.request(deadline, async (openai, options) => {
          const stream = await openai.chat.completions.create(this.#body(request), options);
          await readStream(stream, (event) => events.push(event), this.model, onUsage);
          // The SDK ends an aborted stream as if it were complete.
          options.signal.throwIfAborted();
        }),
      )
      .then(
        () => events.end(),
        (error: unknown) => events.fail(error),
      );
    try {
      yield* events;
    } finally {
      left.abort();
    }
  }

  #body(request: ChatModelRequest): OpenAI.ChatCompletionCreateParamsStreaming {
    const tools: ChatCompletionTool[] = request.tools.map((tool) => ({
      type: 'function',
      function: tool,
    }));
    return {
      model: this.model,
      messages: request.messages.map(toVendorMessage),
      stream: true,
      stream_options: { include_usage: true },
      ...(tools.length > 0 ? { tools } : {}),
      // OpenAI keeps chat completions of newer accounts unless told not to.
      ...(isOpenAi(this.#options.baseUrl) ? { store: false } : {}),
    };
  }
}

function toVendorMessage(message: ChatModelMessage): ChatCompletionMessageParam {
  if (message.role === 'tool') {
    return { role: 'tool', tool_call_id: message.callId, content: message.text };
  }
  if (message.role === 'user-with-images') {
    const images = message.images.map(({ mediaType, base64 }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${base64}` },
    }));
    return { role: 'user', content: [...images, { type: 'text', text: message.text }] };
  }
  if (message.role !== 'assistant') return { role: message.role, content: message.text };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.text };
  return {
    role: 'assistant',
    content: message.text === '' ? null : message.text,
    tool_calls: message.toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    })),
  };
}

/** Reads the pieces of one answer; a call is told once it is complete. */
async function readStream(
  stream: AsyncIterable<ChatCompletionChunk>,
  tell: (event: ChatModelEvent) => void,
  model: string,
  onUsage: OnUsage,
): Promise<void> {
  const calls = new Map<number, ChatToolCall>();
  let finish: string | null = null;
  let counted: unknown;
  for await (const chunk of stream) {
    // The last piece has the usage of the whole and no choice; some servers repeat it in each.
    if (chunk.usage) counted = chunk;
    const choice = chunk.choices?.[0];
    if (!choice) continue;
    const { content, refusal, tool_calls: parts } = choice.delta ?? {};
    const text = content || refusal;
    if (text) tell({ type: 'text-delta', text });
    for (const part of parts ?? []) {
      // Some local servers leave the index out: each such part is then a whole call.
      const index = part.index ?? calls.size;
      const call = calls.get(index) ?? { id: '', name: '', arguments: '' };
      calls.set(index, {
        id: part.id || call.id,
        name: call.name + (part.function?.name ?? ''),
        arguments: call.arguments + (part.function?.arguments ?? ''),
      });
    }
    finish = choice.finish_reason ?? finish;
  }
  tellUsage(counted, model, onUsage);
  if (finish === null) {
    throw new AppError('provider-protocol', `The answer of model ${model} was cut off.`);
  }
  for (const call of calls.values()) {
    tell({ type: 'tool-call', call: { ...call, id: call.id || `call_${newId()}` } });
  }
  tell({ type: 'answer-end', reason: calls.size > 0 ? 'tool-calls' : reasonOf(finish) });
}

function reasonOf(finish: string): 'stop' | 'length' | 'filtered' {
  if (finish === 'length') return 'length';
  return finish === 'content_filter' ? 'filtered' : 'stop';
}
