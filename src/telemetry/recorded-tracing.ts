import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { isAppError } from '../kernel/errors.ts';
import {
  NO_SPAN,
  type Span,
  type SpanFacts,
  type SpanStart,
  type Tracing,
} from '../kernel/tracing.ts';

/** Most spans of details with one name below one span; the number of the others is a fact of that span. */
const MAX_DETAILS = 50;
const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
};

/** Records spans with a tracer of OpenTelemetry. Its state is its own: no global of the API is used. */
export class RecordedTracing implements Tracing {
  readonly #tracer: Tracer;
  readonly #entered = new AsyncLocalStorage<RecordedSpan>();
  readonly #propagator = new W3CTraceContextPropagator();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  start(start: SpanStart): Span {
    return this.#begin(start, this.#parentOf(start));
  }

  run<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
    const span = this.start(start);
    return endWith(span, () => span.enter(() => work(span)));
  }

  runDetail<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
    const parent = this.#parentOf(start);
    if (!parent?.admits(start.name)) return work(NO_SPAN);
    const span = this.#begin(start, parent);
    return endWith(span, () => work(span));
  }

  #begin(start: SpanStart, parent: RecordedSpan | undefined): Span {
    const { name, kind, facts = {}, headers } = start;
    const remote = headers
      ? this.#propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
      : ROOT_CONTEXT;
    const context = parent?.context ?? remote;
    const span = this.#tracer.startSpan(
      name,
      { kind: KINDS[kind], attributes: { ...facts } },
      context,
    );
    return new RecordedSpan(span, trace.setSpan(context, span), this.#entered);
  }

  /** What a span starts may outlive it, such as timers: that belongs to it no more. */
  #parentOf({ isRoot }: SpanStart): RecordedSpan | undefined {
    const entered = isRoot ? undefined : this.#entered.getStore();
    return entered?.hasEnded ? undefined : entered;
  }
}

/** A span of OpenTelemetry, and how many details it has. */
class RecordedSpan implements Span {
  readonly context: Context;
  readonly #span: OtelSpan;
  readonly #entered: AsyncLocalStorage<RecordedSpan>;
  readonly #details = new Map<string, number>();
  #hasEnded = false;

  constructor(span: OtelSpan, context: Context, entered: AsyncLocalStorage<RecordedSpan>) {
    this.#span = span;
    this.context = context;
    this.#entered = entered;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Counts a detail. Returns true if it is to be recorded. */
  admits(name: string): boolean {
    const count = (this.#details.get(name) ?? 0) + 1;
    this.#details.set(name, count);
    return count <= MAX_DETAILS;
  }

  addFacts(facts: SpanFacts): void {
    this.#span.setAttributes({ ...facts });
  }

  addEvent(name: string, facts: SpanFacts = {}): void {
    this.#span.addEvent(name, { ...facts });
  }

  fail(error: unknown): void {
    // Messages may repeat what somebody said.
    this.#span.setAttribute('error.type', typeOf(error));
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const [name, count] of this.#details) {
      const left = count - MAX_DETAILS;
      if (left > 0) this.#span.setAttribute(`omi.not_recorded.${name}`, left);
    }
    this.#span.end();
  }

  enter<T>(work: () => T): T {
    return this.#entered.run(this, work);
  }
}

async function endWith<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

function typeOf(error: unknown): string {
  if (isAppError(error)) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
