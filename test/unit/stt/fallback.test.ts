import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReplayableAudio } from '../../../src/audio/replayable-audio.ts';
import { AppError } from '../../../src/kernel/errors.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { Breakers } from '../../../src/stt/breaker.ts';
import { type FallbackChoice, fallback } from '../../../src/stt/fallback.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { ResumingOptions } from '../../../src/stt/resuming/resuming.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { type SttOptions, type SttProvider, startAt } from '../../../src/stt/stt-provider.ts';
import {
  fed,
  LiveAudio,
  opusBatches,
  pcmBatches,
  RecordedAudio,
} from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { DeepgramFault } from '../../simulators/deepgram-faults.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

const speech = synthesise([
  { speaker: 0, text: 'Good morning Anna, did you send the report to the printer?' },
  { speaker: 1, text: 'Yes, it went out on Tuesday at 9:30 and they called back.' },
  { speaker: 0, text: 'Then please book the room for Friday and ask Omar to bring the samples.' },
]);
const rate = 16_000;
const batches = pcmBatches(speech.samples, rate);
const options: SttOptions = {
  format: { encoding: 'pcm-s16le', sampleRate: rate },
  language: 'multi',
  languageHints: [],
  model: 'nova-3',
  keyterms: [],
  interim: false,
};

let first: DeepgramSimulator;
let second: DeepgramSimulator;
let breakers: Breakers;
beforeEach(async () => {
  first = await DeepgramSimulator.start();
  second = await DeepgramSimulator.start();
  breakers = new Breakers();
});
afterEach(() => Promise.all([first.close(), second.close()]));

/** The simulated service under a name of its own. */
function provider(simulator: DeepgramSimulator, name: string, encoding?: 'decode'): SttProvider {
  const deepgram = createDeepgramProvider({
    apiKey: 'test-key',
    baseUrl: simulator.url,
    opusMode: encoding ?? 'ogg',
    logger: silentLogger,
    closeTimeoutMs: 300,
    connectTimeoutMs: 5000,
  });
  return { ...deepgram, name };
}

const choice = (sttProvider: SttProvider, responseTimeoutMs = 60_000): FallbackChoice => ({
  provider: sttProvider,
  model: 'nova-3',
  language: 'multi',
  responseTimeoutMs,
});

const chain = (responseTimeoutMs?: number): FallbackChoice[] => [
  choice(provider(first, 'first'), responseTimeoutMs),
  choice(provider(second, 'second'), responseTimeoutMs),
];

function stream(choices: readonly FallbackChoice[], more: Partial<ResumingOptions> = {}) {
  return fallback(choices, {
    logger: silentLogger,
    breakers,
    backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
    replaySpeed: Number.POSITIVE_INFINITY,
    // Long enough for both voices to be heard again, wherever the connection is lost.
    overlapMs: 15_000,
    ...more,
  });
}

async function run(
  audio: ReplayableAudio,
  choices: readonly FallbackChoice[],
  more: Partial<ResumingOptions> = {},
  sttOptions = options,
): Promise<SttEvent[]> {
  const events: SttEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of stream(choices, more).transcribe(
    audio,
    sttOptions,
    startAt(0),
    signal,
  )) {
    events.push(event);
  }
  return events;
}

const changes = (events: readonly SttEvent[]): string[] =>
  events.flatMap((e) => (e.type === 'provider-change' ? [`${e.from} > ${e.provider}`] : []));
const states = (events: readonly SttEvent[]): string[] =>
  events.flatMap((e) => (e.type === 'provider-status' ? [e.state] : []));

const FAULTS: Record<string, DeepgramFault> = {
  refused: { kind: 'refuse' },
  401: { kind: 'handshake', status: 401 },
  402: { kind: 'handshake', status: 402 },
  403: { kind: 'handshake', status: 403 },
  429: { kind: 'handshake', status: 429 },
  500: { kind: 'handshake', status: 500 },
  400: { kind: 'handshake', status: 400 },
  hang: { kind: 'hang' },
  drop: { kind: 'drop', afterAudioMs: 5210 },
  close: { kind: 'close', afterAudioMs: 7333, code: 1011, reason: 'internal' },
  stall: { kind: 'stall', afterAudioMs: 6100 },
};

describe('fallback', () => {
  it('stays with the first while that is well', async () => {
    const events = await run(new RecordedAudio(batches), chain());
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect([changes(events), states(events)]).toEqual([[], ['connected']]);
    expect(second.connections).toHaveLength(0);
  });

  it.each(Object.entries(FAULTS))('goes on with the second at once: %s', async (_name, fault) => {
    first.lastingFault = fault;
    // Short if the fault is the waiting; elsewhere a busy machine must not look like a fault.
    const more =
      fault.kind === 'hang' || fault.kind === 'stall'
        ? { stallTimeoutMs: 300, connectWithinMs: 300 }
        : {};
    const events = await run(new RecordedAudio(batches), chain(), more);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(changes(events)).toEqual(['first > second']);
    // The client never hears of trouble that somebody else has taken care of.
    expect(states(events)).toEqual(['connected']);
  });

  it('tells who makes the words, before the words', async () => {
    first.lastingFault = { kind: 'drop', afterAudioMs: 6000 };
    const events = await run(new RecordedAudio(batches), chain());
    const kinds = events.flatMap((e) => {
      if (e.type === 'provider-change') return ['change'];
      return e.type === 'transcript-final' && e.words.length > 0 ? ['words'] : [];
    });
    expect(kinds).toContain('change');
    expect(kinds.indexOf('change')).toBeGreaterThan(0);
    expect(kinds.at(-1)).toBe('words');
    expect(events.find((e) => e.type === 'provider-change')).toMatchObject({
      provider: 'second',
      from: 'first',
      reason: expect.stringContaining('provider-unavailable'),
    });
  });

  it('gives each the audio in its own form', async () => {
    first.lastingFault = { kind: 'drop', afterAudioMs: 6000 };
    const mixed = [choice(provider(first, 'first')), choice(provider(second, 'second', 'decode'))];
    const opus = { ...options, format: { encoding: 'opus', sampleRate: rate } } as const;
    const audio = new RecordedAudio(opusBatches(speech.samples, rate));
    const events = await run(audio, mixed, {}, opus);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(first.connections[0]?.query.get('encoding')).toBeNull();
    expect(second.connections[0]?.query.get('encoding')).toBe('linear16');
  });

  it('asks the third where the second is no better', async () => {
    const third = await DeepgramSimulator.start();
    first.lastingFault = { kind: 'handshake', status: 500 };
    second.lastingFault = { kind: 'drop', afterAudioMs: 4000 };
    const choices = [...chain(), choice(provider(third, 'third'))];
    const events = await run(new RecordedAudio(batches), choices);
    await third.close();
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(changes(events).at(-1)).toBe('second > third');
  });

  it('says so where nobody is left, and goes on when anybody is back', async () => {
    first.lastingFault = { kind: 'refuse' };
    second.lastingFault = { kind: 'handshake', status: 503 };
    const audio = new LiveAudio();
    audio.push(...batches);
    const events: SttEvent[] = [];
    const { signal } = new AbortController();
    for await (const event of stream(chain()).transcribe(audio, options, startAt(0), signal)) {
      events.push(event);
      if (event.type !== 'provider-status' || event.state !== 'unavailable') continue;
      second.lastingFault = null;
      audio.end();
    }
    expect(states(events)).toEqual(['reconnecting', 'unavailable', 'connected']);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('does not ask whom other sessions have found to be down', async () => {
    first.lastingFault = { kind: 'handshake', status: 402 };
    await run(new RecordedAudio(batches), chain());
    expect(breakers.of('first').state).toBe('open');
    first.lastingFault = null;
    const events = await run(new RecordedAudio(batches), chain());
    expect(first.connections).toHaveLength(0);
    expect(changes(events)).toEqual(['first > second']);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('asks a lone provider whatever its breaker says', async () => {
    const failure = new AppError('provider-quota', 'no credit');
    breakers.of('first').failed(failure);
    const events = await run(new RecordedAudio(batches), [choice(provider(first, 'first'))]);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('goes back when the first has recovered, without a word lost or doubled', async () => {
    first.faults.push({ kind: 'drop', afterAudioMs: 4000 });
    const events = await run(fed(batches), chain(), { returnAfterMs: 1 });
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(changes(events)).toEqual(['first > second', 'second > first']);
    expect(events.findLast((e) => e.type === 'provider-change')).toMatchObject({ reason: null });
  });

  it('stays where it is while the first has not recovered', async () => {
    first.lastingFault = { kind: 'handshake', status: 500 };
    breakers = new Breakers({ openMs: 1, maxOpenMs: 1 });
    const more = { returnAfterMs: 1, maxReturnAfterMs: 1 };
    const events = await run(fed(batches), chain(), more);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(changes(events)).toEqual(['first > second']);
  });

  it('suspects who keeps silent about speech, and blames it once another hears words', async () => {
    breakers = new Breakers({ failures: 1 });
    first.lastingFault = { kind: 'stall', afterAudioMs: 3000 };
    const events = await run(fed(batches), chain(100));
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(changes(events)).toEqual(['first > second']);
    expect(breakers.of('first').state).toBe('open');
  });

  it('acquits who keeps silent about noise', async () => {
    breakers = new Breakers({ failures: 1 });
    first.faults.push({ kind: 'stall', afterAudioMs: 0 });
    const hum = pcmBatches(noise(6000), rate);
    const events = await run(fed(hum), chain(100));
    expect(finalWords(events)).toEqual([]);
    expect(changes(events)[0]).toBe('first > second');
    expect(breakers.of('first').state).toBe('closed');
  });

  it('does not suspect anybody of silence about silence', async () => {
    first.faults.push({ kind: 'stall', afterAudioMs: 0 });
    const silence = pcmBatches(new Int16Array(3 * rate), rate);
    const more = { stallTimeoutMs: 300 };
    const events = await run(fed(silence), chain(20), more);
    expect(changes(events)).toEqual(['first > second']);
    // By the timeout of the provider's own close, not by suspicion.
    expect(events.find((e) => e.type === 'provider-change')).toMatchObject({
      reason: expect.stringMatching(/last words|stopped answering/),
    });
  });

  it('ends when it is told to', async () => {
    first.lastingFault = { kind: 'hang' };
    second.lastingFault = { kind: 'refuse' };
    const abort = new AbortController();
    const reading = (async () => {
      for await (const event of stream(chain()).transcribe(
        new LiveAudio(),
        options,
        startAt(0),
        abort.signal,
      )) {
        void event;
      }
    })();
    setTimeout(() => abort.abort(), 50);
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });
});

/** A loud hum in which nobody says anything; it comes and goes, so that it is not taken for silence. */
function noise(ms: number): Int16Array {
  const samples = new Int16Array((ms * rate) / 1000);
  return samples.map((_, i) => {
    const loud = Math.floor(i / rate) % 2 === 1;
    return loud ? Math.round(6000 * Math.sin((2 * Math.PI * 90 * i) / rate)) : 0;
  });
}
