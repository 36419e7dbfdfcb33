import type OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { toldEvents } from '../../../kernel/told-events.ts';
import {
  type ChatModel,
  type ChatModelEvent,
  type ChatModelRequest,
  ImagesUnsupportedError,
  ToolsUnsupportedError,
} from '../../chat-model.ts';
import { ignoreUsage, type OnUsage } from '../../model-usage.ts';
import { foldSystemMessages, toVendorMessage } from './chat-messages.ts';
import type { Feature, ModelAbilities } from './model-abilities.ts';
import { type Deadline, OpenAiClient, type OpenAiOptions } from './openai-client.ts';
import { type ReadAnswer, readChatStream } from './read-chat-stream.ts';
import { tellUsage } from './read-usage.ts';
import { type Refusal, refusedFeature } from './refused-feature.ts';

/**
 * A chatting model behind OpenAI's streamed chat completions, the protocol of OpenAI, Ollama,
 * llama.cpp, vLLM, LM Studio and LiteLLM. What a server refuses is left out from then on.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function createOpenAiChatModel(options: OpenAiOptions): ChatModel {
  return new OpenAiChatModel(options);
}

class OpenAiChatModel implements ChatModel {
  readonly model: string;
  readonly #options: OpenAiOptions;
  readonly #client: OpenAiClient;
  readonly #abilities: ModelAbilities;
  /** Set if a request with tools was refused without a reason: believed once one without succeeds. */
  #suspectsTools = false;

  constructor(options: OpenAiOptions) {
    this.model = options.model;
    this.#options = options;
    this.#client = new OpenAiClient(options);
    this.#abilities = this.#client.abilities;
  }

  async *streamChat(
    request: ChatModelRequest,
    signal: AbortSignal,
    onUsage: OnUsage = ignoreUsage,
  ): AsyncGenerator<ChatModelEvent, void, undefined> {
    yield* toldEvents<ChatModelEvent>(signal, (emit, stop) =>
      this.#client.within(stop, (deadline) => this.#answer(request, deadline, onUsage, emit)),
    );
  }

  /** Asks until the server takes the request: each refusal leaves out what it was about. */
  async #answer(
    request: ChatModelRequest,
    deadline: Deadline,
    onUsage: OnUsage,
    emit: (event: ChatModelEvent) => void,
  ): Promise<void> {
    /** Left out on suspicion: believed once the server takes the rest. */
    const suspected = new Set<Feature>();
    for (;;) {
      const used = this.#featuresOf(request).filter((feature) => !suspected.has(feature));
      if (request.tools.length > 0 && !used.includes('tools')) {
        throw new ToolsUnsupportedError(this.model);
      }
      if (hasImages(request) && !used.includes('images')) {
        throw new ImagesUnsupportedError(this.model);
      }
      const refusal = await this.#ask(request, used, deadline, onUsage, emit);
      if (refusal === null) {
        for (const feature of suspected) this.#learn(feature);
        if (request.tools.length === 0 && this.#suspectsTools) this.#learn('tools');
        return;
      }
      if (refusal.isNamed) this.#learn(refusal.feature);
      else if (refusal.feature !== 'tools') suspected.add(refusal.feature);
      else {
        this.#suspectsTools = true;
        throw new ToolsUnsupportedError(this.model);
      }
    }
  }

  /** One request; returns what the server refused of it, null if it was answered. */
  async #ask(
    request: ChatModelRequest,
    used: readonly Feature[],
    deadline: Deadline,
    onUsage: OnUsage,
    emit: (event: ChatModelEvent) => void,
  ): Promise<Refusal | null> {
    let isAnswered = false;
    return await this.#client.request<Refusal | null>(
      deadline,
      async (openai, options) => {
        const { data, response } = await openai.chat.completions
          .create(this.#body(request, used), options)
          .withResponse();
        const answer = await readChatStream(await piecesOf(data, response), {
          model: this.model,
          offered: request.tools.map(({ name }) => name),
          holds: this.#holds,
          emit: (event) => {
            isAnswered = true;
            emit(event);
          },
        });
        tellUsage(answer.counted, this.model, onUsage);
        this.#learnFrom(answer);
        // The SDK ends an aborted stream as if it were complete.
        options.signal.throwIfAborted();
        return null;
      },
      // OpenAI takes all of it: what it refuses is wrong.
      (error) =>
        isAnswered || this.#client.isOpenAi
          ? undefined
          : (refusedFeature(error, used) ?? undefined),
    );
  }

  /** What a request uses of that which not every server takes, the least important first. */
  #featuresOf(request: ChatModelRequest): Feature[] {
    const wanted: Feature[] = ['stream-options'];
    if (request.tools.length > 0) wanted.push('tools');
    if (hasImages(request)) wanted.push('images');
    if (request.messages.some(({ role }) => role === 'system')) wanted.push('system-messages');
    return wanted.filter((feature) => this.#abilities.takes(feature));
  }

  #learn(feature: Feature): void {
    this.#abilities.lacks(feature);
    this.#options.logger.warn({ model: this.model, feature }, 'model server lacks a feature');
  }

  /** Until a model has answered once, it is not known whether its thoughts come with a beginning. */
  get #holds(): boolean {
    return !this.#client.isOpenAi && this.#abilities.opensThoughtsUnseen !== false;
  }

  #learnFrom({ sawUnopenedThought, sawPlainAnswer }: ReadAnswer): void {
    if (sawUnopenedThought) this.#abilities.opensThoughtsUnseen = true;
    else if (sawPlainAnswer) this.#abilities.opensThoughtsUnseen ??= false;
  }

  #body(
    request: ChatModelRequest,
    used: readonly Feature[],
  ): OpenAI.ChatCompletionCreateParamsStreaming {
    const messages: ChatCompletionMessageParam[] = request.messages.map(toVendorMessage);
    const tools = request.tools.map((tool) => ({ type: 'function' as const, function: tool }));
    return {
      model: this.model,
      messages: used.includes('system-messages') ? messages : foldSystemMessages(messages),
      stream: true,
      ...(used.includes('stream-options') ? { stream_options: { include_usage: true } } : {}),
      ...(used.includes('tools') ? { tools } : {}),
      // OpenAI keeps chat completions of newer accounts unless told not to.
      ...(this.#client.isOpenAi ? { store: false } : {}),
    };
  }
}

function hasImages({ messages }: ChatModelRequest): boolean {
  return messages.some(({ role }) => role === 'user-with-images');
}

/** The pieces of an answer; a server that does not stream sends it in one. */
async function piecesOf(
  stream: AsyncIterable<ChatCompletionChunk>,
  response: Response,
): Promise<AsyncIterable<ChatCompletionChunk>> {
  const type = response.headers.get('content-type') ?? '';
  if (!/application\/json/i.test(type)) return stream;
  const whole = (await response.json()) as ChatCompletion;
  return onePiece(whole);
}

async function* onePiece(whole: ChatCompletion): AsyncIterable<ChatCompletionChunk> {
  const choice = whole.choices?.[0];
  const calls = choice?.message?.tool_calls?.map((call, index) => ({ ...call, index })) ?? [];
  yield {
    ...whole,
    object: 'chat.completion.chunk',
    choices: choice
      ? [{ index: 0, finish_reason: choice.finish_reason, delta: deltaOf(choice.message, calls) }]
      : [],
  } as ChatCompletionChunk;
}

function deltaOf(message: ChatCompletion.Choice['message'], calls: readonly object[]): object {
  return { ...message, ...(calls.length > 0 ? { tool_calls: calls } : {}) };
}
