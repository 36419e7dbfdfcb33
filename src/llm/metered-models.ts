import type { Span, SpanStart, Tracing } from '../kernel/tracing.ts';
import type { ChatModel } from './chat-model.ts';
import type { EmbeddingModel } from './embedding-model.ts';
import type { LanguageModel } from './language-model.ts';
import type { ModelUse, OnUsage, TokenUsage, UsageLedger } from './model-usage.ts';
import type { VisionModel } from './vision-model.ts';

/** The ledger for model usage and the name of the entry. */
export interface Meter extends ModelUse {
  ledger: UsageLedger;
  /** Records each call. */
  tracing: Tracing;
  ownKey: boolean;
}

/** The same model; every call is recorded in the ledger, failed ones included. */
export function meterLanguageModel(model: LanguageModel, meter: Meter): LanguageModel {
  return {
    model: model.model,
    generateStructured: (request, signal, onUsage) =>
      metered('generate_content', model.model, meter, onUsage, (count) =>
        model.generateStructured(request, signal, count),
      ),
    check: (signal) => model.check(signal),
  };
}

/** The same model, every look written into the ledger. */
export function meterVisionModel(model: VisionModel, meter: Meter): VisionModel {
  return {
    model: model.model,
    describeImage: (request, signal, onUsage) =>
      metered('generate_content', model.model, meter, onUsage, (count) =>
        model.describeImage(request, signal, count),
      ),
  };
}

/** The same model, every batch written into the ledger. */
export function meterEmbeddingModel(model: EmbeddingModel, meter: Meter): EmbeddingModel {
  return {
    model: model.model,
    embed: (texts, signal, onUsage) =>
      metered('embeddings', model.model, meter, onUsage, (count) =>
        model.embed(texts, signal, count),
      ),
    check: (signal) => model.check(signal),
  };
}

/** The same model; every answer is recorded in the ledger, even if it is not read to its end. */
export function meterChatModel(model: ChatModel, meter: Meter): ChatModel {
  return {
    model: model.model,
    async *streamChat(request, signal, onUsage) {
      const span = meter.tracing.start(spanOf('chat', model.model, meter));
      const tally = new Tally(model.model, meter, onUsage, span);
      let completed = false;
      try {
        for await (const event of model.streamChat(request, signal, tally.count)) {
          if (event.type === 'answer-end') completed = true;
          yield event;
        }
      } catch (error) {
        span.fail(error);
        throw error;
      } finally {
        tally.close(completed);
      }
    },
  };
}

async function metered<T>(
  operation: string,
  model: string,
  meter: Meter,
  onUsage: OnUsage | undefined,
  work: (count: OnUsage) => Promise<T>,
): Promise<T> {
  return meter.tracing.run(spanOf(operation, model, meter), async (span) => {
    const tally = new Tally(model, meter, onUsage, span);
    let completed = false;
    try {
      const result = await work(tally.count);
      completed = true;
      return result;
    } finally {
      tally.close(completed);
    }
  });
}

/** @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
function spanOf(operation: string, model: string, { feature, ownKey }: Meter): SpanStart {
  return {
    name: `${operation} ${model}`,
    kind: 'client',
    facts: {
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': model,
      'omi.model.feature': feature,
      'omi.model.own_key': ownKey,
    },
  };
}

/** Adds up the requests of one call, a repair and a batch each being one, into one entry. */
class Tally {
  readonly #model: string;
  readonly #meter: Meter;
  readonly #onUsage: OnUsage | undefined;
  readonly #span: Span;
  readonly #sum = { calls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

  /** @param span of the call; ends with the entry */
  constructor(model: string, meter: Meter, onUsage: OnUsage | undefined, span: Span) {
    this.#model = model;
    this.#meter = meter;
    this.#onUsage = onUsage;
    this.#span = span;
  }

  readonly count = (usage: TokenUsage): void => {
    this.#sum.calls += 1;
    this.#sum.inputTokens += usage.inputTokens;
    this.#sum.cachedInputTokens += usage.cachedInputTokens;
    this.#sum.outputTokens += usage.outputTokens;
    this.#onUsage?.(usage);
  };

  close(completed: boolean): void {
    const { uid, feature, ownKey, ledger } = this.#meter;
    const failedCalls = completed ? 0 : 1;
    ledger.record({ uid, feature, ownKey, model: this.#model, ...this.#sum, failedCalls });
    this.#span.addFacts({
      'omi.model.requests': this.#sum.calls,
      'gen_ai.usage.input_tokens': this.#sum.inputTokens,
      'gen_ai.usage.output_tokens': this.#sum.outputTokens,
    });
    this.#span.end();
  }
}
