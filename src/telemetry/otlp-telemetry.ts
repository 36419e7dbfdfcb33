import { setTimeout as sleep } from 'node:timers/promises';
import type { HrTime } from '@opentelemetry/api';
import { type ExportResult, hrTime } from '@opentelemetry/core';
import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { NO_TRACING, type Tracing } from '../kernel/tracing.ts';
import { DeliveryLog } from './delivery-log.ts';
import { metricPoints } from './metric-points.ts';
import type { ReadMetrics } from './metric-reading.ts';
import { RecordedTracing } from './recorded-tracing.ts';
import type { Telemetry, TelemetryOptions } from './telemetry.ts';

const SCOPE = 'omi-backend';
/** Spans that wait for the collector; more are dropped. */
const MAX_WAITING_SPANS = 2048;
const MAX_SPANS_OF_A_REQUEST = 512;
/** Longest time for the last export of one kind at the end of the server, milliseconds. */
const LAST_EXPORT_MS = 2_000;
const MAX_FACT_LENGTH = 256;

/** Sends traces and metrics to a collector by OTLP over HTTP. A collector that is down costs only what it misses. */
export class OtlpTelemetry implements Telemetry {
  readonly tracing: Tracing;
  readonly #options: TelemetryOptions;
  readonly #resource: Resource;
  readonly #startTime: HrTime = hrTime();
  readonly #traces: TracerProvider | null;
  #metrics: MeterProvider | null = null;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#resource = resourceFromAttributes({
      'service.instance.id': newId(),
      ...options.resourceAttributes,
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
    });
    this.#traces =
      options.tracesUrl === null ? null : traceProvider(options, options.tracesUrl, this.#resource);
    this.tracing = this.#traces
      ? new RecordedTracing(this.#traces.getTracer(SCOPE, options.serviceVersion))
      : NO_TRACING;
  }

  startMetrics(read: ReadMetrics): void {
    const { metricsUrl, metricIntervalMs, timeoutMs, logger } = this.#options;
    if (metricsUrl === null || this.#metrics !== null) return;
    const exporter = watched(
      isJson(this.#options)
        ? new JsonMetricExporter(requestOptions(this.#options, metricsUrl))
        : new ProtobufMetricExporter(requestOptions(this.#options, metricsUrl)),
      new DeliveryLog(logger, 'metrics'),
    );
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: metricIntervalMs,
      exportTimeoutMillis: Math.min(timeoutMs, metricIntervalMs),
      metricProducers: [this.#producer(read)],
    });
    this.#metrics = new MeterProvider({ resource: this.#resource, readers: [reader] });
  }

  async stopMetrics(): Promise<void> {
    const metrics = this.#metrics;
    this.#metrics = null;
    if (metrics) await inTime(metrics.shutdown());
  }

  async check(signal: AbortSignal): Promise<void> {
    const { tracesUrl, metricsUrl, headers } = this.#options;
    const [type, body] = isJson(this.#options) ? ['json', '{}'] : ['x-protobuf', ''];
    for (const url of [tracesUrl, metricsUrl]) {
      if (url === null) continue;
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': `application/${type}` },
        body,
        signal,
      }).catch((cause: unknown) => {
        throw new AppError('provider-unavailable', `Nothing answers at ${url}.`, { cause });
      });
      await response.body?.cancel();
      if (response.ok) continue;
      const reason = `${url} answers with HTTP ${response.status}`;
      throw new AppError('provider-unavailable', `${reason}: check the address and the headers.`);
    }
  }

  async close(): Promise<void> {
    await this.stopMetrics();
    if (this.#traces) await inTime(this.#traces.shutdown());
  }

  #producer(read: ReadMetrics): MetricProducer {
    return {
      collect: async () => {
        const metrics = metricPoints(await read(), { start: this.#startTime, end: hrTime() });
        const scopeMetrics = [{ scope: { name: SCOPE }, metrics }];
        return { resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] };
      },
    };
  }
}

function traceProvider(options: TelemetryOptions, url: string, resource: Resource): TracerProvider {
  const exporter = watched(
    isJson(options)
      ? new JsonTraceExporter(requestOptions(options, url))
      : new ProtobufTraceExporter(requestOptions(options, url)),
    new DeliveryLog(options.logger, 'traces'),
  );
  return new TracerProvider({
    resource,
    sampler: samplerOf(options),
    spanLimits: { attributeValueLengthLimit: MAX_FACT_LENGTH },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: MAX_WAITING_SPANS,
        maxExportBatchSize: MAX_SPANS_OF_A_REQUEST,
        exportTimeoutMillis: options.timeoutMs,
      }),
    ],
  });
}

function isJson({ protocol }: TelemetryOptions): boolean {
  return protocol === 'http/json';
}

function requestOptions({ headers, timeoutMs, compression }: TelemetryOptions, url: string) {
  // The type is an enum whose values are these words.
  return {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression as never,
  };
}

interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
}

/** The same exporter; the log is told how each request ended. */
function watched<T, E extends Exporter<T>>(exporter: E & Exporter<T>, log: DeliveryLog): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      log.note(result);
      done(result);
    });
  return exporter;
}

/** @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
function samplerOf({ sampler, sampledShare }: TelemetryOptions): Sampler {
  const [, isParentBased, kind] = /^(parentbased_)?(.*)$/.exec(sampler) ?? [];
  const root =
    kind === 'always_off'
      ? new AlwaysOffSampler()
      : kind === 'traceidratio'
        ? new TraceIdRatioBasedSampler(sampledShare)
        : new AlwaysOnSampler();
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

/** A failed export is in the log already, and the server ends without a collector too. */
async function inTime(work: Promise<void>): Promise<void> {
  const limit = new AbortController();
  await Promise.race([
    work.catch(() => undefined),
    sleep(LAST_EXPORT_MS, undefined, { signal: limit.signal }).catch(() => undefined),
  ]);
  limit.abort();
}
