import { DataPointType } from '@opentelemetry/sdk-metrics';
import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { metricPoints } from '../../../src/telemetry/metric-points.ts';

const TIME: Parameters<typeof metricPoints>[1] = { start: [1, 0], end: [2, 0] };

async function pointsOf(registry: Registry) {
  const metrics = await registry.getMetricsAsJSON();
  return metricPoints(
    metrics.map((metric) => ({ ...metric, type: String(metric.type) })),
    TIME,
  );
}

describe('metricPoints', () => {
  it('counts what is between two bounds of a histogram, for each set of labels', async () => {
    const registry = new Registry();
    const histogram = new Histogram({
      name: 'wait_seconds',
      help: 'Waits.',
      labelNames: ['route'],
      buckets: [1, 2, 10],
      registers: [registry],
    });
    for (const seconds of [0.5, 1, 1.5, 3, 50]) histogram.observe({ route: 'a' }, seconds);
    histogram.observe({ route: 'b' }, 2);
    const [metric] = await pointsOf(registry);
    expect(metric).toMatchObject({
      descriptor: { name: 'wait_seconds', description: 'Waits.', unit: 's' },
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [
        {
          attributes: { route: 'a' },
          startTime: [1, 0],
          endTime: [2, 0],
          value: {
            buckets: { boundaries: [1, 2, 10], counts: [2, 1, 1, 1] },
            count: 5,
            sum: 56,
          },
        },
        { attributes: { route: 'b' }, value: { buckets: { counts: [0, 1, 0, 0] }, count: 1 } },
      ],
    });
  });

  it('keeps counters as monotonic sums and gauges as gauges', async () => {
    const registry = new Registry();
    const registers = [registry];
    new Counter({ name: 'words_total', help: 'h', labelNames: ['kind'], registers }).inc(
      { kind: 'x' },
      3,
    );
    new Gauge({ name: 'heap_bytes', help: 'h', registers }).set(-2);
    const [counter, gauge] = await pointsOf(registry);
    expect(counter).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: [{ attributes: { kind: 'x' }, value: 3 }],
    });
    expect(gauge).toMatchObject({
      descriptor: { unit: 'By' },
      dataPointType: DataPointType.GAUGE,
      dataPoints: [{ value: -2 }],
    });
  });

  it('leaves out summaries, metrics without a value, and values that are no numbers', async () => {
    const registry = new Registry();
    const registers = [registry];
    new Summary({ name: 'summary', help: 'h', registers }).observe(1);
    new Gauge({ name: 'none', help: 'h', labelNames: ['x'], registers });
    new Gauge({ name: 'not_known', help: 'h', registers }).set(Number.NaN);
    expect(await pointsOf(registry)).toEqual([]);
  });
});
