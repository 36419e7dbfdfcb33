import { setTimeout as sleep } from 'node:timers/promises';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/kernel/errors.ts';
import type { SpanStart } from '../../../src/kernel/tracing.ts';
import { RecordedTracing } from '../../../src/telemetry/recorded-tracing.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const tracing = new RecordedTracing(provider.getTracer('test'));
const span = (name: string, more: Partial<SpanStart> = {}): SpanStart => ({
  name,
  kind: 'internal',
  ...more,
});
const ended = (name: string) => exporter.getFinishedSpans().filter((one) => one.name === name);

beforeEach(() => exporter.reset());

describe('RecordedTracing', () => {
  it('makes what begins within a span its child, also later and in another order', async () => {
    await tracing.run(span('outer'), async () => {
      await Promise.all([
        tracing.run(span('a'), () => sleep(2)),
        tracing.run(span('b'), async () => tracing.start(span('c')).end()),
      ]);
    });
    const [outer] = ended('outer');
    const [b] = ended('b');
    expect(ended('a')[0]?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(b?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(ended('c')[0]?.parentSpanContext?.spanId).toBe(b?.spanContext().spanId);
  });

  it('does not count as part of a span what a timer of it does after its end', async () => {
    let later: Promise<void> = Promise.resolve();
    await tracing.run(span('request'), async () => {
      later = sleep(5).then(async () => {
        tracing.start(span('later')).end();
        await tracing.runDetail(span('detail'), () => sleep(0));
      });
    });
    await later;
    expect(ended('later')[0]?.parentSpanContext).toBeUndefined();
    expect(ended('detail')).toEqual([]);
  });

  it('begins a trace of its own for a root', async () => {
    await tracing.run(span('request'), async () => {
      tracing.start(span('job', { isRoot: true })).end();
    });
    expect(ended('job')[0]?.parentSpanContext).toBeUndefined();
  });

  it('records the first 50 details of a name, and says how many it has left out', async () => {
    await tracing.runDetail(span('transaction'), () => sleep(0));
    expect(ended('transaction')).toEqual([]);
    await tracing.run(span('request'), async () => {
      for (let i = 0; i < 73; i += 1) await tracing.runDetail(span('transaction'), () => sleep(0));
      await tracing.runDetail(span('other'), () => sleep(0));
    });
    expect(ended('transaction')).toHaveLength(50);
    expect(ended('other')).toHaveLength(1);
    expect(ended('request')[0]?.attributes).toEqual({ 'omi.not_recorded.transaction': 23 });
  });

  it('keeps of an error its code, and nothing of its text', async () => {
    const words = new AppError('provider-quota', 'saxophone');
    await expect(tracing.run(span('known'), () => Promise.reject(words))).rejects.toBe(words);
    const other = new TypeError('saxophone');
    await expect(tracing.run(span('unknown'), () => Promise.reject(other))).rejects.toBe(other);
    expect(ended('known')[0]).toMatchObject({
      attributes: { 'error.type': 'provider-quota' },
      status: { code: SpanStatusCode.ERROR },
      events: [],
    });
    expect(ended('unknown')[0]?.attributes).toEqual({ 'error.type': 'TypeError' });
    expect(JSON.stringify(exporter.getFinishedSpans().map((one) => one.status))).not.toContain(
      'sax',
    );
  });

  it('follows the trace that headers name, and ignores headers that are none', () => {
    const parent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    tracing.start(span('known', { headers: { traceparent: parent } })).end();
    tracing.start(span('broken', { headers: { traceparent: '00-zz-zz-01' } })).end();
    tracing.start(span('many', { headers: { traceparent: [parent, parent] } })).end();
    expect(ended('known')[0]?.spanContext().traceId).toBe('ab'.repeat(16));
    expect(ended('broken')[0]?.parentSpanContext).toBeUndefined();
    expect(ended('many')).toHaveLength(1);
  });
});
