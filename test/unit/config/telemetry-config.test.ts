import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { readHeaders } from '../../../src/config/telemetry-config.ts';

const HERE = 'http://127.0.0.1:4318';
const read = (env: Record<string, string>) => readConfig(env).telemetry;

describe('the configuration of telemetry', () => {
  it('is off unless an address or an exporter is set', () => {
    expect(read({})).toBeNull();
    expect(read({ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' })).toBeNull();
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_SDK_DISABLED: 'true' })).toBeNull();
    const none = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' };
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, ...none })).toBeNull();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${HERE}/` }, [`${HERE}/v1/traces`, `${HERE}/v1/metrics`]],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/otlp' },
      ['https://otlp.example.com/otlp/v1/traces', 'https://otlp.example.com/otlp/v1/metrics'],
    ],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${HERE}/x` }, [`${HERE}/x`, null]],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${HERE}/m` },
      [`${HERE}/v1/traces`, `${HERE}/m`],
    ],
    [{ OTEL_METRICS_EXPORTER: 'otlp' }, [null, 'http://localhost:4318/v1/metrics']],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_METRICS_EXPORTER: 'none' },
      [`${HERE}/v1/traces`, null],
    ],
  ])('reads the addresses of %o', (env, [tracesUrl, metricsUrl]) => {
    expect(read(env)).toMatchObject({ tracesUrl, metricsUrl });
  });

  it('sends nothing to another machine if PRIVATE is set, and says so', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com', PRIVATE: 'true' };
    const config = readConfig(env);
    expect(config.telemetry).toBeNull();
    expect(config.notices.join(' ')).toContain(
      'PRIVATE is set: traces are not sent, because https://otlp.example.com/v1/traces is not on this machine.',
    );
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, PRIVATE: 'true' })).not.toBeNull();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'cannot be grpc in this version'],
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'OTEL_TRACES_SAMPLER_ARG'],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '5' }, 'OTEL_METRIC_EXPORT_INTERVAL'],
    [{ OTEL_EXPORTER_OTLP_HEADERS: 'authorization' }, 'OTEL_EXPORTER_OTLP_HEADERS must be a list'],
    [{ OTEL_RESOURCE_ATTRIBUTES: '=x' }, 'OTEL_RESOURCE_ATTRIBUTES must be a list'],
  ])('refuses %o', (env, text) => {
    expect(() => readConfig(env)).toThrow(text);
  });

  it('reads attributes of the service', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: HERE,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=at%20home, team=a=b,',
    };
    expect(read(env)?.resourceAttributes).toEqual({
      'deployment.environment.name': 'at home',
      team: 'a=b',
    });
  });
});

describe('readHeaders', () => {
  it.each([
    ['', {}],
    ['authorization=Bearer%20abc', { authorization: 'Bearer abc' }],
    ['a=1,b=2=3', { a: '1', b: '2=3' }],
    ['Authorization=Basic YWJj==', { Authorization: 'Basic YWJj==' }],
  ])('reads %s', (list, headers) => {
    expect(readHeaders(list)).toEqual(headers);
  });

  it.each(['a', '=1', 'a b=1', 'a=%zz', 'a=x%0d%0aevil: 1', 'a=%C3%A9'])('refuses %s', (list) => {
    expect(readHeaders(list)).toBeNull();
  });
});
