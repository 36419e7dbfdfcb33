import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { Breakers } from '../../../src/stt/breaker.ts';
import { fallback } from '../../../src/stt/fallback.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import { createLocalProvider } from '../../../src/stt/providers/local/local-provider.ts';
import type { ResumingOptions } from '../../../src/stt/resuming/resuming.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { type SttProvider, startAt } from '../../../src/stt/stt-provider.ts';
import { collectEvents, PCM_16K, sttOptions } from '../../fixtures/provider-speech.ts';
import { fed, pcmBatches } from '../../fixtures/speech-audio.ts';
import { finalWords } from '../../fixtures/speech-comparison.ts';
import {
  joinedClips,
  plainWord,
  spokenClip,
  TINY_STREAMING,
  wordErrors,
} from '../../fixtures/spoken-clips.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

/** Clips of which the model hears every word, with a pause behind each. */
const NAMES = ['dialogue-2', 'f4-1', 'slt-1', 'slt-3'];
const PAUSE_MS = 800;
const SPOKEN = NAMES.map(spokenClip);
const SPEECH = joinedClips(SPOKEN, PAUSE_MS);
const BATCHES = pcmBatches(samplesOf(SPEECH.pcm), 16_000);
/** What the vendor recognises. */
const CLIPS = SPOKEN.map(({ name, sampleRate, pcm, words }) => ({
  name,
  sampleRate,
  samples: samplesOf(pcm),
  words: words.map(({ word, start, end }) => {
    return { text: word, startMs: start * 1000, endMs: end * 1000 };
  }),
  speaker: 0,
}));

function samplesOf({ buffer, byteOffset, byteLength }: Uint8Array): Int16Array {
  return new Int16Array(buffer, byteOffset, byteLength / 2);
}

const local = createLocalProvider({ modelsDir: '/nowhere', logger: silentLogger });
let vendor: DeepgramSimulator;
beforeEach(async () => {
  vendor = await DeepgramSimulator.start({ clips: CLIPS });
});
afterEach(() => vendor.close());
afterAll(() => local.close?.());

function transcribe(
  more: Partial<ResumingOptions> = {},
  first: SttProvider | null = null,
): Promise<SttEvent[]> {
  const deepgram = createDeepgramProvider({
    apiKey: 'test-key',
    baseUrl: vendor.url,
    opusMode: 'ogg',
    logger: silentLogger,
    closeTimeoutMs: 300,
    connectTimeoutMs: 5000,
  });
  const choice = { language: 'en', responseTimeoutMs: 60_000 };
  const vendors = { ...choice, provider: deepgram, model: 'nova-3' };
  const here = { ...choice, provider: first ?? local, model: TINY_STREAMING };
  const chain = first === null ? [vendors, here] : [here, vendors];
  const stream = fallback(chain, {
    logger: silentLogger,
    breakers: new Breakers({ openMs: 1, maxOpenMs: 1 }),
    backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
    replaySpeed: Number.POSITIVE_INFINITY,
    overlapMs: 2_000,
    ...more,
  });
  const options = sttOptions({ model: 'nova-3', format: PCM_16K });
  const { signal } = new AbortController();
  return collectEvents(stream.transcribe(fed(BATCHES), options, startAt(0), signal));
}

const changes = (events: readonly SttEvent[]) =>
  events.flatMap((event) =>
    event.type === 'provider-change' ? [`${event.from} > ${event.provider}`] : [],
  );

/** Words that are lost, doubled or at another time; one that the model hears wrongly is not counted. */
function differences(events: readonly SttEvent[]): string[] {
  const heard = finalWords(events).map((word) => ({ ...word, text: plainWord(word.text) }));
  const texts = heard.map(({ text }) => text);
  const said = SPEECH.words.map(({ text }) => text);
  if (texts.length !== said.length || wordErrors(said, texts) > 1) return [texts.join(' ')];
  return heard.flatMap(({ text, startMs }, i) => {
    const lateMs = Math.abs(startMs - (SPEECH.words[i]?.startMs ?? 0));
    return lateMs > 250 ? [`${text} by ${lateMs} ms`] : [];
  });
}

describe('the model on this machine, when the vendor dies', () => {
  /** In the middle of a word each. */
  const instants = SPEECH.words
    .filter((_, i) => i % 9 === 2)
    .map(({ startMs, endMs }) => Math.round((startMs + endMs) / 2));

  it.each(instants)('goes on at once after %i ms, without a word lost or doubled', async (at) => {
    vendor.faults.push({ kind: 'drop', afterAudioMs: at });
    vendor.lastingFault = { kind: 'refuse' };
    const events = await transcribe({ returnAfterMs: 60_000 });
    expect(changes(events)).toEqual(['deepgram > local']);
    expect(differences(events)).toEqual([]);
  });

  it.each(instants.slice(0, 2))('and goes back when it is well: %i ms', async (at) => {
    vendor.faults.push({ kind: 'drop', afterAudioMs: at });
    // Time runs twenty times as fast, and with it what waits.
    const events = await transcribe({ returnAfterMs: 1, quietMs: 5_000 });
    expect(changes(events)).toEqual(['deepgram > local', 'local > deepgram']);
    expect(differences(events)).toEqual([]);
  });
});

describe('a model on this machine that has as many streams as it can serve', () => {
  it('leaves further ones to the next provider, from their first word on', async () => {
    const busy = createLocalProvider({
      modelsDir: '/nowhere',
      logger: silentLogger,
      maxStreams: 1,
    });
    const abort = new AbortController();
    const options = sttOptions({ model: TINY_STREAMING, format: PCM_16K });
    const served = collectEvents(busy.transcribe(silence(abort.signal), options, abort.signal));
    served.catch(() => undefined);
    const state = () =>
      busy.check?.(new AbortController().signal).then(
        () => 'free',
        (error) => error.code,
      );
    await expect.poll(state).toBe('provider-busy');
    const events = await transcribe({ returnAfterMs: 60_000 }, busy);
    expect(changes(events)).toEqual(['local > deepgram']);
    expect(events.find((event) => event.type === 'provider-change')?.reason).toMatch(
      /has 1 streams; this machine keeps up with 1/,
    );
    expect(differences(events)).toEqual([]);
    abort.abort();
    await busy.close?.();
  });
});

/** Silence that comes as long as it is wanted. */
async function* silence(signal: AbortSignal) {
  for (let startMs = 0; !signal.aborted; startMs += 100) {
    yield { startMs, durationMs: 100, frames: [new Uint8Array(3_200)] };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
