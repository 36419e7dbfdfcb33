import type { CreateEmbeddingResponse } from 'openai/resources/embeddings';
import { z } from 'zod';
import { AppError } from '../../../kernel/errors.ts';
import type { EmbeddingModel } from '../../embedding-model.ts';
import { InputTooLongError } from '../../language-model.ts';
import { ignoreUsage, type OnUsage } from '../../model-usage.ts';
import { checkModel } from './check-model.ts';
import { type Deadline, OpenAiClient, type OpenAiOptions } from './openai-client.ts';
import { tellUsage } from './read-usage.ts';

const MAX_BATCH_INPUTS = 256;
/** The largest models have 4,096 numbers a text, of some 22 characters if they come as text. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_DIMENSIONS = 16_384;
/** OpenAI takes 300 000 tokens a request; the estimate below is on the safe side. */
const MAX_BATCH_TOKENS = 200_000;
/** OpenAI takes 8 192 tokens a text. */
const MAX_INPUT_TOKENS = 8_000;
/** A text is not cut shorter than this to please a server: then the server is misconfigured. */
const MIN_INPUT_TOKENS = 200;

/**
 * An embedding model behind OpenAI's embeddings, which Ollama, llama.cpp and vLLM speak as well.
 * Long lists go in batches, each within the time bound of its own. A text that is too long is cut
 * at a word; how much fits is learnt from the server. A blank text, which servers refuse, is
 * embedded as a full stop.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function createOpenAiEmbeddingModel(options: OpenAiOptions): EmbeddingModel {
  return new OpenAiEmbeddingModel(options);
}

class OpenAiEmbeddingModel implements EmbeddingModel {
  readonly model: string;
  readonly #options: OpenAiOptions;
  readonly #client: OpenAiClient;
  #maxInputTokens = MAX_INPUT_TOKENS;

  constructor(options: OpenAiOptions) {
    this.model = options.model;
    this.#options = options;
    this.#client = new OpenAiClient(options, MAX_ANSWER_BYTES);
  }

  check(signal: AbortSignal): Promise<void> {
    return checkModel(this.#client, this.model, signal);
  }

  async embed(
    texts: readonly string[],
    signal: AbortSignal,
    onUsage: OnUsage = ignoreUsage,
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (const batch of inBatches(texts, this.#maxInputTokens)) {
      vectors.push(
        ...(await this.#client.within(signal, (deadline) =>
          this.#embedBatch(batch, deadline, onUsage),
        )),
      );
    }
    return vectors;
  }

  async #embedBatch(
    batch: readonly string[],
    deadline: Deadline,
    onUsage: OnUsage,
  ): Promise<Float32Array[]> {
    for (;;) {
      const limit = this.#maxInputTokens;
      const input = batch.map((text) => cutToTokens(text, limit));
      try {
        const response = await this.#client.request(deadline, (openai, options) =>
          // Named, so that the SDK hands the answer over as it came: servers that know floats
          // only answer with floats, and it would take those for base64.
          openai.embeddings.create(
            { model: this.model, input, encoding_format: 'base64' },
            options,
          ),
        );
        tellUsage(response, this.model, onUsage);
        return this.#read(response, batch.length);
      } catch (error) {
        const longest = Math.max(...input.map(estimateTokens));
        if (!(error instanceof InputTooLongError) || longest <= MIN_INPUT_TOKENS) throw error;
        const next = Math.max(MIN_INPUT_TOKENS, Math.floor(Math.min(limit, longest) / 2));
        this.#maxInputTokens = Math.min(this.#maxInputTokens, next);
        this.#options.logger.warn({ model: this.model, tokens: next }, 'embedding input shortened');
      }
    }
  }

  #read(response: CreateEmbeddingResponse, count: number): Float32Array[] {
    const parsed = responseSchema.safeParse(response);
    const vectors: (Float32Array | undefined)[] = new Array(count).fill(undefined);
    for (const [position, item] of (parsed.data?.data ?? []).entries()) {
      const index = item.index ?? position;
      if (index < count) vectors[index] = toUnitVector(item.embedding);
    }
    const dimensions = vectors[0]?.length;
    const complete = vectors.filter((vector) => vector !== undefined);
    if (complete.length !== count || complete.some((vector) => vector.length !== dimensions)) {
      throw new AppError('provider-protocol', `Model ${this.model} did not embed every text.`);
    }
    return complete;
  }
}

const responseSchema = z.object({
  data: z.array(
    z.object({
      index: z.number().int().nonnegative().nullish(),
      embedding: z.union([z.string(), z.array(z.number())]),
    }),
  ),
});

/** Little-endian 32-bit floats in base64, or plain numbers, scaled to length 1. */
function toUnitVector(embedding: string | readonly number[]): Float32Array | undefined {
  let vector: Float32Array;
  if (typeof embedding === 'string') {
    const bytes = Buffer.from(embedding, 'base64');
    vector = new Float32Array(Math.floor(bytes.length / 4));
    for (let i = 0; i < vector.length; i += 1) vector[i] = bytes.readFloatLE(i * 4);
  } else {
    vector = Float32Array.from(embedding);
  }
  if (vector.length > MAX_DIMENSIONS) return undefined;
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) return undefined;
  return vector.map((value) => value / length);
}

/**
 * Tokens of a text, on the safe side without the vendor's tokenizer: two bytes each. Latin script
 * has some four bytes a token, Chinese and Japanese two to three, emoji two.
 */
function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 2);
}

/** The start of a text, up to a number of tokens, cut between words and never inside a character. */
export function cutToTokens(text: string, maxTokens: number): string {
  const whole = text.trim() === '' ? '.' : text;
  if (estimateTokens(whole) <= maxTokens) return whole;
  // A cut inside a character leaves replacement characters at the end, at most one a byte.
  const bytes = Buffer.from(whole, 'utf8').subarray(0, maxTokens * 2);
  const cut = new TextDecoder('utf-8').decode(bytes).replace(/\uFFFD{1,3}$/, '');
  const space = cut.lastIndexOf(' ');
  return space > cut.length * 0.8 ? cut.slice(0, space) : cut;
}

function* inBatches(texts: readonly string[], maxInputTokens: number): Iterable<string[]> {
  let batch: string[] = [];
  let tokens = 0;
  for (const text of texts) {
    const cost = Math.min(estimateTokens(text), maxInputTokens);
    if (
      batch.length === MAX_BATCH_INPUTS ||
      (batch.length > 0 && tokens + cost > MAX_BATCH_TOKENS)
    ) {
      yield batch;
      batch = [];
      tokens = 0;
    }
    batch.push(text);
    tokens += cost;
  }
  if (batch.length > 0) yield batch;
}
