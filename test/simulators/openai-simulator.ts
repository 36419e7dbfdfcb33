import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JsonSchema, makeStructuredAnswer } from './openai-answers.ts';
import { type AssistantMessage, makeChatMessage, streamMessage } from './openai-chat.ts';
import { embedWords, toBase64Floats } from './openai-embeddings.ts';
import { findStrictFault } from './openai-rules.ts';
import {
  disguise,
  flood,
  refuse,
  SERVER_FAULTS,
  type ServerFault,
} from './openai-server-faults.ts';
import { seeImages } from './openai-vision.ts';

/**
 * What goes wrong. `*-once` ends after the first request it hit; the others last until changed.
 * `ungrounded`: claims that nobody made, citing lines that do not bear them out. `ignores-schema`:
 * answers in prose around fenced JSON, as servers do that do not constrain the output.
 */
export const OPENAI_FAULTS = [
  'none',
  'garbage',
  'garbage-once',
  'partial-json',
  'wrong-schema',
  'wrong-schema-once',
  'truncated',
  'refusal',
  'ungrounded',
  'ignores-schema',
  'unauthorized',
  'forbidden',
  'quota',
  'rate-limited',
  'rate-limited-once',
  'overloaded-once',
  'server-error',
  'not-json',
  'context-too-long',
  'schema-unsupported',
  'floats-only',
  'missing-embedding',
  'hang',
  'stall-body',
  'drop',
  'slow',
  ...SERVER_FAULTS,
] as const;
export type OpenAiFault = (typeof OPENAI_FAULTS)[number];

export interface RecordedRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  body: any;
  /** Set when the client hung up before the answer was complete. */
  cancelled: boolean;
  /** Pieces of a streamed answer that were sent. */
  pieces: number;
}

export interface OpenAiSimulatorOptions {
  /** Key that requests must carry; undefined: any or none. */
  apiKey?: string;
  models?: readonly string[];
  fault?: OpenAiFault;
  /** Characters of messages that the model holds; more is `context_length_exceeded`. */
  contextChars?: number;
  /** Estimated tokens (4 characters each) that a text to embed may have. */
  maxInputTokens?: number;
  dimensions?: number;
  port?: number;
}

/**
 * A server that speaks OpenAI's models, chat completions (structured, with tools, streamed) and
 * embeddings, and makes its answers from the request. Strict schemas are held to OpenAI's rules.
 * Source: https://platform.openai.com/docs/api-reference
 */
export class OpenAiSimulator {
  readonly requests: RecordedRequest[] = [];
  fault: OpenAiFault;
  /** Further faults, of servers as people run them. */
  readonly also = new Set<ServerFault>();
  readonly #options: OpenAiSimulatorOptions;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  readonly #scripted: unknown[] = [];
  /** Answers chats instead of the built-in rule; undefined from it: the rule answers. */
  chatScript: ((body: RecordedRequest['body']) => AssistantMessage | undefined) | null = null;
  /** Makes structured answers instead of the built-in rule; told how many it has made. */
  structuredScript: ((made: number) => unknown) | null = null;
  #scriptedAnswers = 0;
  /** Wait before each piece of a streamed answer, milliseconds. */
  pieceDelayMs = 0;

  private constructor(options: OpenAiSimulatorOptions) {
    this.#options = options;
    this.fault = options.fault ?? 'none';
  }

  static async start(options: OpenAiSimulatorOptions = {}): Promise<OpenAiSimulator> {
    const simulator = new OpenAiSimulator(options);
    await new Promise<void>((resolve) => {
      simulator.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return simulator;
  }

  /** Address including `/v1`. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** The next structured answers, in order, instead of those made from the request. */
  answerNext(...answers: unknown[]): void {
    this.#scripted.push(...answers);
  }

  /** Bodies of the chat completions asked for so far. */
  get chats(): RecordedRequest['body'][] {
    return this.requests.filter((r) => r.path === '/v1/chat/completions').map((r) => r.body);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const record: RecordedRequest = {
      method: request.method ?? '',
      path: new URL(request.url ?? '/', 'http://localhost').pathname,
      authorization: request.headers.authorization,
      body: text === '' ? null : JSON.parse(text),
      cancelled: false,
      pieces: 0,
    };
    response.on('close', () => {
      record.cancelled = !response.writableFinished;
    });
    this.requests.push(record);

    const { apiKey } = this.#options;
    if (apiKey !== undefined && record.authorization !== `Bearer ${apiKey}`) {
      sendError(response, 401, 'invalid_api_key', 'Incorrect API key provided.');
      return;
    }
    if (await this.#transportFault(response)) return;
    const route = `${record.method} ${record.path}`;
    if (this.fault === 'flood-body' && record.path === '/v1/embeddings')
      flood('flood-body', response);
    else if (route === 'GET /v1/models') this.#models(response);
    else if (route === 'POST /v1/chat/completions') this.#chat(record, response);
    else if (route === 'POST /v1/embeddings') this.#embeddings(record.body, response);
    else if (route === 'POST /v1/audio/speech') this.#speak(record.body, response);
    else sendError(response, 404, null, `Unknown request URL: ${route}.`);
  }

  /** Sound that holds what it was asked to say, so that a test can tell. */
  #speak({ model, voice, input }: RecordedRequest['body'], response: ServerResponse): void {
    if (!this.#options.models?.includes(model) && model !== 'tts') {
      sendError(response, 404, 'model_not_found', `The model ${model} does not exist.`);
      return;
    }
    response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(`ID3 ${voice}: ${input}`);
  }

  /** Faults that do not look at the request; true if one has answered, or never will. */
  async #transportFault(response: ServerResponse): Promise<boolean> {
    const fault = this.fault;
    if (fault.endsWith('-once')) this.#endOnce(fault, ['rate-limited-once', 'overloaded-once']);
    switch (fault) {
      case 'unauthorized':
        sendError(response, 401, 'invalid_api_key', 'Incorrect API key provided.');
        return true;
      case 'forbidden':
        sendError(response, 403, 'unsupported_country_region_territory', 'Not supported.');
        return true;
      case 'quota':
        sendError(response, 429, 'insufficient_quota', 'You exceeded your current quota.', {
          'retry-after': '1',
        });
        return true;
      case 'rate-limited':
      case 'rate-limited-once':
        sendError(response, 429, 'rate_limit_exceeded', 'Rate limit reached.', {
          'retry-after-ms': '20',
          'retry-after': '1',
        });
        return true;
      case 'overloaded-once':
        sendError(response, 503, null, 'The engine is overloaded.', { 'retry-after': '0' });
        return true;
      case 'server-error':
        sendError(response, 500, null, 'The server had an error.');
        return true;
      case 'not-json':
        response.writeHead(200, { 'content-type': 'application/json' }).end('<html>no</html>');
        return true;
      case 'hang':
        return true;
      case 'stall-body':
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
        return true;
      case 'drop':
        response.destroy();
        return true;
      case 'slow':
        await new Promise((resolve) => setTimeout(resolve, 300));
        return false;
      default:
        return false;
    }
  }

  #endOnce(fault: OpenAiFault, which: readonly OpenAiFault[]): void {
    if (which.includes(fault)) this.fault = 'none';
  }

  #models(response: ServerResponse): void {
    const ids = this.#options.models ?? ['sim-model', 'text-embedding-3-large'];
    const data = ids.map((id) => ({ id, object: 'model', created: 0, owned_by: 'simulator' }));
    sendJson(response, 200, { object: 'list', data });
  }

  #chat(record: RecordedRequest, response: ServerResponse): void {
    const { body } = record;
    if (typeof body?.model !== 'string' || !Array.isArray(body.messages)) {
      sendError(response, 400, null, "You must provide 'model' and 'messages'.");
      return;
    }
    if (this.#options.models && !this.#options.models.includes(body.model)) {
      sendError(response, 404, 'model_not_found', `The model does not exist.`);
      return;
    }
    const faults = this.#serverFaults();
    if (faults.some((fault) => flood(fault, response))) return;
    for (const fault of faults) {
      const refused = refuse(fault, body);
      if (!refused) continue;
      sendJson(response, refused.status, refused.body);
      return;
    }
    const prompt = body.messages
      .map((m: { content: unknown }) => String(m.content ?? ''))
      .join('\n');
    if (
      this.fault === 'context-too-long' ||
      prompt.length > (this.#options.contextChars ?? Number.POSITIVE_INFINITY)
    ) {
      const message = `This model's maximum context length is exceeded by: ${prompt}`;
      sendError(response, 400, 'context_length_exceeded', message);
      return;
    }
    const format = body.response_format;
    if (format?.type === 'json_schema') {
      if (this.fault === 'schema-unsupported') {
        const message = "'response_format.type' must be 'text' or 'json_object'";
        sendError(response, 400, null, message);
        return;
      }
      const problem = findStrictFault(format.json_schema?.schema ?? {});
      if (format.json_schema?.strict && problem) {
        const message = `Invalid schema for response_format: ${problem}`;
        sendError(response, 400, null, message);
        return;
      }
    }
    if (format?.type === 'json_object' && !/json/i.test(prompt)) {
      const message = "'messages' must contain the word 'json' in some form.";
      sendError(response, 400, null, message);
      return;
    }
    const structured =
      format?.type === 'json_schema' ||
      format?.type === 'json_object' ||
      /It must fit this JSON schema:/.test(prompt);
    const seen = seeImages(body.messages);
    if (seen && 'problem' in seen) {
      sendError(response, 400, 'invalid_image', seen.problem);
      return;
    }
    const made: AssistantMessage = structured
      ? this.#structured(body)
      : this.#chatMessage(body, seen);
    const message = faults.reduce((said: AssistantMessage, fault) => disguise(fault, said), made);
    const finish =
      this.fault === 'truncated' ? 'length' : message.tool_calls ? 'tool_calls' : 'stop';
    const usage = usageOf(prompt, JSON.stringify(message));
    if (body.stream && faults.includes('no-tools-in-stream') && body.tools) {
      const error = { message: 'This model does not support tools.', type: 'server_error' };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`data: ${JSON.stringify({ error })}\n\n`);
      return;
    }
    if (body.stream && !faults.includes('no-streaming')) {
      const pace = async () => {
        record.pieces += 1;
        if (this.pieceDelayMs > 0) {
          await new Promise((resolve) => setTimeout(resolve, this.pieceDelayMs));
        }
      };
      void streamMessage(response, body, message, finish, usage, pace);
      return;
    }
    sendJson(response, 200, {
      id: `chatcmpl-${this.requests.length}`,
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: body.model,
      choices: [{ index: 0, message, finish_reason: finish, logprobs: null }],
      usage,
    });
  }

  #serverFaults(): ServerFault[] {
    const all: readonly string[] = SERVER_FAULTS;
    const own = all.includes(this.fault) ? [this.fault as ServerFault] : [];
    return [...own, ...this.also];
  }

  #chatMessage(body: RecordedRequest['body'], seen: { said: string } | null): AssistantMessage {
    if (this.fault === 'refusal') return { role: 'assistant', content: null, refusal: 'I cannot.' };
    if (seen) return { role: 'assistant', content: seen.said };
    return this.chatScript?.(body) ?? makeChatMessage(body);
  }

  #structured(body: RecordedRequest['body']): { role: 'assistant'; content: string | null } {
    const answer = this.#scripted.length > 0 ? this.#scripted.shift() : this.#answer(body);
    const json = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const say = (content: string | null, refusal: string | null = null) => ({
      role: 'assistant' as const,
      content,
      refusal,
    });
    const fault = this.fault;
    if (fault.endsWith('-once')) this.#endOnce(fault, ['garbage-once', 'wrong-schema-once']);
    switch (fault) {
      case 'garbage':
      case 'garbage-once':
        return say('I would rather talk about the weather.');
      case 'partial-json':
      case 'truncated':
        return say(json.slice(0, Math.floor(json.length / 2)));
      case 'wrong-schema':
      case 'wrong-schema-once':
        return say('{"title":7,"unexpected":true}');
      case 'refusal':
        return say(null, 'I cannot help with that.');
      case 'ignores-schema':
        return say(`<think>Let me see {…}</think>\n\`\`\`json\n${json}\n\`\`\``);
      default:
        return say(json);
    }
  }

  #answer(body: RecordedRequest['body']): unknown {
    const isNotes = body.response_format?.json_schema?.name === 'understanding';
    if (!isNotes || this.structuredScript === null) return this.#made(body);
    this.#scriptedAnswers += 1;
    return this.structuredScript(this.#scriptedAnswers - 1);
  }

  #made(body: RecordedRequest['body']): unknown {
    // The data is in the first user message; a repair comes after it and holds none.
    const messages: { role: string; content: string }[] = body.messages;
    const input = messages.find((message) => message.role === 'user')?.content ?? '';
    const holder = messages.find(({ content }) => /this JSON schema:/.test(content))?.content ?? '';
    const schema: JsonSchema =
      body.response_format?.json_schema?.schema ??
      JSON.parse(/this JSON schema:\n(.*)/.exec(holder)?.[1] ?? '{}');
    const answer = makeStructuredAnswer(schema, input);
    if (this.fault !== 'ungrounded') return answer;
    const claim = { segments: [1, 999], quote: 'nobody ever uttered these syllables' };
    return {
      ...(answer as object),
      actionItems: [{ ...claim, description: 'Wire funds offshore', owner: null, due: null }],
      events: [
        {
          ...claim,
          title: 'Coronation gala',
          description: '',
          start: '2099-01-01T10:00:00Z',
          durationMinutes: 600,
        },
      ],
      memories: [{ ...claim, content: 'Collects vintage submarines', category: 'system' }],
    };
  }

  #embeddings(body: RecordedRequest['body'], response: ServerResponse): void {
    const input: unknown[] = Array.isArray(body?.input) ? body.input : [body?.input];
    if (
      typeof body?.model !== 'string' ||
      input.some((text) => typeof text !== 'string' || !text)
    ) {
      sendError(response, 400, null, "'$.input' is invalid: strings, none of them empty.");
      return;
    }
    const tokens = (input as string[]).map((text) => Math.ceil(text.length / 4));
    const limit = this.#options.maxInputTokens ?? 8192;
    if (tokens.some((count) => count > limit)) {
      const message = `This model's maximum context length is ${limit} tokens.`;
      sendError(response, 400, null, message);
      return;
    }
    if (input.length > 2048 || tokens.reduce((sum, n) => sum + n, 0) > 300_000) {
      sendError(response, 400, 'max_tokens_per_request', 'Too many inputs or tokens.');
      return;
    }
    const dimensions: number = body.dimensions ?? this.#options.dimensions ?? 256;
    const base64 = body.encoding_format === 'base64' && this.fault !== 'floats-only';
    const data = (input as string[]).map((text, index) => {
      const vector = embedWords(text, dimensions);
      const embedding = base64 ? toBase64Floats(vector) : vector;
      return { object: 'embedding', index, embedding };
    });
    if (this.fault === 'missing-embedding') data.pop();
    const total = tokens.reduce((sum, n) => sum + n, 0);
    sendJson(response, 200, {
      object: 'list',
      // Out of order, as the index allows.
      data: data.reverse(),
      model: body.model,
      usage: { prompt_tokens: total, total_tokens: total },
    });
  }
}

function usageOf(prompt: string, completion: string) {
  const prompt_tokens = Math.ceil(prompt.length / 4);
  const completion_tokens = Math.ceil(completion.length / 4);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string | null,
  message: string,
  headers: Record<string, string> = {},
): void {
  const error = { message, type: 'invalid_request_error', param: null, code };
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error }));
}
