import type { Logger } from '../kernel/logger.ts';
import { NO_TRACING, type Tracing } from '../kernel/tracing.ts';
import type { ReadMetrics } from './metric-reading.ts';

/** Where and how traces and metrics are sent. */
export interface TelemetryOptions {
  /** Full address for traces; null: there are none. */
  tracesUrl: string | null;
  /** Full address for metrics; null: there are none. */
  metricsUrl: string | null;
  protocol: 'http/protobuf' | 'http/json';
  compression: 'none' | 'gzip';
  /** Headers of each request. */
  headers: Readonly<Record<string, string>>;
  /** Longest time for one request with its repetitions, milliseconds. */
  timeoutMs: number;
  metricIntervalMs: number;
  /** One of the standard names: `parentbased_always_on`. */
  sampler: string;
  /** Share of traces for the samplers by ratio, 0 to 1. */
  sampledShare: number;
  serviceName: string;
  serviceVersion: string;
  resourceAttributes: Readonly<Record<string, string>>;
  logger: Logger;
}

/** What the server tells of itself to a collector. */
export interface Telemetry {
  readonly tracing: Tracing;
  /** Sends the metrics regularly from now on, the first time after one interval. */
  startMetrics(read: ReadMetrics): void;
  /** Sends the metrics a last time; waits for a short time only. */
  stopMetrics(): Promise<void>;
  /**
   * Sends an empty request to each address.
   *
   * @throws AppError `provider-unavailable` if a collector does not take it
   */
  check(signal: AbortSignal): Promise<void>;
  /** Sends the traces that wait; waits for a short time only. */
  close(): Promise<void>;
}

/** Sends nothing. */
export const NO_TELEMETRY: Telemetry = {
  tracing: NO_TRACING,
  startMetrics: () => undefined,
  stopMetrics: () => Promise.resolve(),
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
