import { isLoopbackHost } from '../kernel/loopback.ts';
import type { Values } from './values.ts';

/** Where a collector listens if only its use is asked for. */
const USUAL_ADDRESS = 'http://localhost:4318';
/** An HTTP field name and a field value (RFC 9110, sections 5.1 and 5.5). */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,200}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]{0,8192}$/;
const ATTRIBUTE_NAME = /^[\w./-]{1,200}$/;

/** Where and how traces and metrics are sent; the headers are in `Secrets`. */
export interface TelemetryConfig {
  /** Full address for traces; null: there are none. */
  tracesUrl: string | null;
  /** Full address for metrics; null: there are none. */
  metricsUrl: string | null;
  protocol: 'http/protobuf' | 'http/json';
  compression: 'none' | 'gzip';
  /** Longest time for one request with its repetitions, milliseconds. */
  timeoutMs: number;
  metricIntervalMs: number;
  sampler: Values['OTEL_TRACES_SAMPLER'];
  /** Share of traces for the samplers by ratio, 0 to 1. */
  sampledShare: number;
  serviceName: string;
  resourceAttributes: Readonly<Record<string, string>>;
}

/** Returns where telemetry goes; null if nothing is to be sent. */
export function readTelemetry(values: Values): TelemetryConfig | null {
  const tracesUrl = addressOf(values, 'traces');
  const metricsUrl = addressOf(values, 'metrics');
  if (values.OTEL_SDK_DISABLED || (tracesUrl === null && metricsUrl === null)) return null;
  return {
    tracesUrl,
    metricsUrl,
    protocol: values.OTEL_EXPORTER_OTLP_PROTOCOL,
    compression: values.OTEL_EXPORTER_OTLP_COMPRESSION,
    timeoutMs: values.OTEL_EXPORTER_OTLP_TIMEOUT,
    metricIntervalMs: values.OTEL_METRIC_EXPORT_INTERVAL,
    sampler: values.OTEL_TRACES_SAMPLER,
    sampledShare: values.OTEL_TRACES_SAMPLER_ARG,
    serviceName: values.OTEL_SERVICE_NAME,
    resourceAttributes: readPairs(values.OTEL_RESOURCE_ATTRIBUTES ?? '') ?? {},
  };
}

/** Returns a notice for each address that PRIVATE keeps from being used. */
export function telemetryNotices(values: Values): string[] {
  if (!values.PRIVATE || values.OTEL_SDK_DISABLED) return [];
  return (['traces', 'metrics'] as const).flatMap((signal) => {
    const url = wantedAddress(values, signal);
    return url === null || isHere(url)
      ? []
      : [`PRIVATE is set: ${signal} are not sent, because ${url} is not on this machine.`];
  });
}

/** Returns what is wrong with the lists, as sentences. */
export function telemetryProblems(values: Values): string[] {
  const headers = values.OTEL_EXPORTER_OTLP_HEADERS?.reveal() ?? '';
  const attributes = readPairs(values.OTEL_RESOURCE_ATTRIBUTES ?? '');
  const hasGoodNames = Object.keys(attributes ?? {}).every((name) => ATTRIBUTE_NAME.test(name));
  return [
    ...(readHeaders(headers) === null
      ? ['OTEL_EXPORTER_OTLP_HEADERS must be a list such as name=value,name=value.']
      : []),
    ...(attributes === null || !hasGoodNames
      ? ['OTEL_RESOURCE_ATTRIBUTES must be a list such as key=value,key=value.']
      : []),
  ];
}

/** Reads `name=value,name=value`, percent-encoded, as HTTP headers; null if it is no such list. */
export function readHeaders(list: string): Record<string, string> | null {
  const headers = readPairs(list);
  if (headers === null) return null;
  const isGood = Object.entries(headers).every(
    ([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value),
  );
  return isGood ? headers : null;
}

function addressOf(values: Values, signal: 'traces' | 'metrics'): string | null {
  const url = wantedAddress(values, signal);
  return url === null || (values.PRIVATE && !isHere(url)) ? null : url;
}

function wantedAddress(values: Values, signal: 'traces' | 'metrics'): string | null {
  const [exporter, own] =
    signal === 'traces'
      ? [values.OTEL_TRACES_EXPORTER, values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT]
      : [values.OTEL_METRICS_EXPORTER, values.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT];
  if (exporter === 'none') return null;
  if (own !== null) return own;
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT ?? (exporter === 'otlp' ? USUAL_ADDRESS : null);
  return base === null ? null : `${base}/v1/${signal}`;
}

function isHere(url: string): boolean {
  return isLoopbackHost(new URL(url).hostname);
}

/** Null if an entry has no name, no `=`, or a wrong percent sign. */
function readPairs(list: string): Record<string, string> | null {
  const pairs: [string, string][] = [];
  for (const entry of list.split(',')) {
    if (entry.trim() === '') continue;
    const at = entry.indexOf('=');
    const name = decoded(entry.slice(0, Math.max(at, 0)));
    const value = decoded(entry.slice(at + 1));
    if (at < 0 || !name || value === null) return null;
    pairs.push([name, value]);
  }
  return Object.fromEntries(pairs);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.trim());
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
