import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: Record<string, unknown> }[];
  events: { name: string }[];
  status: { code?: number };
}

interface ReceivedMetric {
  name: string;
  unit: string;
  gauge?: { dataPoints: object[] };
  sum?: { dataPoints: object[]; isMonotonic: boolean; aggregationTemporality: number };
  histogram?: {
    dataPoints: { count: number; bucketCounts: number[]; explicitBounds: number[] }[];
  };
}

interface OtlpBody {
  resourceSpans?: Resourced<'scopeSpans', { spans: ReceivedSpan[] }>[];
  resourceMetrics?: Resourced<'scopeMetrics', { metrics: ReceivedMetric[] }>[];
}
type Resourced<K extends string, T> = { resource: { attributes: ReceivedSpan['attributes'] } } & {
  [key in K]: T[];
};

/** How the receiver treats requests; `hangs` never answers. */
type Mood = 'takes' | 'refuses' | 'hangs';

/** A collector of OpenTelemetry that takes OTLP over HTTP and keeps what it is sent as JSON. */
export class OtlpReceiver {
  mood: Mood = 'takes';
  readonly requests: { path: string; headers: IncomingMessage['headers']; bytes: Buffer }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => {
      receiver.#server.listen(0, '127.0.0.1', () => resolve());
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything that was received, as text. */
  get text(): string {
    return this.requests.map(({ bytes }) => bytes.toString('utf8')).join('\n');
  }

  get spans(): ReceivedSpan[] {
    return this.#bodies('/v1/traces')
      .flatMap(({ resourceSpans }) => resourceSpans ?? [])
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  }

  /** The newest value of each metric. */
  get metrics(): Map<string, ReceivedMetric> {
    const all = this.#bodies('/v1/metrics')
      .flatMap(({ resourceMetrics }) => resourceMetrics ?? [])
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return new Map(all.map((metric) => [metric.name, metric]));
  }

  /** Attributes of the service that sent the first spans. */
  get resource(): Record<string, unknown> {
    const [first] = this.#bodies('/v1/traces').flatMap(({ resourceSpans }) => resourceSpans ?? []);
    return attributesOf(first?.resource.attributes ?? []);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #bodies(path: string): OtlpBody[] {
    return this.requests
      .filter((request) => request.path === path)
      .map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as OtlpBody);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const isZipped = request.headers['content-encoding'] === 'gzip';
      const { url: path = '', headers } = request;
      this.requests.push({ path, headers, bytes: isZipped ? gunzipSync(body) : body });
      if (this.mood === 'hangs') return;
      response.writeHead(this.mood === 'takes' ? 200 : 400, { 'content-type': 'application/json' });
      response.end('{}');
    });
  }
}

/** Returns the attributes of a span or a service as one object. */
export function attributesOf(attributes: ReceivedSpan['attributes']): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
