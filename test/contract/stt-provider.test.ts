import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/kernel/logger.ts';
import type { SttOptions } from '../../src/stt/stt-provider.ts';
import {
  dialogue,
  endlessSilence,
  OPUS_16K,
  streamed,
  sttOptions,
  transcribeOnce,
  transcribeResumed,
} from '../fixtures/provider-speech.ts';
import { opusBatches, pcmBatches } from '../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../fixtures/speech-comparison.ts';
import { STT_VENDORS, type SttVendor } from '../fixtures/stt-vendors.ts';

const pcm = pcmBatches(dialogue.samples, 16_000);
/** In the middle of a word: the third of the second voice. */
const MID_WORD_MS = (() => {
  const word = dialogue.words.filter(({ speaker }) => speaker === 1)[2];
  return word ? Math.round((word.startMs + word.endMs) / 2) : 0;
})();

describe.each(Object.entries(STT_VENDORS))('the provider %s', (name, start) => {
  let vendor: SttVendor;
  let options: SttOptions;
  beforeEach(async () => {
    vendor = await start([]);
    options = sttOptions({ model: vendor.model, interim: true });
  });
  afterEach(() => vendor.close());

  it('has its name, serves English and passes its check', async () => {
    const { provider } = vendor;
    expect(provider.name).toBe(name);
    expect(provider.capabilities.supports('en', vendor.model)).toBe(true);
    await provider.check(new AbortController().signal);
  });

  it('hears every word, in every encoding that it takes', async () => {
    for (const encoding of vendor.provider.capabilities.encodings) {
      const isOpus = encoding === 'opus';
      const batches = isOpus ? opusBatches(dialogue.samples, 16_000) : pcm;
      const format = isOpus ? OPUS_16K : options.format;
      const heard = transcribeOnce(vendor.provider, { ...options, format }, streamed(batches));
      expect(compareSpeech(dialogue.words, finalWords(await heard))).toEqual(NO_DIFFERENCE);
    }
  });

  it('reports words that are final in order, each before the time it has reached', async () => {
    const events = await transcribeOnce(vendor.provider, options, streamed(pcm));
    let untilMs = 0;
    for (const event of events) {
      if (event.type !== 'transcript-final') continue;
      expect(event.finalUntilMs).toBeGreaterThanOrEqual(untilMs);
      for (const { startMs, endMs } of event.words) {
        expect(startMs).toBeGreaterThanOrEqual(untilMs);
        expect(endMs).toBeLessThanOrEqual(event.finalUntilMs);
      }
      untilMs = event.finalUntilMs;
    }
    expect(Math.abs(untilMs - dialogue.durationMs)).toBeLessThanOrEqual(1);
  });

  it.each([
    { kind: 'refuse' },
    { kind: 'handshake', status: 402 },
    { kind: 'handshake', status: 429 },
    { kind: 'handshake', status: 500 },
    { kind: 'drop', afterAudioMs: MID_WORD_MS },
    { kind: 'close', afterAudioMs: MID_WORD_MS, code: 1011, reason: '' },
    { kind: 'stall', afterAudioMs: MID_WORD_MS },
    { kind: 'stop-reading', afterAudioMs: MID_WORD_MS },
  ] as const)('gives every word once though %o', async (fault) => {
    vendor.fail(fault);
    const more = { stallTimeoutMs: 150 };
    const events = await transcribeResumed(vendor.provider, options, pcm, more);
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('is unharmed by frames that make no sense, which are counted', async () => {
    const lines: string[] = [];
    const write = (line: string) => lines.push(line);
    const logger = createLogger({ level: 'warn', revealPii: false }, { write });
    const counting = await start([], { logger });
    try {
      counting.fail({ kind: 'garbage' });
      const events = await transcribeOnce(counting.provider, options, streamed(pcm));
      expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(JSON.parse(lines[0] ?? '{}').messages).toBeGreaterThanOrEqual(6);
    } finally {
      await counting.close();
    }
  });

  it('reads to the end what comes late', async () => {
    vendor.fail({ kind: 'late-results', delayMs: 60 });
    const events = await transcribeOnce(vendor.provider, options, streamed(pcm));
    expect(compareSpeech(dialogue.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('has nothing to say of audio that ended before it began', async () => {
    const events = await transcribeOnce(vendor.provider, options, streamed([]));
    expect(finalWords(events)).toEqual([]);
    expect(events).toContainEqual({ type: 'usage', audioMs: 0 });
  });

  it('throws what the audio throws', async () => {
    async function* broken() {
      yield* streamed(pcm.slice(0, 5));
      throw new Error('the disk is gone');
    }
    const heard = transcribeOnce(vendor.provider, options, broken());
    await expect(heard).rejects.toThrow('the disk is gone');
  });

  it('tells a handshake without an answer from a place where nobody is', async () => {
    const hasty = await start([], { connectTimeoutMs: 50 });
    try {
      hasty.fail({ kind: 'hang' });
      const heard = () => transcribeOnce(hasty.provider, options, streamed(pcm));
      await expect(heard()).rejects.toMatchObject({ code: 'timeout' });
      await hasty.leave();
      await expect(heard()).rejects.toMatchObject({ code: 'provider-unavailable' });
    } finally {
      await hasty.close();
    }
  });

  it('asks for audio only once it is connected, and ends at once when it is told to', async () => {
    const abort = new AbortController();
    let asked = false;
    const silence = {
      [Symbol.asyncIterator]: () => {
        expect(vendor.connections()).toBe(1);
        asked = true;
        return endlessSilence[Symbol.asyncIterator]();
      },
    };
    const events = vendor.provider.transcribe(silence, options, abort.signal);
    const next = events[Symbol.asyncIterator]().next();
    next.catch(() => undefined);
    await expect.poll(() => asked).toBe(true);
    abort.abort();
    await expect(next).rejects.toMatchObject({ code: 'aborted' });
  });
});
