import type {
  ChatCompletion,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { LanguageModel, StructuredRequest, StructuredResult } from '../../language-model.ts';
import { ignoreUsage, type OnUsage } from '../../model-usage.ts';
import { foldSystemMessages } from './chat-messages.ts';
import { checkModel } from './check-model.ts';
import { parseJsonAnswer } from './json-answer.ts';
import { textOf } from './message-text.ts';
import type { Feature } from './model-abilities.ts';
import { type Deadline, OpenAiClient, type OpenAiOptions } from './openai-client.ts';
import { tellUsage } from './read-usage.ts';
import { type Refusal, refusedFeature } from './refused-feature.ts';
import { toStrictSchema, withoutForcedNulls } from './strict-schema.ts';

/**
 * A language model behind OpenAI's chat completions, the protocol of OpenAI, Ollama, llama.cpp,
 * vLLM, LM Studio and LiteLLM. Asks for a strict JSON schema; a server that refuses it is asked for
 * JSON with the schema in the prompt, and one that refuses that too by the prompt alone, from then
 * on. No key is sent if `apiKey` is null.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export function createOpenAiLanguageModel(options: OpenAiOptions): LanguageModel {
  return new OpenAiLanguageModel(options);
}

/** What a request uses that not every server takes, the least important first. */
const USABLE: readonly Feature[] = ['json-schema', 'json-object', 'system-messages'];
/** Longest part of an unfit answer that is shown to the model again, characters. */
const SHOWN_ANSWER_CHARS = 20_000;

class OpenAiLanguageModel implements LanguageModel {
  readonly model: string;
  readonly #options: OpenAiOptions;
  readonly #client: OpenAiClient;

  constructor(options: OpenAiOptions) {
    this.model = options.model;
    this.#options = options;
    this.#client = new OpenAiClient(options);
  }

  check(signal: AbortSignal): Promise<void> {
    return checkModel(this.#client, this.model, signal);
  }

  generateStructured<T>(
    request: StructuredRequest<T>,
    signal: AbortSignal,
    onUsage: OnUsage = ignoreUsage,
  ): Promise<StructuredResult<T>> {
    return this.#client.within(signal, (deadline) => this.#generate(request, deadline, onUsage));
  }

  async #generate<T>(
    request: StructuredRequest<T>,
    deadline: Deadline,
    onUsage: OnUsage,
  ): Promise<StructuredResult<T>> {
    const schema = toStrictSchema(request.schema);
    const messages: ChatCompletionMessageParam[] = [
      { role: 'system', content: request.instructions },
      { role: 'user', content: request.input },
    ];
    const first = await this.#ask(messages, request.schemaName, schema, deadline, onUsage);
    const fitting = readAs(first.text, request.schema);
    if (fitting.success) return this.#result(fitting.value, [first]);

    this.#options.logger.warn({ model: this.model, schema: request.schemaName }, 'model repaired');
    const repair: ChatCompletionMessageParam[] = [
      ...messages,
      { role: 'assistant', content: first.text.slice(0, SHOWN_ANSWER_CHARS) },
      { role: 'user', content: repairPrompt(fitting.problems, schema) },
    ];
    const second = await this.#ask(repair, request.schemaName, schema, deadline, onUsage);
    const repaired = readAs(second.text, request.schema);
    if (repaired.success) return this.#result(repaired.value, [first, second]);
    throw new AppError(
      'provider-protocol',
      `Model ${this.model} did not answer with the data that was asked for, nor when shown why.`,
    );
  }

  #result<T>(value: T, answers: readonly Answer[]): StructuredResult<T> {
    return {
      value,
      model: answers.at(-1)?.model ?? this.model,
      inputTokens: answers.reduce((sum, answer) => sum + answer.inputTokens, 0),
      outputTokens: answers.reduce((sum, answer) => sum + answer.outputTokens, 0),
    };
  }

  /** One answer: each refusal of the server leaves out what it was about, and it is asked again. */
  async #ask(
    messages: ChatCompletionMessageParam[],
    name: string,
    schema: object,
    deadline: Deadline,
    onUsage: OnUsage,
  ): Promise<Answer> {
    const { abilities } = this.#client;
    /** Left out on suspicion: believed once the server takes the rest. */
    const suspected = new Set<Feature>();
    for (;;) {
      const used = USABLE.filter((each) => abilities.takes(each) && !suspected.has(each));
      const body = this.#body(messages, name, schema, used);
      const format = used.find((feature) => feature !== 'system-messages');
      const asked = used.filter((each) => each === format || each === 'system-messages');
      const { refusal, completion } = await this.#client.request<Reply>(
        deadline,
        async (openai, options) => ({
          refusal: null,
          completion: await openai.chat.completions.create(body, options),
        }),
        (error) => {
          const refusal = this.#client.isOpenAi ? null : refusedFeature(error, asked);
          return refusal ? { refusal, completion: null } : undefined;
        },
      );
      if (refusal === null) {
        for (const feature of suspected) this.#learn(feature);
        return this.#read(completion, onUsage);
      }
      if (refusal.isNamed) this.#learn(refusal.feature);
      else suspected.add(refusal.feature);
    }
  }

  #learn(feature: Feature): void {
    this.#client.abilities.lacks(feature);
    this.#options.logger.warn({ model: this.model, feature }, 'model server lacks a feature');
  }

  #body(
    messages: ChatCompletionMessageParam[],
    name: string,
    schema: object,
    used: readonly Feature[],
  ): ChatCompletionCreateParamsNonStreaming {
    const system = (all: ChatCompletionMessageParam[]) =>
      used.includes('system-messages') ? all : foldSystemMessages(all);
    const common = {
      model: this.model,
      stream: false as const,
      // OpenAI keeps chat completions of newer accounts unless told not to.
      ...(this.#client.isOpenAi ? { store: false } : {}),
    };
    if (used.includes('json-schema')) {
      const format = { name, strict: true, schema: { ...schema } };
      return {
        ...common,
        messages: system(messages),
        response_format: { type: 'json_schema', json_schema: format },
      };
    }
    const explained = system(withSchemaInPrompt(messages, schema));
    if (!used.includes('json-object')) return { ...common, messages: explained };
    return { ...common, messages: explained, response_format: { type: 'json_object' } };
  }

  #read(completion: ChatCompletion, onUsage: OnUsage): Answer {
    tellUsage(completion, this.model, onUsage);
    const parsed = completionSchema.safeParse(completion);
    const choice = parsed.data?.choices[0];
    if (!parsed.success || !choice) {
      throw new AppError('provider-protocol', `Model ${this.model} gave no answer.`);
    }
    if (choice.message.refusal || choice.finish_reason === 'content_filter') {
      const message = `Model ${this.model} refused to answer.`;
      throw new AppError('provider-protocol', message, { retryable: false });
    }
    if (choice.finish_reason === 'length') {
      throw new AppError('provider-protocol', `The answer of model ${this.model} was cut off.`);
    }
    return {
      text: textOf(choice.message.content),
      model: parsed.data.model ?? this.model,
      inputTokens: parsed.data.usage?.prompt_tokens ?? 0,
      outputTokens: parsed.data.usage?.completion_tokens ?? 0,
    };
  }
}

/** What came of one request. */
type Reply = { refusal: null; completion: ChatCompletion } | { refusal: Refusal; completion: null };

interface Answer {
  text: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
}

/** What is used of a completion; local servers leave out the rest. */
const completionSchema = z.object({
  model: z.string().nullish(),
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.unknown(), refusal: z.string().nullish() }),
    }),
  ),
  usage: z
    .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() })
    .nullish(),
});

function readAs<T>(
  text: string,
  schema: z.ZodType<T>,
): { success: true; value: T } | { success: false; problems: string } {
  const json = parseJsonAnswer(text);
  if (json === undefined) return { success: false, problems: 'The answer is not valid JSON.' };
  const parsed = schema.safeParse(withoutForcedNulls(json, schema));
  if (parsed.success) return { success: true, value: parsed.data };
  return { success: false, problems: z.prettifyError(parsed.error) };
}

function repairPrompt(problems: string, schema: object): string {
  return [
    'That answer cannot be used:',
    problems.slice(0, 4_000),
    'Answer again with the whole corrected JSON object and nothing else. It must fit this schema:',
    JSON.stringify(schema),
  ].join('\n');
}

/** Stays behind the instructions, so that they remain a prefix that the server can cache. */
function withSchemaInPrompt(
  messages: readonly ChatCompletionMessageParam[],
  schema: object,
): ChatCompletionMessageParam[] {
  const note = `\n\nAnswer with one JSON object and nothing else. It must fit this JSON schema:\n${JSON.stringify(schema)}`;
  return messages.map((message) =>
    message.role === 'system' ? { ...message, content: `${message.content}${note}` } : message,
  );
}
