import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../fixtures/eventually.ts';
import { synthesise } from '../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../simulators/deepgram-simulator.ts';
import { OpenAiSimulator } from '../simulators/openai-simulator.ts';
import { loadSpeechClips } from '../simulators/speech-clips.ts';
import {
  attributesOf,
  OtlpReceiver,
  type ReceivedSpan,
} from '../simulators/telemetry/otlp-receiver.ts';
import { ListenClient } from './listen-client.ts';
import { pcmFrames, play } from './play-audio.ts';
import { startTestServer, type TestServer } from './test-server.ts';

const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;
const SPEECH = synthesise(
  [{ speaker: 0, text: 'I will book the brass band tomorrow. They play until midnight.' }],
  { leadMs: 500 },
);

let receiver: OtlpReceiver;
let server: TestServer | undefined;
async function startWith(mood: OtlpReceiver['mood'], env: Record<string, string> = {}) {
  receiver = await OtlpReceiver.start();
  receiver.mood = mood;
  server = await startTestServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    ...env,
  });
  return server;
}

/** Stops the server, which sends what waits. */
async function stopped(): Promise<void> {
  await server?.stop();
  server = undefined;
}

async function stopAll(): Promise<void> {
  await stopped();
  await receiver.close();
}

const named = (name: string): ReceivedSpan[] => receiver.spans.filter((span) => span.name === name);
const facts = (span: ReceivedSpan | undefined) => attributesOf(span?.attributes ?? []);

describe('a server with a collector', () => {
  let deepgram: DeepgramSimulator;
  let models: OpenAiSimulator;
  let conversationId = '';
  let uid = '';
  let token = '';
  beforeAll(async () => {
    deepgram = await DeepgramSimulator.start({ clips: loadSpeechClips() });
    models = await OpenAiSimulator.start();
    await useServer({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20collector-key,x-tenant=home',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_SERVICE_NAME: 'omi-at-home',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
  });
  afterAll(async () => {
    await deepgram.close();
    await models.close();
    await receiver.close();
  });

  /** A talk, its conversation, a search and a question. */
  async function useServer(env: Record<string, string> = {}): Promise<void> {
    const running = await startWith('takes', {
      DEEPGRAM_API_KEY: 'test-key',
      DEEPGRAM_BASE_URL: deepgram.url,
      OPENAI_BASE_URL: models.baseUrl,
      OPENAI_API_KEY: 'model-key',
      ...env,
    });
    ({ uid, token } = running);
    const client = await ListenClient.connect(running.wsUrl, token, { sample_rate: '16000' });
    await client.ready();
    await play(client.socket, pcmFrames(SPEECH.pcm, 16_000), 8);
    const ended = await running.api('POST', '/v1/conversations', {});
    conversationId = (ended.body as { conversation: { id: string } }).conversation.id;
    await client.close();
    await running.api('GET', `/v1/conversations/${conversationId}?secret=saxophone`);
    await running.api('POST', '/v1/conversations/search', { query: 'brass band' });
    await running.api('GET', '/v1/health');
    await eventually(async () => {
      const { body } = await running.api('GET', `/v1/conversations/${conversationId}`);
      expect((body as { status: string }).status).toBe('completed');
    });
    await running.api('GET', '/v1/no-such-route/saxophone');
    await stopped();
  }

  it('sends requests, sessions, connections, jobs, transactions and model calls, and nothing of users', () => {
    expect(receiver.resource).toMatchObject({
      'service.name': 'omi-at-home',
      'deployment.environment.name': 'test',
    });
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer collector-key',
      'x-tenant': 'home',
      'content-encoding': 'gzip',
    });

    const [request] = named('GET /v1/conversations/:id');
    expect(request?.kind).toBe(SERVER);
    expect(facts(request)).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/conversations/:id',
      'http.response.status_code': 200,
    });
    expect(named('GET /v1/health')).toEqual([]);
    expect(facts(named('GET unmatched')[0])).toMatchObject({ 'http.response.status_code': 404 });

    const [session] = named('live session');
    expect(facts(session)).toMatchObject({ 'omi.session.codec': 'pcm8' });
    const [connection] = named('speech-to-text deepgram');
    expect(connection).toMatchObject({
      kind: CLIENT,
      traceId: session?.traceId,
      parentSpanId: session?.spanId,
    });

    const jobs = receiver.spans.filter(({ name }) => name.startsWith('job '));
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.every((job) => job.kind === CONSUMER && !job.parentSpanId)).toBe(true);
    const jobTraces = new Set(jobs.map(({ traceId }) => traceId));
    const calls = receiver.spans.filter(({ name }) => name.startsWith('generate_content '));
    expect(calls.some(({ traceId }) => jobTraces.has(traceId))).toBe(true);
    expect(facts(calls[0])).toMatchObject({ 'gen_ai.operation.name': 'generate_content' });
    const transactions = named('store transaction');
    expect(transactions.length).toBeGreaterThan(0);
    expect(transactions.every(({ parentSpanId }) => parentSpanId)).toBe(true);

    const secrets = [uid, token, conversationId, 'test-key', 'model-key', 'collector-key'];
    const words = ['saxophone', ...SPEECH.words.map(({ text }) => text.replace(/\W/g, ''))];
    for (const word of [...secrets, ...words.filter(({ length }) => length > 4)]) {
      expect(receiver.text.toLowerCase()).not.toContain(word.toLowerCase());
    }
  });

  it('sends the metrics of /metrics under the same names', () => {
    const { metrics } = receiver;
    expect(metrics.get('omi_listen_sessions')?.gauge?.dataPoints).toHaveLength(1);
    expect(metrics.get('omi_jobs')?.gauge?.dataPoints.length).toBeGreaterThan(1);
    expect(metrics.get('omi_segments_total')?.sum).toMatchObject({
      isMonotonic: true,
      aggregationTemporality: 2,
    });
    const seconds = metrics.get('omi_http_request_seconds');
    expect(seconds?.unit).toBe('s');
    for (const point of seconds?.histogram?.dataPoints ?? []) {
      expect(point.bucketCounts).toHaveLength(point.explicitBounds.length + 1);
      expect(point.bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(point.count);
    }
    expect(metrics.has('nodejs_eventloop_lag_seconds')).toBe(true);
  });
});

describe('what is asked for', () => {
  afterEach(stopAll);

  it('is protobuf unless it is told otherwise, and the share of traces that is wanted', async () => {
    const running = await startWith('takes', {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    await running.api('GET', '/v3/memories');
    await stopped();
    expect(receiver.requests.map(({ path }) => path)).not.toContain('/v1/traces');
    const [first] = receiver.requests;
    expect(first?.headers['content-type']).toBe('application/x-protobuf');
    expect(first?.bytes.includes('omi_listen_sessions')).toBe(true);
  });

  it('is a request within the trace of its caller', async () => {
    const running = await startWith('takes');
    const traceId = 'ab'.repeat(16);
    await fetch(`${running.url}/v1/ready`);
    await fetch(`${running.url}/v3/memories`, {
      headers: {
        authorization: `Bearer ${running.token}`,
        traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`,
      },
    });
    await stopped();
    expect(named('GET /v3/memories')).toMatchObject([{ traceId, parentSpanId: 'cd'.repeat(8) }]);
  });
});

describe('a collector that fails', () => {
  afterEach(stopAll);

  it.each(['hangs', 'refuses'] as const)('does no harm if it %s', async (mood) => {
    const running = await startWith(mood, { OTEL_METRIC_EXPORT_INTERVAL: '1000' });
    const texts = Array.from({ length: 60 }, (_, i) => `note ${i}`);
    await Promise.all(
      texts.map(async (content) => {
        const { status } = await running.api('POST', '/v3/memories', { content });
        expect(status).toBe(200);
      }),
    );
    await eventually(async () => expect(receiver.requests.length).toBeGreaterThan(0));
    expect((await running.api('GET', '/v1/health')).status).toBe(200);
    // It ends although the collector has not answered.
    await stopped();
  });

  it('is named by the check of the doctor', async () => {
    const running = await startWith('refuses');
    const { telemetry } = running.context;
    await expect(telemetry.check(AbortSignal.timeout(5_000))).rejects.toThrow(
      `${receiver.url}/v1/traces answers with HTTP 400`,
    );
    receiver.mood = 'takes';
    await telemetry.check(AbortSignal.timeout(5_000));
    expect(receiver.requests.at(-1)?.path).toBe('/v1/metrics');
  });

  it('does no harm if nothing listens', async () => {
    receiver = await OtlpReceiver.start();
    const { url } = receiver;
    await receiver.close();
    const lines: string[] = [];
    server = await startTestServer(
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
        LOG_LEVEL: 'warn',
      },
      undefined,
      { write: (line) => lines.push(line) },
    );
    const running = server;
    expect((await running.api('GET', '/v3/memories')).status).toBe(200);
    await eventually(async () => expect(lines.join('')).toContain('telemetry cannot be sent'));
    await stopped();
    const warnings = lines.filter((line) => line.includes('telemetry cannot be sent'));
    // One for traces, one for metrics, however often they fail.
    expect(warnings.length).toBeLessThanOrEqual(2);
    expect(lines.join('')).toContain('ECONNREFUSED');
    receiver = await OtlpReceiver.start();
  });
});
