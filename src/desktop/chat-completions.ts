import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type {
  ChatImage,
  ChatModel,
  ChatModelEvent,
  ChatModelRequest,
  ChatToolCall,
} from '../llm/chat-model.ts';
import type { ModelSource } from '../llm/model-source.ts';
import type { TokenUsage } from '../llm/model-usage.ts';

/** What a model is asked, and one message of it. */
export type CompletionRequest = ChatModelRequest;
export type CompletionMessage = ChatModelRequest['messages'][number];

/** One answer of a model; all times in epoch milliseconds. */
export interface Completion {
  id: string;
  model: string;
  createdAt: number;
  text: string;
  toolCalls: ChatToolCall[];
  finish: FinishReason;
  usage: { promptTokens: number; completionTokens: number };
}

/** Why an answer ended, in the words of the protocol. */
export type FinishReason = 'stop' | 'tool_calls' | 'length' | 'content_filter';

/** What a stream tells: words and calls as they come, then one end. */
export type CompletionPart =
  | { type: 'text'; text: string }
  /** The words so far were thoughts and are no part of the answer. */
  | { type: 'retract' }
  | { type: 'tool-call'; call: ChatToolCall; index: number }
  | { type: 'end'; finish: FinishReason; usage: Completion['usage'] };

/** An answer that is on its way. */
export interface CompletionStream {
  id: string;
  model: string;
  createdAt: number;
  parts: AsyncGenerator<CompletionPart, void, undefined>;
}

const FINISH: Readonly<
  Record<Extract<ChatModelEvent, { type: 'answer-end' }>['reason'], FinishReason>
> = {
  stop: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'too-long': 'length',
  filtered: 'content_filter',
};

export interface ChatCompletionsOptions {
  models: ModelSource;
  clock: { now(): number };
}

/**
 * Chat completions for desktop apps, by the model that this server is configured with; what an app asks for
 * by name makes no difference. Use counts as the user's.
 */
export class ChatCompletions {
  readonly #o: ChatCompletionsOptions;

  constructor(options: ChatCompletionsOptions) {
    this.#o = options;
  }

  /**
   * Starts an answer. Its words come after the first part is read.
   *
   * @throws AppError `not-configured` if there is no model, or none that sees images
   */
  start(uid: string, request: ChatModelRequest, signal: AbortSignal): CompletionStream {
    const model = this.#modelFor(uid, request);
    return {
      id: `chatcmpl-${newId()}`,
      model: model.model,
      createdAt: this.#o.clock.now(),
      parts: partsOf(model, request, signal),
    };
  }

  /** Returns a whole answer. @throws AppError as `start`, and what the model throws */
  async complete(uid: string, request: ChatModelRequest, signal: AbortSignal): Promise<Completion> {
    const { id, model, createdAt, parts } = this.start(uid, request, signal);
    const answer: Completion = {
      id,
      model,
      createdAt,
      text: '',
      toolCalls: [],
      finish: 'stop',
      usage: { promptTokens: 0, completionTokens: 0 },
    };
    for await (const part of parts) {
      if (part.type === 'text') answer.text += part.text;
      else if (part.type === 'retract') answer.text = '';
      else if (part.type === 'tool-call') answer.toolCalls.push(part.call);
      else Object.assign(answer, { finish: part.finish, usage: part.usage });
    }
    return answer;
  }

  #modelFor(uid: string, { messages }: ChatModelRequest): ChatModel {
    const use = { uid, feature: 'chat' } as const;
    const hasImages = messages.some(({ role }) => role === 'user-with-images');
    const { models } = this.#o;
    const model = hasImages ? models.visionChatModel(use) : models.chatModel(use);
    if (model !== null) return model;
    throw new AppError(
      'not-configured',
      hasImages
        ? 'This server has no language model that sees images.'
        : 'This server has no language model. Set OPENAI_API_KEY or OPENAI_BASE_URL.',
    );
  }
}

async function* partsOf(
  model: ChatModel,
  request: ChatModelRequest,
  signal: AbortSignal,
): AsyncGenerator<CompletionPart, void, undefined> {
  const usage = { promptTokens: 0, completionTokens: 0 };
  const count = ({ inputTokens, outputTokens }: TokenUsage) => {
    usage.promptTokens += inputTokens;
    usage.completionTokens += outputTokens;
  };
  let finish: FinishReason = 'stop';
  let calls = 0;
  for await (const event of model.streamChat(request, signal, count)) {
    if (event.type === 'text-delta') yield { type: 'text', text: event.text };
    else if (event.type === 'text-retract') yield { type: 'retract' };
    else if (event.type === 'tool-call') {
      yield { type: 'tool-call', call: event.call, index: calls };
      calls += 1;
    } else if (event.type === 'answer-end') finish = FINISH[event.reason];
  }
  yield { type: 'end', finish, usage };
}

/** Reads `data:image/png;base64,…`; null if it is no such address. */
export function imageOfDataUrl(url: string): ChatImage | null {
  const comma = url.indexOf(',');
  const head = /^data:(image\/[a-z0-9.+-]{1,40});base64$/iu.exec(url.slice(0, Math.max(0, comma)));
  const mediaType = head?.[1]?.toLowerCase();
  return mediaType === undefined ? null : { mediaType, base64: url.slice(comma + 1) };
}
