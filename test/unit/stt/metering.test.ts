import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebRtcVoiceActivity } from '../../../src/audio/voice-activity-webrtc.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { sttUsages } from '../../../src/model/usage/stt-usage.ts';
import { openSqliteStore } from '../../../src/store/adapters/sqlite/sqlite-store.ts';
import type { DocumentStore } from '../../../src/store/document-store.ts';
import { Breakers } from '../../../src/stt/breaker.ts';
import { fallback } from '../../../src/stt/fallback.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import { sessionStream } from '../../../src/stt/session-stream.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import type { SttMeter } from '../../../src/stt/stt-meter.ts';
import {
  type SttOptions,
  type SttProvider,
  type SttStream,
  startAt,
} from '../../../src/stt/stt-provider.ts';
import { SttUsageService } from '../../../src/users/stt-usage.ts';
import { resuming } from '../../fixtures/resuming-stream.ts';
import { LiveAudio, pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

const HOUR = 3_600_000;
/** Half an hour before the day ends in UTC. */
const EVENING = Date.parse('2026-03-14T23:30:00Z');
const RATE = 16_000;
const speech = synthesise([
  { speaker: 0, text: 'Good morning Anna, did you send the report to the printer?' },
  { speaker: 1, text: 'Yes, it went out on Tuesday at 9:30 and they called back.' },
  { speaker: 0, text: 'Then please book the room for Friday.' },
]);
const batches = pcmBatches(speech.samples, RATE);
const OPTIONS: SttOptions = {
  format: { encoding: 'pcm-s16le', sampleRate: RATE },
  language: 'multi',
  model: 'nova-3',
  languageHints: [],
  keyterms: [],
  interim: false,
};

let directory: string;
let store: DocumentStore;
let now: number;
const clock = { now: () => now };
const services: SttUsageService[] = [];

beforeEach(async () => {
  now = EVENING;
  directory = await mkdtemp(path.join(tmpdir(), 'stt-usage-test-'));
  store = await openSqliteStore({
    path: path.join(directory, 'store.db'),
    collections: [sttUsages],
    durability: 'process',
    logger: silentLogger,
  });
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

function usageService(
  dailyBudgetMs: number | null = null,
  over = store,
  budgetsMs: Record<string, number> = {},
): SttUsageService {
  const service = new SttUsageService({
    store: over,
    clock,
    logger: silentLogger,
    dailyBudgetMs,
    providerBudgetsMs: new Map(Object.entries(budgetsMs)),
  });
  services.push(service);
  return service;
}

async function collect(events: AsyncIterable<SttEvent>): Promise<SttEvent[]> {
  const collected: SttEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

describe('SttUsageService', () => {
  it('adds up by user, provider and day, over processes', async () => {
    for (let process = 0; process < 2; process += 1) {
      const service = usageService();
      service.meter('a').count('deepgram', { sentMs: 60_000 });
      service.meter('a').count('deepgram', { sentMs: 30_000, savedMs: 5_000 });
      service.meter('a').count('soniox', { sentMs: 1_000, savableMs: 7_000 });
      service.meter('b').count('deepgram', { sentMs: 9_000 });
      await service.close();
    }
    now += HOUR;
    const service = usageService();
    service.meter('a').count('deepgram', { sentMs: 4_000 });
    const { days, budgetMs, usedTodayMs, renewsAt } = await service.report('a', 2);
    expect(
      days.map(({ id, sentMs, savedMs, savableMs }) => [id, sentMs, savedMs, savableMs]),
    ).toEqual([
      ['2026-03-15:deepgram', 4_000, 0, 0],
      ['2026-03-14:deepgram', 180_000, 10_000, 0],
      ['2026-03-14:soniox', 2_000, 0, 14_000],
    ]);
    expect(budgetMs).toBeNull();
    expect(usedTodayMs).toBe(4_000);
    expect(renewsAt).toBe(Date.parse('2026-03-16T00:00:00Z'));
    expect((await service.report('a', 1)).days).toHaveLength(1);
    expect((await service.report('b', 2)).days.map((usage) => usage.sentMs)).toEqual([18_000]);
    expect((await service.report('nobody', 30)).days).toEqual([]);
    expect(service.totals).toEqual({ sentMs: 4_000, savedMs: 0, savableMs: 0 });
  });

  it('keeps what could not be stored and stores it with the next', async () => {
    let broken = true;
    const failing = new Proxy(store, {
      get: (target, key) => {
        if (key === 'transact' && broken) return () => Promise.reject(new Error('disk'));
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const service = usageService(null, failing);
    service.meter('a').count('deepgram', { sentMs: 1_000 });
    await service.flush();
    service.meter('a').count('deepgram', { sentMs: 500 });
    broken = false;
    expect((await service.report('a', 1)).usedTodayMs).toBe(1_500);
  });

  it('measures the budget over providers and processes, and renews it with the day', async () => {
    const [first, second] = [usageService(60_000), usageService(60_000)];
    const meter = first.meter('a');
    meter.count('deepgram', { sentMs: 30_000, savedMs: 500_000, savableMs: 500_000 });
    expect(meter.exhaustedFor(['deepgram'])).toBe(false);
    second.meter('a').count('soniox', { sentMs: 30_000 });
    await second.flush();
    expect(meter.exhaustedFor(['deepgram'])).toBe(false);
    await meter.refresh();
    expect(meter.exhaustedFor(['deepgram'])).toBe(true);
    expect(first.meter('b').exhaustedFor(['deepgram'])).toBe(false);
    expect(meter.renewsAt).toBe(Date.parse('2026-03-15T00:00:00Z'));
    now = meter.renewsAt;
    expect(meter.exhaustedFor(['deepgram'])).toBe(false);
    await meter.refresh();
    expect(meter.exhaustedFor(['deepgram'])).toBe(false);
  });

  it('knows of what was used before the process began', async () => {
    const before = usageService(60_000);
    before.meter('a').count('deepgram', { sentMs: 60_000 });
    await before.close();
    const meter = usageService(60_000).meter('a');
    await meter.refresh();
    expect(meter.exhaustedFor(['deepgram'])).toBe(true);
  });

  it('writes nothing more of a user that is forgotten', async () => {
    const service = usageService();
    service.meter('a').count('deepgram', { sentMs: 1_000 });
    await service.forget('a');
    await store.deleteOwner('a');
    await service.flush();
    expect(await store.listOwners()).toEqual([]);
  });
});

describe('metering and budgets of a stream', () => {
  let simulator: DeepgramSimulator;
  beforeEach(async () => {
    simulator = await DeepgramSimulator.start();
  });
  afterEach(() => simulator.close());

  function deepgram(of = simulator): SttProvider {
    return createDeepgramProvider({
      apiKey: 'test-key',
      baseUrl: of.url,
      logger: silentLogger,
      closeTimeoutMs: 3_000,
    });
  }

  function meteredStream(
    meter: SttMeter,
    {
      provider = deepgram(),
      overlapMs = 1_000,
    }: { provider?: SttProvider; overlapMs?: number } = {},
  ): SttStream {
    return resuming(provider, {
      meter,
      budgetRecheckMs: 5,
      logger: silentLogger,
      backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
      replaySpeed: Number.POSITIVE_INFINITY,
      overlapMs,
    });
  }

  const sentMs = () => simulator.connections.reduce((sum, { audioMs }) => sum + audioMs, 0);

  it('counts what was sent, replays included', async () => {
    simulator.faults.push({ kind: 'close', afterAudioMs: 6_000, code: 1011, reason: 'NET-0000' });
    const service = usageService();
    const stream = meteredStream(service.meter('a'), { overlapMs: 15_000 });
    const { signal } = new AbortController();
    const events = await collect(
      stream.transcribe(new RecordedAudio(batches), OPTIONS, startAt(0), signal),
    );
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    const [usage] = (await service.report('a', 1)).days;
    // What was on its way when the connection broke was sent too, though it was not heard.
    expect(usage?.sentMs).toBeGreaterThanOrEqual(sentMs() - 100);
    expect(usage?.sentMs).toBeGreaterThan(speech.durationMs + 1_000);
    expect(usage?.provider).toBe('deepgram');
  });

  it('takes the vendor’s own count where it gives one', async () => {
    const service = usageService();
    const provider: SttProvider = {
      ...deepgram(),
      name: 'counting',
      async *transcribe(audio) {
        for await (const _ of audio);
        yield { type: 'usage', audioMs: 123_000 };
        const finalUntilMs = speech.durationMs;
        yield { type: 'transcript-final', words: [], finalUntilMs, receivedAt: 0 };
      },
    };
    const { signal } = new AbortController();
    const stream = meteredStream(service.meter('a'), { provider });
    await collect(stream.transcribe(new RecordedAudio(batches), OPTIONS, startAt(0), signal));
    expect((await service.report('a', 1)).days[0]?.sentMs).toBeCloseTo(123_000, 6);
  });

  it.each(['active', 'shadow'] as const)('counts silence in %s mode as such', async (mode) => {
    const service = usageService();
    const meter = service.meter('a');
    const stream = sessionStream({
      chain: [
        { provider: deepgram(), model: 'nova-3', language: 'multi', responseTimeoutMs: 60_000 },
      ],
      logged: OPTIONS.format,
      resampleTo: null,
      gate: mode,
      createDetector: createWebRtcVoiceActivity,
      voices: [],
      prints: null,
      meter,
      breakers: new Breakers(),
      logger: silentLogger,
    });
    const quiet = pcmBatches(new Int16Array(RATE * 20), RATE);
    const { signal } = new AbortController();
    await collect(stream.transcribe(new RecordedAudio(quiet), OPTIONS, startAt(0), signal));
    const [usage] = (await service.report('a', 1)).days;
    const kept = mode === 'active' ? usage?.savedMs : usage?.savableMs;
    const other = mode === 'active' ? usage?.savableMs : usage?.savedMs;
    expect(kept).toBeGreaterThan(15_000);
    expect(other).toBe(0);
    // The pre-roll at the end is neither sent nor known to be silence.
    const unknownMs = mode === 'active' ? 20_000 - (kept ?? 0) - (usage?.sentMs ?? 0) : 0;
    expect(unknownMs).toBeGreaterThanOrEqual(0);
    expect(unknownMs).toBeLessThanOrEqual(500);
    if (mode === 'shadow') expect(usage?.sentMs).toBeCloseTo(20_000, -3);
  });

  it('stops at the budget, keeps the audio, and goes on where it was when it is renewed', async () => {
    const budgetMs = 7_000;
    const service = usageService(budgetMs);
    const meter = service.meter('a');
    const stream = meteredStream(meter);
    const audio = new LiveAudio();
    const { signal } = new AbortController();
    const events: SttEvent[] = [];
    let rounds = 0;
    const done = (async () => {
      for await (const event of stream.transcribe(audio, OPTIONS, startAt(0), signal)) {
        events.push(event);
        if (event.type !== 'budget-exhausted') continue;
        // What was paid for is there before the stream waits.
        expect(finalWords(events).length).toBeGreaterThan(5);
        expect(finalWords(events).length).toBeLessThan(speech.words.length);
        expect(event.renewsAt).toBe(meter.renewsAt);
        rounds += 1;
        expect(sentMs()).toBeLessThan(rounds * (budgetMs + 500));
        now = meter.renewsAt;
      }
    })();
    audio.push(...batches);
    audio.end();
    await done;
    // A voice that was silent before the pause may come back under another number.
    const { lost, doubled, invented } = compareSpeech(speech.words, finalWords(events));
    expect({ lost, doubled, invented }).toEqual({ lost: [], doubled: [], invented: [] });
    expect(rounds).toBe(Math.ceil(speech.durationMs / budgetMs) - 1);
    const days = (await service.report('a', 10)).days;
    expect(days).toHaveLength(rounds + 1);
    for (const day of days) expect(day.sentMs).toBeLessThan(budgetMs + 500);
  });

  it('moves on where the budget of one provider is used up, and waits where all are', async () => {
    const other = await DeepgramSimulator.start();
    const service = usageService(null, store, { first: 5_000, second: 5_000 });
    const meter = service.meter('a');
    const breakers = new Breakers();
    const chain = [simulator, other].map((of, i) => ({
      provider: { ...deepgram(of), name: i === 0 ? 'first' : 'second' },
      model: 'nova-3',
      language: 'multi',
      responseTimeoutMs: 60_000,
    }));
    const stream = fallback(chain, {
      logger: silentLogger,
      breakers,
      meter,
      budgetRecheckMs: 5,
      overlapMs: 1_000,
      returnAfterMs: 1,
    });
    const events: SttEvent[] = [];
    const { signal } = new AbortController();
    for await (const event of stream.transcribe(
      new RecordedAudio(batches),
      OPTIONS,
      startAt(0),
      signal,
    )) {
      events.push(event);
      if (event.type === 'budget-exhausted') now = meter.renewsAt;
    }
    await other.close();
    const { lost, doubled, invented } = compareSpeech(speech.words, finalWords(events));
    expect({ lost, doubled, invented }).toEqual({ lost: [], doubled: [], invented: [] });
    const told = events.flatMap((event) => {
      if (event.type === 'budget-exhausted') return ['exhausted'];
      return event.type === 'provider-change' ? [`${event.provider} ${event.overBudget}`] : [];
    });
    expect(told.slice(0, 3)).toEqual(['second true', 'exhausted', 'first false']);
    // It was left because of the money, not because it is ill.
    expect(breakers.of('first').state).toBe('closed');
    const today = (await service.report('a', 10)).days.filter(({ day }) => day === '2026-03-14');
    const sent = new Map(today.map((usage) => [usage.provider, usage.sentMs]));
    expect(sent.get('first')).toBeLessThan(5_500);
    expect(sent.get('second')).toBeLessThan(5_500);
  });

  it('sends nothing at all where the budget was used up before, and ends when it is told to', async () => {
    const service = usageService(1_000);
    const meter = service.meter('a');
    meter.count('soniox', { sentMs: 1_000 });
    const stream = meteredStream(meter);
    const stop = new AbortController();
    const audio = new RecordedAudio(batches);
    const events: SttEvent[] = [];
    await expect(async () => {
      for await (const event of stream.transcribe(audio, OPTIONS, startAt(0), stop.signal)) {
        events.push(event);
        setTimeout(() => stop.abort(), 30);
      }
    }).rejects.toThrow();
    expect(events).toEqual([{ type: 'budget-exhausted', renewsAt: meter.renewsAt }]);
    expect(simulator.connections).toHaveLength(0);
    expect(audio.reads).toEqual([]);
  });

  it('returns to the first provider after the pause, and says so', async () => {
    const service = usageService(8_000);
    const meter = service.meter('a');
    const down: SttProvider = {
      ...deepgram(),
      name: 'first',
      // biome-ignore lint/correctness/useYield: it fails before it has anything to say.
      async *transcribe() {
        throw new AppError('provider-unavailable', 'down');
      },
    };
    const chain = [down, { ...deepgram(), name: 'second' }].map((provider) => ({
      provider,
      model: 'nova-3',
      language: 'multi',
      responseTimeoutMs: 60_000,
    }));
    const stream = fallback(chain, {
      logger: silentLogger,
      breakers: new Breakers({ failures: 100 }),
      meter,
      budgetRecheckMs: 5,
    });
    const told: string[] = [];
    const { signal } = new AbortController();
    const audio = new RecordedAudio(pcmBatches(new Int16Array(RATE * 9), RATE));
    for await (const event of stream.transcribe(audio, OPTIONS, startAt(0), signal)) {
      if (event.type === 'provider-change') told.push(`${event.from} → ${event.provider}`);
      if (event.type === 'provider-status') told.push(event.state);
      if (event.type !== 'budget-exhausted') continue;
      told.push('exhausted');
      now = meter.renewsAt;
    }
    expect(told).toEqual(['connected', 'first → second', 'exhausted', 'connected']);
  });
});
