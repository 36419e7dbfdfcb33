import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { pushAudio } from '../../src/audio/replayable-audio.ts';
import { SessionAudio } from '../../src/audio/session-audio.ts';
import { type Case, FAULTS, PROVIDERS, percentile95, runCase } from './fallback-chaos.ts';

/** Wall time that words came later than without a fault, of each case. */
const gaps: { name: string; ms: number }[] = [];
afterAll(() => {
  if (gaps.length === 0) return;
  const list = gaps.map(({ name, ms }) => `${name} ${Math.round(ms)} ms`).join(', ');
  const p95 = percentile95(gaps.map(({ ms }) => ms));
  console.log(`time without transcript while another provider is up: p95 ${Math.round(p95)} ms`);
  console.log(`  ${list}`);
});

// Side by side: a case mostly waits, at the pace of speech.
describe.each(PROVIDERS)('%s fails', (provider) => {
  it.concurrent.each(Object.keys(FAULTS))(
    '%s: every word is stored once, at its time',
    async (fault) => {
      const result = await runCase({ provider, fault });
      expect(result.problems).toEqual([]);
      gaps.push({ name: `${provider} ${fault}`, ms: result.laterMs });
      // Who has answered all along is not left.
      const goesOn = fault === 'garbage' || fault === 'slow';
      if (goesOn) return;
      expect(result.statuses).toContainEqual(
        expect.objectContaining({
          status: 'stt_fallback',
          reason: `fallback_from_${provider}`,
          provider: expect.stringMatching(/deepgram|soniox|speechmatics/),
        }),
      );
      expect(result.statuses.map(({ status }) => status)).not.toContain('stt_unavailable');
      expect(result.providers.some((name) => name !== provider)).toBe(true);
    },
    60_000,
  );
});

describe('what these tests would not let pass', () => {
  const read = SessionAudio.prototype.readFrom;
  afterEach(() => vi.restoreAllMocks());

  /** Changes what every reading but the first of a session gets. */
  function sabotage(
    change: (audio: SessionAudio, positionMs: number, signal: AbortSignal) => Read,
  ) {
    const readOnce = new WeakSet<SessionAudio>();
    vi.spyOn(SessionAudio.prototype, 'readFrom').mockImplementation(function (
      this: SessionAudio,
      positionMs,
      signal,
    ) {
      if (readOnce.has(this)) return change(this, positionMs, signal);
      readOnce.add(this);
      return read.call(this, positionMs, signal);
    });
    // What the live path is given goes through the same reading.
    vi.spyOn(SessionAudio.prototype, 'pushFrom').mockImplementation(function (
      this: SessionAudio,
      positionMs,
      signal,
      sink,
    ) {
      const source = { readFrom: this.readFrom.bind(this) };
      return pushAudio(source, positionMs, signal, sink);
    });
  }
  type Read = ReturnType<typeof read>;
  const lost: Case = { provider: 'deepgram', fault: 'drop' };

  it('a replay that is left out', async () => {
    sabotage((audio, _positionMs, signal) => read.call(audio, audio.endMs, signal));
    const { problems } = await runCase(lost);
    expect(problems.join(' ')).toMatch(/lost/);
  });

  it('a replay that comes twice', async () => {
    sabotage(async function* (audio, positionMs, signal) {
      const untilMs = audio.endMs;
      let shiftMs = 0;
      for await (const batch of read.call(audio, positionMs, signal)) {
        yield batch;
        if (batch.startMs + batch.durationMs >= untilMs) break;
      }
      shiftMs = untilMs - positionMs;
      for await (const batch of read.call(audio, positionMs, signal)) {
        yield { ...batch, startMs: batch.startMs + shiftMs };
      }
    });
    const { problems } = await runCase(lost);
    expect(problems.join(' ')).toMatch(/invented|doubled/);
  });

  it('a replay that is 300 ms off', async () => {
    sabotage(async function* (audio, positionMs, signal) {
      for await (const batch of read.call(audio, positionMs, signal)) {
        yield { ...batch, startMs: batch.startMs + 300 };
      }
    });
    const { problems } = await runCase(lost);
    expect(problems.join(' ')).toMatch(/invented/);
  });
});
