import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Context } from '../context.ts';
import { GLOBAL } from '../model/collection.ts';
import { JOB_KINDS, jobs } from '../model/jobs.ts';
import type { ListenEvent } from '../sessions/listen-event.ts';
import type { MetricReading } from '../telemetry/metric-reading.ts';

/** A conversation is stuck if its next step is overdue by this time, milliseconds. */
const STUCK_AFTER_MS = 5 * 60_000;
const CONVERSATION_JOBS = new Set(
  JOB_KINDS.filter((kind) => kind.completesConversation).map(({ name }) => name),
);
const MAX_COUNTED = 1_000;

/** The metrics of this process for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #segments: Counter;
  readonly #failovers: Counter<'provider'>;
  readonly #segmentSeconds: Histogram;
  readonly #httpSeconds: Histogram<'method' | 'route' | 'status'>;

  constructor(context: Context) {
    const registers = [this.#registry];
    // Event-loop delay, memory, garbage collection.
    collectDefaultMetrics({ register: this.#registry });
    this.#segments = new Counter({
      name: 'omi_segments_total',
      help: 'Segments that were sent to clients, new and changed.',
      registers,
    });
    this.#failovers = new Counter({
      name: 'omi_stt_failovers_total',
      help: 'Changes of the speech-to-text provider within a session, by the new one.',
      labelNames: ['provider'],
      registers,
    });
    this.#segmentSeconds = new Histogram({
      name: 'omi_segment_seconds',
      help: "From a provider's response to the write to the client's socket.",
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.#httpSeconds = new Histogram({
      name: 'omi_http_request_seconds',
      help: 'Duration of HTTP requests by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    addReadings(context, registers);
    addStoreReadings(context, registers);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Returns all metrics in Prometheus' text format. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Returns the same metrics as values. */
  async read(): Promise<readonly MetricReading[]> {
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.map(({ name, help, type, values }) => ({
      ...{ name, help, values },
      // The type says a number; it is a word.
      type: String(type),
    }));
  }

  /** Counts an event that was sent to a client. */
  onListenEvent(event: ListenEvent): void {
    if (event.type === 'segments-updated') this.#segments.inc(event.segments.length);
    if (event.type === 'provider-changed') this.#failovers.inc({ provider: event.provider });
  }

  onSegmentLatency(ms: number): void {
    this.#segmentSeconds.observe(ms / 1000);
  }

  /** @param route its pattern, so that no id becomes a label */
  onHttpResponse(method: string, route: string, status: number, ms: number): void {
    this.#httpSeconds.observe({ method, route, status: String(status) }, ms / 1000);
  }
}

/** Adds metrics that are read from the process on request. */
function addReadings(context: Context, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('omi_listen_sessions', 'Listen sessions of this process.', () => {
    return context.transcription.sessionCount;
  });
  gauge('omi_instances', 'Processes on the store, as this one sees them.', () => {
    return context.processes.count;
  });
  gauge('omi_cache_up', '1 while the cache is reachable.', () => {
    return context.cache.health.state === 'up' ? 1 : 0;
  });
  gauge('omi_cache_failures', 'Calls of the cache that failed or were not made.', () => {
    return context.cache.health.failures;
  });
  new Gauge({
    name: 'omi_stt_audio_seconds',
    help: 'Audio since the start: sent to speech-to-text, and not sent because it was silent.',
    labelNames: ['outcome'],
    registers,
    collect() {
      const { sentMs, savedMs } = context.sttUsage.totals;
      this.set({ outcome: 'sent' }, sentMs / 1000);
      this.set({ outcome: 'saved' }, savedMs / 1000);
    },
  });
}

/** Adds metrics that are read from the store; if that fails, the others are still reported. */
function addStoreReadings(context: Context, registers: Registry[]): void {
  new Gauge({
    name: 'omi_jobs',
    help: 'Jobs that are due and not run (all processes), that run here, and that ended here.',
    labelNames: ['state'],
    registers,
    async collect() {
      const stats = await context.jobWorker.stats().catch(() => null);
      if (stats === null) return this.reset();
      for (const [state, count] of Object.entries(stats)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'omi_stuck_conversations',
    help: 'Steps of conversations that are five minutes overdue, in all processes.',
    registers,
    async collect() {
      const to = context.clock.now() - STUCK_AFTER_MS;
      const filters = { state: ['waiting', 'running'] } as const;
      const overdue = await context.store
        .query(jobs, GLOBAL, { query: 'due', filters, to, limit: MAX_COUNTED })
        .catch(() => null);
      if (overdue === null) return this.reset();
      this.set(overdue.items.filter(({ kind }) => CONVERSATION_JOBS.has(kind)).length);
    },
  });
}
