import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  SPEECHMATICS_BILINGUAL,
  SPEECHMATICS_LANGUAGES,
  speechmaticsPack,
} from '../../../src/stt/providers/speechmatics/speechmatics-languages.ts';
import {
  createSpeechmaticsProvider,
  type SpeechmaticsSettings,
} from '../../../src/stt/providers/speechmatics/speechmatics-provider.ts';
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
import { pcmBatches } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { SpeechmaticsFault } from '../../simulators/speechmatics-session.ts';
import { SpeechmaticsSimulator } from '../../simulators/speechmatics-simulator.ts';

const pcm = pcmBatches(dialogue.samples, 16_000);
const base = sttOptions({ model: 'enhanced' });

let simulator: SpeechmaticsSimulator;
beforeEach(async () => {
  simulator = await SpeechmaticsSimulator.start();
});
afterEach(() => simulator.close());

function provider(settings: Partial<SpeechmaticsSettings> = {}) {
  return createSpeechmaticsProvider({
    apiKey: 'test-key',
    baseUrl: simulator.url,
    logger: silentLogger,
    closeTimeoutMs: 300,
    connectTimeoutMs: 2000,
    ...settings,
  });
}

function transcribe(
  settings: Partial<SpeechmaticsSettings> = {},
  options: SttOptions = base,
  audio = streamed(pcm),
): Promise<ProviderEvent[]> {
  return transcribeOnce(provider(settings), options, audio);
}

function messageOf(connection: number, index: number): { transcription_config?: unknown } {
  return JSON.parse(simulator.connections[connection]?.texts.at(index) ?? '{}');
}

const failure = (type: string, closeCode = 1011, afterAudioMs = 2000): SpeechmaticsFault => ({
  kind: 'error',
  afterAudioMs,
  type,
  closeCode,
});

describe('what Speechmatics is sent', () => {
  it('is the key in the header and this start', async () => {
    const keyterms = ['Omi', 'a phrase of more than just six words', 'Köln'];
    await transcribe({}, { ...base, language: 'en-GB', keyterms });
    expect(simulator.connections[0]?.authorization).toBe('Bearer test-key');
    expect(messageOf(0, 0)).toEqual({
      message: 'StartRecognition',
      audio_format: { type: 'raw', encoding: 'pcm_s16le', sample_rate: 16_000 },
      transcription_config: {
        language: 'en',
        output_locale: 'en-GB',
        model: 'enhanced',
        diarization: 'speaker',
        enable_partials: false,
        enable_entities: true,
        max_delay: 2,
        max_delay_mode: 'flexible',
        conversation_config: { end_of_utterance_silence_trigger: 0.7 },
        additional_vocab: ['Omi', 'Köln'],
      },
    });
  });

  it.each([
    ['zh-TW', [], { language: 'cmn', output_locale: 'cmn-Hant' }],
    ['zh-HK', [], { language: 'yue' }],
    ['nb', [], { language: 'no' }],
    ['multi', ['es', 'en-US'], { language: 'es', domain: 'bilingual-en' }],
    ['multi', ['en', 'zh'], { language: 'cmn_en' }],
    ['multi', ['de'], { language: 'de' }],
  ])('has the pack for %s %j', async (language, languageHints, pack) => {
    await transcribe({}, { ...base, language, languageHints });
    expect(messageOf(0, 0).transcription_config).toMatchObject(pack);
  });

  it('is nothing for a language without a pack', async () => {
    for (const [language, languageHints] of [
      ['multi', []],
      ['multi', ['de', 'fr']],
      ['xx', []],
    ] as const) {
      await expect(transcribe({}, { ...base, language, languageHints })).rejects.toMatchObject({
        code: 'provider-rejected',
      });
    }
    expect(simulator.connections).toEqual([]);
  });

  it('is every sample, and the number of messages at the end', async () => {
    await transcribe();
    const record = simulator.connections[0];
    expect(record).toMatchObject({ audioBytes: dialogue.pcm.length, audioMessages: pcm.length });
    expect(messageOf(0, -1)).toEqual({ message: 'EndOfStream', last_seq_no: pcm.length });
  });

  it('is no Opus', async () => {
    expect(provider().capabilities.encodings).toEqual(['pcm-s16le']);
    await expect(transcribe({}, { ...base, format: OPUS_16K })).rejects.toMatchObject({
      code: 'unsupported-codec',
    });
  });

  it('is no audio before the session has started', async () => {
    simulator.faults.push({ kind: 'no-start' });
    let pulled = false;
    async function* watched() {
      pulled = true;
      yield* streamed(pcm);
    }
    await expect(transcribe({ startTimeoutMs: 60 }, base, watched())).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('start'),
    });
    expect(pulled).toBe(false);
  });

  it('waits while too much is unread', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    simulator.faults.push({ kind: 'slow-reading', messages: 4, release: held });
    let pulled = 0;
    async function* counted() {
      for await (const batch of streamed(pcm)) {
        pulled += 1;
        yield batch;
      }
    }
    const events = transcribe({ maxUnacknowledged: 10 }, base, counted());
    await expect.poll(() => pulled).toBe(15);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pulled).toBe(15);
    expect(simulator.connections[0]?.audioMessages).toBe(14);
    release();
    expect(compareSpeech(dialogue.words, finalWords(await events))).toEqual(NO_DIFFERENCE);
  });

  it('is a ping, again and again, while no audio comes', async () => {
    const abort = new AbortController();
    const stream = provider({ keepAliveAfterMs: 20 }).transcribe(
      endlessSilence,
      base,
      abort.signal,
    );
    const next = stream[Symbol.asyncIterator]().next();
    await expect.poll(() => simulator.connections[0]?.pings).toBeGreaterThanOrEqual(3);
    abort.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
  });

  it('goes to the path behind the prefix of the base URL', async () => {
    expect(finalWords(await transcribe({ baseUrl: `${simulator.url}/eu` }))).not.toEqual([]);
    await expect(transcribe({ baseUrl: 'nonsense' })).rejects.toMatchObject({
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
      speaker: 'S1',
      confidence: 0.98,
      language: 'en',
    });
    const durationMs = Math.round(dialogue.durationMs);
    expect(events).toContainEqual({ type: 'usage', audioMs: durationMs });
    expect(events.at(-1)).toMatchObject({ type: 'transcript-final', finalUntilMs: durationMs });
  });

  it('has punctuation that comes in the next message', async () => {
    simulator.faults.push({ kind: 'late-punctuation' });
    const events = await transcribe();
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    for (const event of events) {
      if (event.type !== 'transcript-final') continue;
      for (const word of event.words) expect(word.endMs).toBeLessThanOrEqual(event.finalUntilMs);
    }
  });

  it('moves on without words in a long silence', async () => {
    const silence = synthesise([{ speaker: 0, text: 'Wait for it.' }], { tailMs: 20_000 });
    const events = await transcribe({}, base, streamed(pcmBatches(silence.samples, 16_000)));
    const ends = events.flatMap((e) => (e.type === 'transcript-final' ? [e.finalUntilMs] : []));
    expect(ends.length).toBeGreaterThan(10);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  it('has partial results where they are asked for, and not what they are revised to', async () => {
    simulator.faults.push({ kind: 'revise' });
    const events = await transcribe({}, { ...base, interim: true });
    const partials = events.filter((event) => event.type === 'transcript-partial');
    const words = partials.flatMap((partial) => partial.words);
    expect(words.some(({ text }) => text.startsWith('x'))).toBe(true);
    expect(words.every(({ confidence }) => confidence === null)).toBe(true);
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect((await transcribe()).some((event) => event.type === 'transcript-partial')).toBe(false);
  });
});

describe('what goes wrong', () => {
  const close = (code: number): SpeechmaticsFault => ({
    kind: 'close',
    afterAudioMs: 2000,
    code,
    reason: '',
  });

  it.each([
    [{ kind: 'handshake', status: 401 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 400 }, 'provider-rejected'],
    [{ kind: 'handshake', status: 404 }, 'provider-rejected'],
    [{ kind: 'handshake', status: 500 }, 'provider-unavailable'],
    [{ kind: 'refuse' }, 'provider-unavailable'],
    [failure('invalid_message'), 'provider-protocol'],
    [failure('invalid_model', 4004, 0), 'provider-rejected'],
    [failure('invalid_language', 4004, 0), 'provider-rejected'],
    [failure('invalid_config', 4004, 0), 'provider-rejected'],
    [failure('invalid_audio_type', 1003, 0), 'provider-rejected'],
    [failure('invalid_output_format', 1003, 0), 'provider-rejected'],
    [failure('not_authorised', 4001, 0), 'provider-unauthorized'],
    [failure('not_allowed', 4003, 0), 'provider-unauthorized'],
    [failure('job_error', 4013, 0), 'provider-unavailable'],
    [failure('protocol_error', 1003), 'provider-protocol'],
    [failure('quota_exceeded', 4005, 0), 'provider-quota'],
    [failure('timelimit_exceeded', 4006), 'provider-quota'],
    [failure('idle_timeout', 1008), 'timeout'],
    [failure('session_timeout', 1008), 'provider-unavailable'],
    [failure('unknown_error'), 'provider-unavailable'],
    [failure('something_new'), 'provider-unavailable'],
    [close(1003), 'provider-protocol'],
    [close(1008), 'timeout'],
    [close(1011), 'provider-unavailable'],
    [close(4001), 'provider-unauthorized'],
    [close(4003), 'provider-unauthorized'],
    [close(4004), 'provider-rejected'],
    [close(4005), 'provider-quota'],
    [close(4006), 'provider-quota'],
    [close(4013), 'provider-unavailable'],
    [close(1000), 'provider-unavailable'],
    [{ kind: 'drop', afterAudioMs: 2000 }, 'provider-unavailable'],
    [{ kind: 'stall', afterAudioMs: 14_000 }, 'timeout'],
  ] as const)('%o is %s', async (fault, code) => {
    simulator.faults.push(fault);
    // More than there is: a service that reads no more must not be waited for here.
    const lasting = transcribe({ maxUnacknowledged: 1000 });
    await expect(lasting).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('no audio for too long is a timeout', async () => {
    await simulator.close();
    simulator = await SpeechmaticsSimulator.start({ idleTimeoutMs: 60 });
    const silent = transcribe({}, base, endlessSilence as AsyncGenerator<never>);
    await expect(silent).rejects.toMatchObject({ code: 'timeout' });
  });

  it('an error names what to mend, and neither key, vocabulary nor reason', async () => {
    const error = await transcribe(
      { apiKey: 'wrong-key' },
      { ...base, keyterms: ['Secretname'] },
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'provider-unauthorized' });
    expect(String(error)).not.toMatch(/wrong-key|Secretname|secret/);
    simulator.faults.push(failure('invalid_config', 4004, 0));
    const rejected = await transcribe().catch((reason: unknown) => reason);
    expect(String(rejected)).toContain('invalid_config');
    expect(String(rejected)).not.toContain('repeats');
  });

  it('an abort ends it at once, also while the start is waited for', async () => {
    for (const fault of [null, { kind: 'no-start' }] as const) {
      simulator.faults.push(fault);
      const abort = new AbortController();
      const events = provider().transcribe(endlessSilence, base, abort.signal);
      const next = events[Symbol.asyncIterator]().next();
      setTimeout(() => abort.abort(), 50);
      await expect(next).rejects.toMatchObject({ code: 'aborted' });
    }
  });
});

describe('what it says about itself', () => {
  it('is the languages and models it serves, no language of any kind among them', () => {
    const { supports } = provider().capabilities;
    for (const tag of ['en', 'en-US', 'zh-CN', 'yue', 'cy']) {
      expect(supports(tag, 'enhanced')).toBe(true);
    }
    for (const tag of SPEECHMATICS_LANGUAGES)
      expect([tag, supports(tag, 'enhanced')]).toEqual([tag, true]);
    for (const tag of SPEECHMATICS_BILINGUAL) {
      expect(speechmaticsPack('multi', ['en', tag])).not.toBeNull();
    }
    expect(supports('multi', 'enhanced')).toBe(false);
    expect(supports('xx', 'enhanced')).toBe(false);
    expect(supports('en', 'melia-1')).toBe(false);
  });

  it('is checked with a session without audio', async () => {
    const { signal } = new AbortController();
    await provider().check(signal);
    await expect(provider({ apiKey: 'wrong' }).check(signal)).rejects.toMatchObject({
      code: 'provider-unauthorized',
    });
    simulator.faults.push(failure('quota_exceeded', 4005, 0));
    await expect(provider().check(signal)).rejects.toMatchObject({ code: 'provider-quota' });
  });
});

describe('resumed', () => {
  it.each([1, 2, 3, 4])(
    'gives every word once when connections are lost (seed %i)',
    async (seed) => {
      for (const [i, afterAudioMs] of faultInstants(seed, 6).entries()) {
        const faults: SpeechmaticsFault[] = [
          { kind: 'drop', afterAudioMs },
          { kind: 'error', afterAudioMs, type: 'job_error', closeCode: 4013 },
          { kind: 'close', afterAudioMs, code: 1011, reason: '' },
        ];
        simulator.faults.push(faults[i % 3] ?? null);
      }
      const events = await transcribeResumed(provider(), { ...base, interim: true });
      expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(simulator.connections.length).toBeGreaterThan(1);
    },
  );

  it('was never connected where the session did not start', async () => {
    const type = 'not_authorised';
    simulator.faults.push({ kind: 'error', afterAudioMs: 0, type, closeCode: 4001 });
    const events = await transcribeResumed(provider(), base);
    const states = events.flatMap((e) => (e.type === 'provider-status' ? [e.state] : []));
    expect(states).toEqual(['unavailable', 'connected']);
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });
});
