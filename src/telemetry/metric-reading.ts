/** One value of a metric; a histogram has one for each bucket, its sum and its count. */
export interface MetricValue {
  value: number;
  labels: Readonly<Partial<Record<string, string | number>>>;
  /** Of a histogram: the name with `_bucket`, `_sum` or `_count`. */
  metricName?: string;
}

/** A metric as Prometheus' client reads it. */
export interface MetricReading {
  name: string;
  help: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  type: string;
  values: readonly MetricValue[];
}

/** Reads all metrics of the process. */
export type ReadMetrics = () => Promise<readonly MetricReading[]>;
