import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import type { ReplayableAudio } from '../../../src/audio/replayable-audio.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { replayDelayMs } from '../../../src/stt/connection-audio.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { ResumingOptions } from '../../../src/stt/resuming/resuming.ts';
import type { SttEvent } from '../../../src/stt/stt-event.ts';
import { type SttOptions, type SttProvider, startAt } from '../../../src/stt/stt-provider.ts';
import { joinSamples } from '../../fixtures/pcm-samples.ts';
import { resuming } from '../../fixtures/resuming-stream.ts';
import { LiveAudio, opusBatches, pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import type { DeepgramFault } from '../../simulators/deepgram-faults.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';

const speech = synthesise([
  { speaker: 0, text: 'Good morning Anna, did you send the report to the printer?' },
  { speaker: 1, text: 'Yes, it went out on Tuesday at 9:30 and they called back.' },
  { speaker: 0, text: 'Then please book the room for Friday and ask Omar to bring the samples.' },
  { speaker: 1, text: 'I will do that today.' },
  { speaker: 0, text: 'Thank you. One more thing: the budget is $1,250.' },
]);
const rate = 16_000;

const options = (encoding: 'pcm-s16le' | 'opus'): SttOptions => ({
  format: { encoding, sampleRate: rate },
  language: 'multi',
  model: 'nova-3',
  languageHints: [],
  keyterms: [],
  interim: true,
});
const fast = {
  logger: silentLogger,
  backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
  replaySpeed: Number.POSITIVE_INFINITY,
} satisfies Partial<ResumingOptions>;

let simulator: DeepgramSimulator;
beforeEach(async () => {
  simulator = await DeepgramSimulator.start();
});
afterEach(() => simulator.close());

function deepgram(opusMode: 'ogg' | 'packets' = 'ogg', apiKey = 'test-key'): SttProvider {
  return createDeepgramProvider({
    apiKey,
    baseUrl: simulator.url,
    opusMode,
    logger: silentLogger,
    closeTimeoutMs: 300,
  });
}

async function collect(events: AsyncIterable<SttEvent>): Promise<SttEvent[]> {
  const collected: SttEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

function run(
  audio: ReplayableAudio,
  encoding: 'pcm-s16le' | 'opus',
  more: Partial<ResumingOptions> = {},
  provider = deepgram(),
): Promise<SttEvent[]> {
  const stream = resuming(provider, { ...fast, ...more });
  return collect(
    stream.transcribe(audio, options(encoding), startAt(0), new AbortController().signal),
  );
}

function statesOf(events: readonly SttEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'provider-status' ? [event.state] : []));
}

/** Instants of the fault, milliseconds of audio of each connection; the same in every run. */
function randomInstants(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 200 + (state % 12_000);
  });
}

const batches = {
  'pcm-s16le': pcmBatches(speech.samples, rate),
  opus: opusBatches(speech.samples, rate),
} as const;

describe('resuming', () => {
  it.each(['pcm-s16le', 'opus'] as const)(
    'gives every word of %s once without any fault',
    async (encoding) => {
      const events = await run(new RecordedAudio(batches[encoding]), encoding);
      expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(statesOf(events)).toEqual(['connected']);
      expect(simulator.connections).toHaveLength(1);
    },
  );

  it.each(
    [1, 2, 3, 4, 5, 6].flatMap((seed) =>
      (['pcm-s16le', 'opus'] as const).map((encoding) => ({ seed, encoding })),
    ),
  )(
    'gives every word of $encoding once when connections are lost (seed $seed)',
    async ({ seed, encoding }) => {
      const kinds: DeepgramFault['kind'][] = ['drop', 'close'];
      for (const [i, afterAudioMs] of randomInstants(seed, 6).entries()) {
        simulator.faults.push(
          kinds[i % 2] === 'drop'
            ? { kind: 'drop', afterAudioMs }
            : { kind: 'close', afterAudioMs, code: 1011, reason: 'NET-0000' },
        );
      }
      // Long enough for both voices to be heard again, wherever the connection is lost.
      const more = { overlapMs: 15_000 };
      const events = await run(new RecordedAudio(batches[encoding]), encoding, more);
      expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(simulator.connections.length).toBeGreaterThan(1);
      const ends = events.flatMap((e) => (e.type === 'transcript-final' ? [e.finalUntilMs] : []));
      expect(ends).toEqual([...ends].sort((a, b) => a - b));
      expect(ends.at(-1)).toBeGreaterThanOrEqual(Math.floor(speech.durationMs));
    },
  );

  it('sends raw packets as well as pages', async () => {
    simulator.faults.push({ kind: 'drop', afterAudioMs: 7000 });
    const audio = new RecordedAudio(batches.opus);
    const events = await run(audio, 'opus', {}, deepgram('packets'));
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('loses no word where nothing before the cursor is sent again', async () => {
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 9000 },
      { kind: 'drop', afterAudioMs: 4000 },
    );
    const audio = new RecordedAudio(batches['pcm-s16le']);
    const events = await run(audio, 'pcm-s16le', { overlapMs: 0 });
    const { lost, doubled, invented } = compareSpeech(speech.words, finalWords(events));
    expect({ lost, doubled, invented }).toEqual({ lost: [], doubled: [], invented: [] });
  });

  it('starts where it is told to', async () => {
    const audio = new RecordedAudio(batches['pcm-s16le']);
    const from = speech.words[12]?.startMs ?? 0;
    const stream = resuming(deepgram(), fast);
    const events = await collect(
      stream.transcribe(audio, options('pcm-s16le'), startAt(from), new AbortController().signal),
    );
    const rest = speech.words.slice(12);
    const { lost, doubled, invented } = compareSpeech(rest, finalWords(events));
    expect({ lost, doubled, invented }).toEqual({ lost: [], doubled: [], invented: [] });
  });

  it('gives a connection up that stalls', async () => {
    simulator.faults.push({ kind: 'stall', afterAudioMs: 5000 });
    const audio = new RecordedAudio(batches['pcm-s16le']);
    const events = await run(audio, 'pcm-s16le', { stallTimeoutMs: 100 });
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(statesOf(events)).toEqual(['connected', 'reconnecting', 'connected']);
  });

  it('gives a connection up that does not read', async () => {
    const samples = joinSamples(Array.from({ length: 12 }, () => speech.samples));
    simulator.faults.push({ kind: 'stop-reading', afterAudioMs: 1000 });
    // Half a megabyte a batch, more than the socket's buffers hold.
    const huge = pcmBatches(samples, rate).map((batch) => ({
      ...batch,
      frames: [...batch.frames, new Uint8Array(1 << 19)],
    }));
    const attempts: number[] = [];
    const audio: ReplayableAudio = {
      readFrom: (positionMs, signal) => {
        attempts.push(positionMs);
        const source = attempts.length === 1 ? huge : batches['pcm-s16le'];
        return new RecordedAudio(source).readFrom(positionMs, signal);
      },
    };
    const events = await run(audio, 'pcm-s16le', { stallTimeoutMs: 1_000 });
    expect(statesOf(events)).toEqual(['connected', 'reconnecting', 'connected']);
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('goes on trying while the provider is down, and says so', async () => {
    simulator.faults.push(
      { kind: 'refuse' },
      { kind: 'handshake', status: 429 },
      { kind: 'handshake', status: 500 },
      { kind: 'handshake', status: 401 },
      { kind: 'handshake', status: 400 },
    );
    const events = await run(new RecordedAudio(batches['pcm-s16le']), 'pcm-s16le');
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(statesOf(events)).toEqual(['reconnecting', 'unavailable', 'connected']);
  });

  it('reports a wrong key as unavailable at once, with the reason', async () => {
    simulator.faults.push({ kind: 'handshake', status: 401 });
    const events = await run(new RecordedAudio(batches['pcm-s16le']), 'pcm-s16le');
    expect(events[0]).toMatchObject({
      type: 'provider-status',
      state: 'unavailable',
      reason: expect.stringContaining('provider-unauthorized'),
    });
  });

  it('is connected before there is any audio, and follows live audio', async () => {
    const audio = new LiveAudio();
    const stream = resuming(deepgram(), fast);
    const signal = new AbortController().signal;
    const events: SttEvent[] = [];
    for await (const event of stream.transcribe(audio, options('pcm-s16le'), startAt(0), signal)) {
      events.push(event);
      // Once: on a busy machine the connection may be lost and found again.
      if (events.length === 1) {
        audio.push(...batches['pcm-s16le']);
        audio.end();
      }
    }
    expect(events[0]).toEqual({ type: 'provider-status', state: 'connected', reason: null });
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('ends with the error where the provider stays down after the end of the audio', async () => {
    simulator.lastingFault = { kind: 'handshake', status: 503 };
    const audio = new RecordedAudio(batches['pcm-s16le']);
    await expect(run(audio, 'pcm-s16le', { drainTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
  });

  it('waits for a provider that is down as long as the audio goes on', async () => {
    simulator.lastingFault = { kind: 'refuse' };
    const audio = new LiveAudio();
    const stream = resuming(deepgram(), { ...fast, drainTimeoutMs: 1, unavailableAfter: 6 });
    const events: SttEvent[] = [];
    const signal = new AbortController().signal;
    for await (const event of stream.transcribe(audio, options('pcm-s16le'), startAt(0), signal)) {
      events.push(event);
      if (event.type === 'provider-status' && event.state === 'unavailable') {
        if (simulator.lastingFault === null) continue;
        simulator.lastingFault = null;
        audio.push(...batches['pcm-s16le']);
        setTimeout(() => audio.end(), 100);
      }
    }
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
  });

  it('stops when it is told to, whatever it is doing', async () => {
    for (const fault of [null, { kind: 'refuse' }, { kind: 'hang' }] as const) {
      simulator.lastingFault = fault;
      const abort = new AbortController();
      const stream = resuming(deepgram(), fast);
      const events = collect(
        stream.transcribe(new LiveAudio(), options('pcm-s16le'), startAt(0), abort.signal),
      );
      setTimeout(() => abort.abort(), 50);
      await expect(events).rejects.toMatchObject({ code: 'aborted' });
    }
  });

  it('passes on what reading the audio throws, without a retry', async () => {
    const broken: ReplayableAudio = {
      async *readFrom(): AsyncGenerator<AudioBatch> {
        yield* batches['pcm-s16le'].slice(0, 20);
        throw new Error('the disk is gone');
      },
    };
    await expect(run(broken, 'pcm-s16le')).rejects.toThrow('the disk is gone');
    expect(simulator.connections).toHaveLength(1);
  });

  it('refuses a format that the provider does not take', async () => {
    const provider = createDeepgramProvider({
      apiKey: 'test-key',
      baseUrl: simulator.url,
      opusMode: 'decode',
      logger: silentLogger,
    });
    const audio = new RecordedAudio(batches.opus);
    await expect(run(audio, 'opus', {}, provider)).rejects.toMatchObject({
      code: 'unsupported-codec',
    });
  });
});

describe('replayDelayMs', () => {
  it('lets live audio pass and holds a backlog to the speed', () => {
    expect(replayDelayMs(0, 0, 20)).toBe(0);
    expect(replayDelayMs(60_000, 60_000, 20)).toBe(0);
    expect(replayDelayMs(1000, 0, 20)).toBe(0);
    expect(replayDelayMs(61_000, 0, 20)).toBe(3000);
    expect(replayDelayMs(61_000, 1000, 20)).toBe(2000);
  });
});

describe('the comparison that these tests rest on', () => {
  /** The audio a connection asks for, moved: what a wrong replay would do. */
  function shifted(audio: ReplayableAudio, byMs: number): ReplayableAudio {
    let first = true;
    return {
      readFrom(positionMs, signal) {
        const from = first ? positionMs : Math.max(0, positionMs + byMs);
        first = false;
        return relabel(audio.readFrom(from, signal), positionMs);
      },
    };
  }

  /** Calls whatever comes the audio that was asked for. */
  async function* relabel(source: AsyncIterable<AudioBatch>, positionMs: number) {
    let at = positionMs;
    for await (const batch of source) {
      yield { ...batch, startMs: at };
      at += batch.durationMs;
    }
  }

  it('finds words that a missing replay loses', async () => {
    simulator.faults.push({ kind: 'drop', afterAudioMs: 9000 });
    const audio = shifted(new RecordedAudio(batches['pcm-s16le']), 8000);
    const { lost } = compareSpeech(speech.words, finalWords(await run(audio, 'pcm-s16le')));
    expect(lost.length).toBeGreaterThan(0);
  });

  it('finds words that come twice or at the wrong time', async () => {
    simulator.faults.push({ kind: 'drop', afterAudioMs: 9000 });
    const audio = shifted(new RecordedAudio(batches['pcm-s16le']), -3000);
    const difference = compareSpeech(speech.words, finalWords(await run(audio, 'pcm-s16le')));
    expect(difference.invented.length).toBeGreaterThan(0);
    const doubled = compareSpeech(speech.words, [
      ...finalWords(await run(new RecordedAudio(batches['pcm-s16le']), 'pcm-s16le')),
      ...finalWords(await run(new RecordedAudio(batches['pcm-s16le']), 'pcm-s16le')),
    ]);
    expect(doubled.doubled).toHaveLength(speech.words.length);
  });
});

describe('a connection that was closed unnoticed, by a process too busy to look', () => {
  /** A log that has everything; in one place reading it takes longer than the vendor waits. */
  async function* busyAt(atMs: number, forMs: number, fromMs: number): AsyncGenerator<AudioBatch> {
    for (const batch of pcmBatches(speech.samples, rate)) {
      const endMs = batch.startMs + batch.durationMs;
      if (endMs <= fromMs) continue;
      if (batch.startMs <= atMs && atMs < endMs) {
        // What was sent is heard; then nothing looks at the socket until all is sent.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const until = performance.now() + forMs;
        while (performance.now() < until);
      }
      yield batch;
    }
  }

  it('loses no word that went into the closed socket, though the audio has ended', async () => {
    await simulator.close();
    simulator = await DeepgramSimulator.start({ idleTimeoutMs: 150 });
    let readings = 0;
    const audio: ReplayableAudio = {
      readFrom: (fromMs) => {
        readings += 1;
        return busyAt(readings === 1 ? 6_000 : Number.POSITIVE_INFINITY, 250, fromMs);
      },
    };
    const events = await run(audio, 'pcm-s16le');
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(simulator.connections.map((connection) => connection.closeCode)).toContain(1011);
  });
});
