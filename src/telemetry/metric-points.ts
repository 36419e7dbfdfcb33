import { type Attributes, type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricReading, MetricValue } from './metric-reading.ts';

/** The time that the values of a reading are of. */
export interface ReadingTime {
  /** Start of the process. */
  start: HrTime;
  end: HrTime;
}

/** Units by the end of a name, as Prometheus recommends them. */
const UNITS: readonly (readonly [string, string])[] = [
  ['_seconds', 's'],
  ['_seconds_total', 's'],
  ['_bytes', 'By'],
];

/** Returns the metrics for OpenTelemetry, under the same names; a summary has no counterpart and is left out. */
export function metricPoints(readings: readonly MetricReading[], time: ReadingTime): MetricData[] {
  return readings.flatMap((reading) => metricPoint(reading, time));
}

function metricPoint(reading: MetricReading, time: ReadingTime): MetricData[] {
  const { name, help, type } = reading;
  const unit = UNITS.find(([end]) => name.endsWith(end))?.[1] ?? '';
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const values = reading.values.filter(({ value }) => Number.isFinite(value));
  if (values.length === 0) return [];
  if (type === 'gauge') {
    const dataPoints = values.map((one) => point(one.labels, one.value, time));
    return [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints }];
  }
  if (type === 'counter') {
    const dataPoints = values.map((one) => point(one.labels, one.value, time));
    return [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }];
  }
  if (type !== 'histogram') return [];
  const dataPoints = histogramPoints(name, values, time);
  return [{ ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints }];
}

/** The buckets of Prometheus count what is at most their bound; those of OpenTelemetry what is between two. */
function histogramPoints(
  name: string,
  values: readonly MetricValue[],
  time: ReadingTime,
): DataPoint<Histogram>[] {
  const series = new Map<string, { labels: MetricValue['labels']; values: MetricValue[] }>();
  for (const value of values) {
    const { le: _, ...labels } = value.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    const one = series.get(key) ?? { labels, values: [] };
    series.set(key, one);
    one.values.push(value);
  }
  return [...series.values()].map(({ labels, values: own }) => {
    const valueAt = (end: string) => own.find((one) => one.metricName === name + end)?.value ?? 0;
    const buckets = own
      .filter(({ metricName }) => metricName === `${name}_bucket`)
      .map(({ labels: { le }, value }) => ({ bound: boundOf(le), atMost: value }))
      .sort((a, b) => a.bound - b.bound);
    const counts = buckets.map(({ atMost }, i) => atMost - (buckets[i - 1]?.atMost ?? 0));
    const boundaries = buckets.map(({ bound }) => bound).filter(Number.isFinite);
    return point(
      labels,
      { buckets: { boundaries, counts }, sum: valueAt('_sum'), count: valueAt('_count') },
      time,
    );
  });
}

function boundOf(le: string | number | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function point<T>(labels: MetricValue['labels'], value: T, time: ReadingTime): DataPoint<T> {
  const attributes: Attributes = Object.fromEntries(
    Object.entries(labels).filter(([, label]) => label !== undefined),
  );
  return { startTime: time.start, endTime: time.end, attributes, value };
}
