import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  createSonioxProvider,
  type SonioxSettings,
} from '../../../src/stt/providers/soniox/soniox-provider.ts';
import type { ProviderEvent } from '../../../src/stt/stt-event.ts';
import type { SttOptions } from '../../../src/stt/stt-provider.ts';
import {
  dialogue,
  endlessSilence,
  faultInstants,
  OPUS_16K,
  streamed,
  sttOptions,
  transcribeOnce,
  transcribeResumed,
} from '../../fixtures/provider-speech.ts';
import { opusBatches, pcmBatches } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { SonioxFault } from '../../simulators/soniox-session.ts';
import { SonioxSimulator } from '../../simulators/soniox-simulator.ts';

const pcm = pcmBatches(dialogue.samples, 16_000);
const opus = opusBatches(dialogue.samples, 16_000);
const base = sttOptions({ model: 'stt-rt-v5' });
const opusOptions: SttOptions = { ...base, format: OPUS_16K };

let simulator: SonioxSimulator;
beforeEach(async () => {
  simulator = await SonioxSimulator.start();
});
afterEach(() => simulator.close());

function provider(settings: Partial<SonioxSettings> = {}) {
  return createSonioxProvider({
    apiKey: 'test-key',
    baseUrl: simulator.url,
    logger: silentLogger,
    closeTimeoutMs: 300,
    connectTimeoutMs: 2000,
    startGraceMs: 20,
    ...settings,
  });
}

function transcribe(
  settings: Partial<SonioxSettings> = {},
  options: SttOptions = base,
  audio = streamed(options.format.encoding === 'opus' ? opus : pcm),
): Promise<ProviderEvent[]> {
  return transcribeOnce(provider(settings), options, audio);
}

function startOf(connection: number): { context?: unknown } {
  return JSON.parse(simulator.connections[connection]?.texts[0] ?? '{}');
}

describe('what Soniox is sent', () => {
  it('is the key in the header and this start for PCM', async () => {
    await transcribe({}, { ...base, language: 'en-US', keyterms: ['Omi', 'Köln & Co'] });
    expect(simulator.connections[0]?.authorization).toBe('Bearer test-key');
    expect(startOf(0)).toEqual({
      model: 'stt-rt-v5',
      audio_format: 'pcm_s16le',
      sample_rate: 16_000,
      num_channels: 1,
      language_hints: ['en'],
      language_hints_strict: true,
      enable_language_identification: true,
      enable_speaker_diarization: true,
      enable_endpoint_detection: true,
      max_endpoint_delay_ms: 1000,
      context: { terms: ['Omi', 'Köln & Co'] },
    });
  });

  it('has no hint for a speaker who switches, or those that are known', async () => {
    await transcribe({}, { ...base, language: 'multi' });
    expect(startOf(0)).not.toHaveProperty('language_hints');
    await transcribe(
      {},
      { ...base, language: 'multi', languageHints: ['de-AT', 'nb', 'de', 'xx'] },
    );
    expect(startOf(1)).toMatchObject({
      language_hints: ['de', 'no'],
      language_hints_strict: false,
    });
  });

  it('has no more terms than the context may hold', async () => {
    const keyterms = Array.from({ length: 2000 }, (_, i) => `term${i}`);
    const events = await transcribe({}, { ...base, keyterms });
    expect(JSON.stringify(startOf(0).context).length).toBeLessThan(10_000);
    expect(finalWords(events)).toHaveLength(dialogue.words.length);
  });

  it('is every sample, then a finalize and the empty frame', async () => {
    await transcribe();
    expect(simulator.connections[0]).toMatchObject({ audioBytes: dialogue.pcm.length });
    expect(simulator.connections[0]?.texts.slice(1)).toEqual(['{"type":"finalize"}', '']);
  });

  it('is Opus in one Ogg stream', async () => {
    const events = await transcribe({}, opusOptions);
    expect(startOf(0)).toMatchObject({ audio_format: 'ogg' });
    expect(startOf(0)).not.toHaveProperty('sample_rate');
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(provider({ opusMode: 'decode' }).capabilities.encodings).toEqual(['pcm-s16le']);
    await expect(transcribe({ opusMode: 'decode' }, opusOptions)).rejects.toMatchObject({
      code: 'unsupported-codec',
    });
  });

  it('is a keepalive, again and again, while no audio comes', async () => {
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* late() {
      await waiting;
      yield* streamed(pcm);
    }
    const events = transcribe({ keepAliveAfterMs: 20 }, base, late());
    await expect
      .poll(() => simulator.connections[0]?.texts.filter((t) => t.includes('keepalive')).length)
      .toBeGreaterThanOrEqual(3);
    release();
    expect(compareSpeech(dialogue.words, finalWords(await events))).toEqual(NO_DIFFERENCE);
    expect(simulator.connections[0]?.texts.at(-1)).toBe('');
  });

  it('goes to the path behind the prefix of the base URL', async () => {
    expect(finalWords(await transcribe({ baseUrl: `${simulator.url}/eu/` }))).not.toEqual([]);
    await expect(transcribe({ baseUrl: 'ftp://example.com' })).rejects.toMatchObject({
      code: 'invalid-configuration',
    });
  });
});

describe('what comes back', () => {
  it('is every word with its punctuation, time, speaker and language', async () => {
    const events = await transcribe();
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(finalWords(events)[2]).toEqual({
      text: 'Anna,',
      startMs: dialogue.words[2]?.startMs,
      endMs: dialogue.words[2]?.endMs,
      speaker: '1',
      confidence: expect.closeTo(0.97),
      language: 'en',
    });
    const durationMs = Math.round(dialogue.durationMs);
    expect(events).toContainEqual({ type: 'usage', audioMs: durationMs });
    expect(events.at(-1)).toMatchObject({ type: 'transcript-final', finalUntilMs: durationMs });
  });

  it('moves on without words in a long silence, never past a word that is not final', async () => {
    const silence = synthesise([{ speaker: 0, text: 'Wait for it.' }], { tailMs: 20_000 });
    const events = await transcribe({}, base, streamed(pcmBatches(silence.samples, 16_000)));
    const ends = events.flatMap((e) => (e.type === 'transcript-final' ? [e.finalUntilMs] : []));
    const endMs = silence.words.at(-1)?.endMs ?? 0;
    expect(
      ends.filter((ms) => ms > endMs + 2000 && ms < silence.durationMs).length,
    ).toBeGreaterThan(10);
    for (const event of events) {
      if (event.type !== 'transcript-final') continue;
      for (const word of event.words) expect(word.endMs).toBeLessThanOrEqual(event.finalUntilMs);
    }
  });

  it('has partial results where they are asked for, and not what they are revised to', async () => {
    simulator.faults.push({ kind: 'revise' });
    const events = await transcribe({}, { ...base, interim: true });
    const partials = events.filter((event) => event.type === 'transcript-partial');
    expect(partials.flatMap(({ words }) => words).some(({ text }) => text.includes('x'))).toBe(
      true,
    );
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect((await transcribe()).some((event) => event.type === 'transcript-partial')).toBe(false);
  });

  it('has a word for each character of a script without spaces', async () => {
    const chinese = synthesise([{ speaker: 0, text: '你好。 Omi 早上' }]);
    const audio = streamed(pcmBatches(chinese.samples, 16_000));
    const words = finalWords(await transcribe({}, { ...base, language: 'zh-CN' }, audio));
    expect(words.map(({ text }) => text)).toEqual(['你', '好。', 'Omi', '早', '上']);
    expect(words[0]?.language).toBe('zh');
  });
});

describe('what goes wrong', () => {
  const failure = (code: number, type: string | null, afterAudioMs = 2000): SonioxFault => {
    const message = `Cannot continue request (code ${code}).`;
    return { kind: 'error', afterAudioMs, code, type, message };
  };

  it.each([
    [{ kind: 'handshake', status: 401 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 429 }, 'provider-quota'],
    [{ kind: 'handshake', status: 503 }, 'provider-unavailable'],
    [{ kind: 'refuse' }, 'provider-unavailable'],
    [failure(400, 'invalid_request'), 'provider-rejected'],
    [failure(400, 'model_not_available', 0), 'provider-rejected'],
    [failure(401, 'unauthenticated', 0), 'provider-unauthorized'],
    [failure(401, null, 0), 'provider-unauthorized'],
    [failure(402, 'organization_balance_exhausted'), 'provider-quota'],
    [failure(402, 'organization_monthly_budget_exhausted'), 'provider-quota'],
    [failure(402, 'project_monthly_budget_exhausted'), 'provider-quota'],
    [failure(403, 'permission_denied', 0), 'provider-unauthorized'],
    [failure(403, 'temp_api_key_session_expired'), 'provider-unauthorized'],
    [failure(408, 'request_timeout'), 'timeout'],
    [failure(413, 'max_duration_reached'), 'provider-unavailable'],
    [failure(429, 'limit_exceeded', 0), 'provider-quota'],
    [failure(429, 'max_concurrent_connections_reached', 0), 'provider-quota'],
    [failure(500, 'internal_error'), 'provider-unavailable'],
    [failure(503, 'service_unavailable'), 'provider-unavailable'],
    [failure(503, null), 'provider-unavailable'],
    [failure(418, 'something_new'), 'provider-rejected'],
    [{ kind: 'drop', afterAudioMs: 2000 }, 'provider-unavailable'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1000, reason: '' }, 'provider-unavailable'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1011, reason: '' }, 'provider-unavailable'],
    [{ kind: 'close', afterAudioMs: 2000, code: 1003, reason: '' }, 'provider-protocol'],
    [{ kind: 'stall', afterAudioMs: 2000 }, 'timeout'],
  ] as const)('%o is %s', async (fault, code) => {
    simulator.faults.push(fault);
    await expect(transcribe()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('no sign of life for too long is a timeout', async () => {
    await simulator.close();
    simulator = await SonioxSimulator.start({ idleTimeoutMs: 60 });
    const lasting = transcribe({}, base, endlessSilence as AsyncGenerator<never>);
    await expect(lasting).rejects.toMatchObject({ code: 'timeout' });
  });

  it('a bad key takes no audio, and is named without the key or the vocabulary', async () => {
    let pulled = false;
    async function* watched() {
      pulled = true;
      yield* streamed(pcm);
    }
    const settings = { apiKey: 'wrong-key', startGraceMs: 2000 };
    const error = await transcribe(
      settings,
      { ...base, keyterms: ['Secretname'] },
      watched(),
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'provider-unauthorized' });
    expect(String(error)).toContain('unauthenticated');
    expect(String(error)).not.toMatch(/wrong-key|Secretname/);
    expect(pulled).toBe(false);
  });

  it('an abort ends it at once, also while the start is waited for', async () => {
    for (const startGraceMs of [1, 60_000]) {
      const abort = new AbortController();
      const events = provider({ startGraceMs }).transcribe(endlessSilence, base, abort.signal);
      const next = events[Symbol.asyncIterator]().next();
      setTimeout(() => abort.abort(), 30);
      await expect(next).rejects.toMatchObject({ code: 'aborted' });
    }
  });
});

describe('what it says about itself', () => {
  it('is the languages and models it serves', () => {
    const { supports } = provider().capabilities;
    expect(
      ['multi', 'en', 'en-US', 'zh-Hans', 'nb', 'cy'].every((l) => supports(l, 'stt-rt-v5')),
    ).toBe(true);
    expect(supports('xx', 'stt-rt-v5')).toBe(false);
    expect(supports('en', 'nova-3')).toBe(false);
  });

  it('is checked with a stream without audio', async () => {
    const { signal } = new AbortController();
    await provider().check(signal);
    await expect(provider({ apiKey: 'wrong' }).check(signal)).rejects.toMatchObject({
      code: 'provider-unauthorized',
    });
    await simulator.pause();
    await expect(provider().check(signal)).rejects.toMatchObject({ code: 'provider-unavailable' });
    await simulator.resume();
  });
});

describe('resumed', () => {
  it.each([1, 2, 3, 4])(
    'gives every word once when connections are lost (seed %i)',
    async (seed) => {
      for (const [i, afterAudioMs] of faultInstants(seed, 6).entries()) {
        const faults: SonioxFault[] = [
          { kind: 'drop', afterAudioMs },
          { kind: 'error', afterAudioMs, code: 503, type: 'service_unavailable', message: 'Gone.' },
          { kind: 'close', afterAudioMs, code: 1011, reason: '' },
        ];
        simulator.faults.push(faults[i % 3] ?? null);
      }
      const isOpus = seed % 2 === 0;
      const events = await transcribeResumed(
        provider(),
        { ...(isOpus ? opusOptions : base), interim: true },
        isOpus ? opus : pcm,
      );
      expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(simulator.connections.length).toBeGreaterThan(1);
    },
  );

  it('knows that it was never connected with a bad key', async () => {
    simulator.faults.push({ kind: 'error', afterAudioMs: 0, code: 401, type: null, message: '' });
    const events = await transcribeResumed(provider({ startGraceMs: 100 }), base);
    const states = events.flatMap((e) => (e.type === 'provider-status' ? [e.state] : []));
    expect(states).toEqual(['unavailable', 'connected']);
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });
});
