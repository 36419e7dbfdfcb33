/**
 * Facts about a span. They leave the process: no words and names of people, no ids of users, no addresses
 * with ids, no messages of errors.
 */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** What a span does, in the terms of OpenTelemetry. */
export type SpanKind = 'server' | 'client' | 'consumer' | 'internal';

/** Headers of a request by their names in lower case. */
export type TraceHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** How a span begins. */
export interface SpanStart {
  /** One of few: `GET /v1/conversations`, `job finalise`. */
  name: string;
  kind: SpanKind;
  facts?: SpanFacts;
  /** Headers of a request that may name the trace that it belongs to. */
  headers?: TraceHeaders;
  /** Begins a trace of its own, whatever span is entered. */
  isRoot?: boolean;
}

/** A piece of work that is measured from its start to `end`. */
export interface Span {
  addFacts(facts: SpanFacts): void;
  /** Adds a moment within the span. */
  addEvent(name: string, facts?: SpanFacts): void;
  /** Marks the span as failed. */
  fail(error: unknown): void;
  /** Ends the span; a second call has no effect. */
  end(): void;
  /** Runs `work`; spans that begin in it, also later, are children of this one. */
  enter<T>(work: () => T): T;
}

/** Records what the server does, as traces. */
export interface Tracing {
  /** Begins a span: a child of the span that is entered, if any. */
  start(start: SpanStart): Span;
  /** Runs `work` in a span that ends with it and fails with it. */
  run<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
  /**
   * As `run`, for what happens often: recorded only below another span, and of many with one name below it
   * only the first. What begins in it belongs to the span above.
   */
  runDetail<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
}

/** A span that is not recorded. */
export const NO_SPAN: Span = {
  addFacts: () => undefined,
  addEvent: () => undefined,
  fail: () => undefined,
  end: () => undefined,
  enter: (work) => work(),
};

/** Records nothing. */
export const NO_TRACING: Tracing = {
  start: () => NO_SPAN,
  run: (_, work) => work(NO_SPAN),
  runDetail: (_, work) => work(NO_SPAN),
};
