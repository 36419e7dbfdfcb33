import {
  choice,
  decimal,
  flag,
  integer,
  optionalChoice,
  optionalText,
  optionalUrl,
  secretText,
  text,
} from '../kernel/variable.ts';

const SCHEMES = ['http', 'https'];
const EXPORTERS = ['otlp', 'none'] as const;

/**
 * Variables of traces and metrics for OpenTelemetry, by their standard names.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const TELEMETRY_GROUPS = {
  telemetry: {
    title: 'OpenTelemetry',
    variables: {
      OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl({
        description:
          'Address of an OpenTelemetry collector (OTLP over HTTP), such as `http://127.0.0.1:4318`; `/v1/traces` and `/v1/metrics` are added (docs/monitoring.md).',
        absent: 'nothing is sent',
        schemes: SCHEMES,
      }),
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: optionalUrl({
        description: 'Address for traces alone; nothing is added.',
        absent: 'made from OTEL_EXPORTER_OTLP_ENDPOINT',
        schemes: SCHEMES,
      }),
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: optionalUrl({
        description: 'Address for metrics alone; nothing is added.',
        absent: 'made from OTEL_EXPORTER_OTLP_ENDPOINT',
        schemes: SCHEMES,
      }),
      OTEL_EXPORTER_OTLP_PROTOCOL: choice({
        description: 'Form of the bodies.',
        fallback: 'http/protobuf',
        allowed: ['http/protobuf', 'http/json'],
        planned: ['grpc'],
      }),
      OTEL_EXPORTER_OTLP_COMPRESSION: choice({
        description: 'Compression of the bodies.',
        fallback: 'none',
        allowed: ['none', 'gzip'],
      }),
      OTEL_EXPORTER_OTLP_HEADERS: secretText({
        description:
          'Headers of each request, `name=value,name=value`, percent-encoded: `authorization=Bearer%20the-key`.',
        absent: 'none',
      }),
      OTEL_EXPORTER_OTLP_TIMEOUT: integer({
        description: 'Milliseconds after which one request, with its repetitions, is given up.',
        fallback: 10_000,
        min: 100,
        max: 60_000,
      }),
      OTEL_TRACES_EXPORTER: optionalChoice({
        description: '`none`: no traces; `otlp`: to `http://localhost:4318` if no address is set.',
        absent: '`otlp` if an address is set',
        allowed: EXPORTERS,
      }),
      OTEL_METRICS_EXPORTER: optionalChoice({
        description: '`none`: no metrics; `otlp`: to `http://localhost:4318` if no address is set.',
        absent: '`otlp` if an address is set',
        allowed: EXPORTERS,
      }),
      OTEL_TRACES_SAMPLER: choice({
        description:
          'Which traces are recorded. `parentbased_…`: a request that belongs to a trace follows the decision of its caller.',
        fallback: 'parentbased_always_on',
        allowed: [
          'always_on',
          'always_off',
          'traceidratio',
          'parentbased_always_on',
          'parentbased_always_off',
          'parentbased_traceidratio',
        ],
      }),
      OTEL_TRACES_SAMPLER_ARG: decimal({
        description: 'Share of traces that `traceidratio` records.',
        fallback: 1,
        min: 0,
        max: 1,
      }),
      OTEL_METRIC_EXPORT_INTERVAL: integer({
        description: 'Milliseconds between two exports of the metrics.',
        fallback: 60_000,
        min: 1000,
        max: 3_600_000,
      }),
      OTEL_SERVICE_NAME: text({
        description: 'Name of the service in traces and metrics.',
        fallback: 'omi-backend',
      }),
      OTEL_RESOURCE_ATTRIBUTES: optionalText({
        description:
          'Further attributes of the service, `key=value,key=value`, percent-encoded: `deployment.environment.name=home`.',
        absent: 'none',
      }),
      OTEL_SDK_DISABLED: flag({
        description: 'Send nothing, whatever else is set.',
        fallback: false,
      }),
    },
  },
} as const;
