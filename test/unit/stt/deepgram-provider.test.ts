import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import {
  createDeepgramProvider,
  type DeepgramSettings,
} from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { ProviderEvent } from '../../../src/stt/stt-event.ts';
import type { SttOptions } from '../../../src/stt/stt-provider.ts';
import { opusBatches, pcmBatches } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { DeepgramFault } from '../../simulators/deepgram-faults.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

const speech = synthesise([
  { speaker: 0, text: 'Hello Omar, where is the blue folder?' },
  { speaker: 1, text: 'On my desk, next to the lamp.' },
]);
const pcm = pcmBatches(speech.samples, 16_000);
const opus = opusBatches(speech.samples, 16_000);
const base: SttOptions = {
  format: { encoding: 'pcm-s16le', sampleRate: 16_000 },
  language: 'en',
  model: 'nova-3',
  languageHints: [],
  keyterms: [],
  interim: false,
};
const opusOptions: SttOptions = { ...base, format: { encoding: 'opus', sampleRate: 16_000 } };

let simulator: DeepgramSimulator;
beforeEach(async () => {
  simulator = await DeepgramSimulator.start();
});
afterEach(() => simulator.close());

function provider(settings: Partial<DeepgramSettings> = {}) {
  return createDeepgramProvider({
    apiKey: 'test-key',
    baseUrl: simulator.url,
    logger: silentLogger,
    closeTimeoutMs: 200,
    connectTimeoutMs: 2000,
    ...settings,
  });
}

async function* from(batches: readonly AudioBatch[]): AsyncGenerator<AudioBatch> {
  for (const batch of batches) {
    await new Promise((resolve) => setImmediate(resolve));
    yield batch;
  }
}

async function transcribe(
  settings: Partial<DeepgramSettings> = {},
  options: SttOptions = base,
  audio: AsyncIterable<AudioBatch> = from(options.format.encoding === 'opus' ? opus : pcm),
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  const signal = new AbortController().signal;
  for await (const event of provider(settings).transcribe(audio, options, signal)) {
    events.push(event);
  }
  return events;
}

describe('what Deepgram is sent', () => {
  it('has these parameters for PCM', async () => {
    await transcribe({}, { ...base, language: 'multi', keyterms: ['Omi', 'Köln & Co'] });
    expect(simulator.connections[0]?.query.toString()).toBe(
      'punctuate=true&no_delay=true&endpointing=300&interim_results=false&smart_format=true' +
        '&profanity_filter=false&diarize=true&filler_words=true&channels=1&multichannel=false' +
        '&encoding=linear16&sample_rate=16000&language=multi&model=nova-3' +
        '&keyterm=Omi&keyterm=K%C3%B6ln+%26+Co',
    );
  });

  it('asks for no filler words in English, and sends nova-2 its vocabulary as keywords', async () => {
    const options = { ...base, language: 'en-US', model: 'nova-2-general', keyterms: ['Omi'] };
    await transcribe({}, { ...options, interim: true });
    const query = simulator.connections[0]?.query;
    expect(query?.get('filler_words')).toBe('false');
    expect(query?.get('interim_results')).toBe('true');
    expect(query?.getAll('keywords')).toEqual(['Omi']);
    expect(query?.has('keyterm')).toBe(false);
  });

  it('has a hundred keyterms at most', async () => {
    const keyterms = Array.from({ length: 150 }, (_, i) => `term${i}`);
    await transcribe({}, { ...base, keyterms });
    expect(simulator.connections[0]?.query.getAll('keyterm')).toEqual(keyterms.slice(0, 100));
  });

  it('is the samples, all of them, in messages of 30 ms and more', async () => {
    const tiny = Array.from({ length: 100 }, (_, i) => ({
      startMs: i * 10,
      durationMs: 10,
      frames: [new Uint8Array(320)],
    }));
    await transcribe({}, base, from(tiny));
    expect(simulator.connections[0]).toMatchObject({
      audioBytes: 32_000,
      // 33 of three frames and the one frame that was left.
      audioMessages: 34,
      control: ['Finalize', 'CloseStream'],
    });
  });

  it('is one message for each batch of PCM', async () => {
    await transcribe();
    expect(simulator.connections[0]?.audioMessages).toBe(pcm.length);
    expect(simulator.connections[0]?.audioBytes).toBe(speech.pcm.length);
  });

  it('is Opus in Ogg pages, without an encoding', async () => {
    const events = await transcribe({ opusMode: 'ogg' }, opusOptions);
    const record = simulator.connections[0];
    expect(record?.query.has('encoding')).toBe(false);
    expect(record?.query.has('sample_rate')).toBe(false);
    expect(record?.audioMessages).toBe(opus.length);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('is raw Opus, a packet a message', async () => {
    const events = await transcribe({ opusMode: 'packets' }, opusOptions);
    const record = simulator.connections[0];
    expect(record?.query.get('encoding')).toBe('opus');
    expect(record?.query.get('sample_rate')).toBe('16000');
    expect(record?.audioMessages).toBe(opus.flatMap(({ frames }) => frames).length);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('leaves out what is not Opus, and never sends an empty message', async () => {
    const spoilt = opus.map((batch) => ({
      ...batch,
      frames: [new Uint8Array(0), ...batch.frames, Uint8Array.of(3)],
    }));
    for (const opusMode of ['ogg', 'packets'] as const) {
      const events = await transcribe({ opusMode }, opusOptions, from(spoilt));
      expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    }
  });

  it('is no Opus where it is decoded before', async () => {
    expect(provider({ opusMode: 'decode' }).capabilities.encodings).toEqual(['pcm-s16le']);
    await expect(transcribe({ opusMode: 'decode' }, opusOptions)).rejects.toMatchObject({
      code: 'unsupported-codec',
    });
  });

  it('is a KeepAlive, again and again, while no audio comes', async () => {
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* late(): AsyncGenerator<AudioBatch> {
      await waiting;
      yield* from(pcm);
    }
    const events = transcribe({ keepAliveAfterMs: 20 }, base, late());
    await expect
      .poll(() => simulator.connections[0]?.control.filter((type) => type === 'KeepAlive').length)
      .toBeGreaterThanOrEqual(3);
    release();
    expect(compareSpeech(speech.words, finalWords(await events))).toEqual(NO_DIFFERENCE);
    expect(simulator.connections[0]?.control.slice(-2)).toEqual(['Finalize', 'CloseStream']);
  });

  it('has a prefix of the base URL in its path', async () => {
    const events = await transcribe({ baseUrl: `${simulator.url}/deepgram/` });
    expect(finalWords(events)).toHaveLength(speech.words.length);
    await expect(transcribe({ baseUrl: 'ftp://example.com' })).rejects.toMatchObject({
      code: 'invalid-configuration',
    });
  });
});

describe('what comes back', () => {
  it('is every word with its punctuation, time and speaker, and the audio charged for', async () => {
    const events = await transcribe();
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(finalWords(events)[1]).toEqual({
      text: 'Omar,',
      startMs: speech.words[1]?.startMs,
      endMs: speech.words[1]?.endMs,
      speaker: 0,
      confidence: 0.98828125,
      language: null,
    });
    const durationMs = Math.round(speech.durationMs);
    expect(events).toContainEqual({ type: 'usage', audioMs: durationMs });
    expect(events.at(-1)).toMatchObject({ type: 'transcript-final', finalUntilMs: durationMs });
  });

  it('has partial results where they are asked for', async () => {
    const events = await transcribe({}, { ...base, interim: true });
    const partials = events.filter((event) => event.type === 'transcript-partial');
    expect(partials.length).toBeGreaterThan(2);
    expect(partials.flatMap(({ words }) => words).length).toBeGreaterThan(0);
    expect((await transcribe()).some((event) => event.type === 'transcript-partial')).toBe(false);
  });
});

describe('what goes wrong', () => {
  const close = (code: number, reason: string): DeepgramFault => ({
    kind: 'close',
    afterAudioMs: 2000,
    code,
    reason,
  });

  it.each([
    [{ kind: 'handshake', status: 400 }, 'provider-rejected'],
    [{ kind: 'handshake', status: 401 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 402 }, 'provider-quota'],
    [{ kind: 'handshake', status: 403 }, 'provider-unauthorized'],
    [{ kind: 'handshake', status: 429 }, 'provider-quota'],
    [{ kind: 'handshake', status: 500 }, 'provider-unavailable'],
    [{ kind: 'handshake', status: 503 }, 'provider-unavailable'],
    [{ kind: 'refuse' }, 'provider-unavailable'],
    [{ kind: 'drop', afterAudioMs: 2000 }, 'provider-unavailable'],
    [close(1011, 'NET-0000'), 'provider-unavailable'],
    [close(1011, 'something else'), 'provider-unavailable'],
    [close(1008, 'DATA-0000'), 'provider-rejected'],
    [close(1000, ''), 'provider-unavailable'],
    [close(1003, ''), 'provider-protocol'],
    [{ kind: 'stall', afterAudioMs: 2000 }, 'timeout'],
  ] as const)('%o is %s', async (fault, code) => {
    simulator.faults.push(fault);
    await expect(transcribe()).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('audio that is not what the parameters say is rejected', async () => {
    const audio = from([
      { startMs: 0, durationMs: 60, frames: [Buffer.from('OggS....'.repeat(300))] },
    ]);
    await expect(transcribe({}, base, audio)).rejects.toMatchObject({ code: 'provider-rejected' });
  });

  it('silence on the line is unavailable', async () => {
    await simulator.close();
    simulator = await DeepgramSimulator.start({ idleTimeoutMs: 50 });
    const never = new Promise<IteratorResult<AudioBatch>>(() => undefined);
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => never }) };
    await expect(transcribe({}, base, silent)).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringContaining('no audio in time'),
    });
  });

  it('an error names what to mend, and neither the key nor the vocabulary', async () => {
    const error = await transcribe(
      { apiKey: 'wrong-key' },
      { ...base, keyterms: ['Secretname'] },
    ).catch((reason: unknown) => reason);
    expect(String(error)).toContain('INVALID_AUTH');
    expect(String(error)).not.toMatch(/wrong-key|Secretname/);
  });

  it('an abort ends it at once', async () => {
    const abort = new AbortController();
    const never = new Promise<IteratorResult<AudioBatch>>(() => undefined);
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => never }) };
    const events = provider().transcribe(silent, base, abort.signal)[Symbol.asyncIterator]();
    const next = events.next();
    setTimeout(() => abort.abort(), 30);
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('check', () => {
  const signal = new AbortController().signal;

  it('passes with the right key and says what is wrong otherwise', async () => {
    await provider().check(signal);
    await expect(provider({ apiKey: 'wrong' }).check(signal)).rejects.toMatchObject({
      code: 'provider-unauthorized',
    });
    await simulator.pause();
    await expect(provider().check(signal)).rejects.toMatchObject({ code: 'provider-unavailable' });
    await simulator.resume();
  });
});
