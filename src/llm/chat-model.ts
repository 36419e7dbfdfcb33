import { AppError } from '../kernel/errors.ts';
import type { OnUsage } from './model-usage.ts';

/** A tool call as the model made it; `arguments` is unchecked JSON. */
export interface ChatToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** An image that is looked at. */
export interface ChatImage {
  /** Such as `image/jpeg`. */
  mediaType: string;
  base64: string;
}

export type ChatModelMessage =
  | { role: 'system'; text: string }
  | { role: 'user'; text: string }
  /** For a model that sees. */
  | { role: 'user-with-images'; text: string; images: readonly ChatImage[] }
  | { role: 'assistant'; text: string; toolCalls: readonly ChatToolCall[] }
  | { role: 'tool'; callId: string; text: string };

export interface ChatToolSpec {
  /** Letters, digits, `_` and `-`. */
  name: string;
  description: string;
  /** JSON schema of the arguments. */
  parameters: Record<string, unknown>;
}

export interface ChatModelRequest {
  /** The stable part first, so that a server can cache it. */
  messages: readonly ChatModelMessage[];
  /** Empty: the model has to answer in words. */
  tools: readonly ChatToolSpec[];
}

/**
 * What a model says, in its order: words as they come, then its calls, then one end. Its thoughts
 * are not among them; calls that it has printed as text come as calls.
 */
export type ChatModelEvent =
  | { type: 'text-delta'; text: string }
  /** The words of this answer so far were thoughts: they must not be shown or kept. */
  | { type: 'text-retract' }
  | { type: 'tool-call'; call: ChatToolCall }
  /** `length`: the model's limit was reached. `too-long`: more came than is read. */
  | { type: 'answer-end'; reason: 'stop' | 'tool-calls' | 'length' | 'too-long' | 'filtered' };

/** The model cannot be given tools there: ask it without any. Thrown before anything is said. */
export class ToolsUnsupportedError extends AppError {
  constructor(model: string) {
    super('provider-rejected', `The model server takes no tools for model ${model}.`);
  }
}

/** The model does not take images there: ask it without. Thrown before anything is said. */
export class ImagesUnsupportedError extends AppError {
  constructor(model: string) {
    super('provider-rejected', `The model server takes no images for model ${model}.`);
  }
}

/**
 * A language model that chats and calls tools. The stream throws the same errors as a
 * `LanguageModel`, `ToolsUnsupportedError` and `ImagesUnsupportedError`; leaving it, or aborting the signal, ends the request
 * to the server at once.
 */
export interface ChatModel {
  readonly model: string;
  streamChat(
    request: ChatModelRequest,
    signal: AbortSignal,
    onUsage?: OnUsage,
  ): AsyncIterable<ChatModelEvent>;
}
