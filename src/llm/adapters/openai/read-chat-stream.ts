import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import { AppError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { AnswerFilter, type AnswerPart } from '../../answer-filter.ts';
import type { ChatModelEvent, ChatToolCall } from '../../chat-model.ts';
import { AnswerTooLongError } from './bounded-fetch.ts';
import { hasOwnThoughts, textOf } from './message-text.ts';

/** Most characters of one answer. */
const MAX_ANSWER_CHARS = 100_000;
const MAX_ARGUMENT_CHARS = 100_000;
const MAX_CALLS = 32;

export interface ChatStreamReading {
  model: string;
  /** Names of the tools that the model was given. */
  offered: readonly string[];
  /** True to show nothing until it is known that the start of the answer is no thought. */
  holds: boolean;
  emit: (event: ChatModelEvent) => void;
}

/** What an answer has shown of its model. */
export interface ReadAnswer {
  /** The piece that has the usage, undefined if none has. */
  counted: unknown;
  sawUnopenedThought: boolean;
  /** The answer consisted of words, and no thought was among them. */
  sawPlainAnswer: boolean;
}

/**
 * Reads the pieces of one answer; a call is told once it is complete. An answer that grows beyond
 * its bounds ends with what has arrived.
 *
 * @throws AppError `provider-protocol` if the answer was cut off
 */
export async function readChatStream(
  stream: AsyncIterable<ChatCompletionChunk>,
  reading: ChatStreamReading,
): Promise<ReadAnswer> {
  return await new ChatStreamReader(reading).read(stream);
}

class ChatStreamReader {
  readonly #reading: ChatStreamReading;
  readonly #filter: AnswerFilter;
  readonly #calls = new Map<number, ChatToolCall>();
  readonly #printed: ChatToolCall[] = [];
  #chars = 0;
  #isTooLong = false;
  #finish: string | null = null;
  #counted: unknown;

  constructor(reading: ChatStreamReading) {
    this.#reading = reading;
    this.#filter = new AnswerFilter(reading);
  }

  async read(stream: AsyncIterable<ChatCompletionChunk>): Promise<ReadAnswer> {
    try {
      for await (const chunk of stream) {
        this.#take(chunk);
        if (this.#isTooLong) break;
      }
    } catch (error) {
      if (!(error instanceof AnswerTooLongError) || this.#chars === 0) throw error;
      this.#isTooLong = true;
    }
    if (!this.#isTooLong) this.#show(this.#filter.end());
    this.#end();
    return {
      counted: this.#counted,
      sawUnopenedThought: this.#filter.sawUnopenedThought,
      sawPlainAnswer: this.#filter.sawPlainAnswer && !this.#isTooLong,
    };
  }

  #take(chunk: ChatCompletionChunk): void {
    // The last piece has the usage of the whole and no choice; some servers repeat it in each.
    if (chunk.usage) this.#counted = chunk;
    const choice = chunk.choices?.[0];
    if (!choice) return;
    const delta = choice.delta ?? {};
    if (hasOwnThoughts(delta)) this.#show(this.#filter.release());
    const text = textOf(delta.content) || textOf(delta.refusal);
    if (text) this.#show(this.#filter.push(text));
    for (const part of delta.tool_calls ?? []) this.#addToCall(part);
    this.#finish = choice.finish_reason ?? this.#finish;
  }

  #addToCall(part: NonNullable<ChatCompletionChunk.Choice.Delta['tool_calls']>[number]): void {
    // Some local servers leave the index out: each such part is then a whole call.
    const index = part.index ?? this.#calls.size;
    const call = this.#calls.get(index) ?? { id: '', name: '', arguments: '' };
    const grown = {
      id: part.id || call.id,
      name: call.name + textOf(part.function?.name),
      arguments: call.arguments + argumentsOf(part.function?.arguments),
    };
    this.#calls.set(index, grown);
    const chars = grown.name.length + grown.arguments.length;
    if (chars > MAX_ARGUMENT_CHARS || this.#calls.size > MAX_CALLS) this.#isTooLong = true;
  }

  #show(parts: readonly AnswerPart[]): void {
    for (const part of parts) {
      if (part.type === 'call') this.#printed.push({ id: `call_${newId()}`, ...part.call });
      else if (part.type === 'retract') {
        this.#chars = 0;
        this.#reading.emit({ type: 'text-retract' });
      } else this.#say(part.text);
    }
    if (this.#printed.length > MAX_CALLS) this.#isTooLong = true;
  }

  #say(text: string): void {
    const room = MAX_ANSWER_CHARS - this.#chars;
    if (room <= 0) return;
    this.#chars += text.length;
    this.#reading.emit({ type: 'text-delta', text: text.slice(0, room) });
    if (text.length > room) this.#isTooLong = true;
  }

  #end(): void {
    const { emit, model } = this.#reading;
    if (this.#isTooLong) {
      emit({ type: 'answer-end', reason: 'too-long' });
      return;
    }
    if (this.#finish === null) {
      throw new AppError('provider-protocol', `The answer of model ${model} was cut off.`);
    }
    // What was printed counts only if the server has not read it as calls itself.
    const calls = this.#calls.size > 0 ? [...this.#calls.values()] : this.#printed;
    const usable = this.#reading.offered.length > 0 ? calls : [];
    for (const call of usable) {
      emit({ type: 'tool-call', call: { ...call, id: call.id || `call_${newId()}` } });
    }
    const reason = usable.length > 0 ? 'tool-calls' : reasonOf(this.#finish);
    emit({ type: 'answer-end', reason });
  }
}

/** Arguments as text; Ollama's older versions send the object itself. */
function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
}

function reasonOf(finish: string): 'stop' | 'length' | 'filtered' {
  if (finish === 'length') return 'length';
  return finish === 'content_filter' ? 'filtered' : 'stop';
}
