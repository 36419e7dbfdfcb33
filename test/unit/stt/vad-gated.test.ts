import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import type { ReplayableAudio } from '../../../src/audio/replayable-audio.ts';
import { createWebRtcVoiceActivity } from '../../../src/audio/voice-activity-webrtc.ts';
import { silentLogger } from '../../../src/kernel/logger.ts';
import { createDeepgramProvider } from '../../../src/stt/providers/deepgram/deepgram-provider.ts';
import type { SttEvent, SttWord } from '../../../src/stt/stt-event.ts';
import {
  type SttOptions,
  type SttProvider,
  type SttStream,
  startAt,
} from '../../../src/stt/stt-provider.ts';
import { type VadGateOptions, vadGated } from '../../../src/stt/vad-gated.ts';
import { resuming } from '../../fixtures/resuming-stream.ts';
import { LiveAudio, opusBatches, pcmBatches, RecordedAudio } from '../../fixtures/speech-audio.ts';
import { compareSpeech, finalWords, NO_DIFFERENCE } from '../../fixtures/speech-comparison.ts';
import { type SpokenWord, synthesise } from '../../fixtures/speech-synthesis.ts';
import { STT_VENDORS } from '../../fixtures/stt-vendors.ts';
import { DeepgramSimulator } from '../../simulators/deepgram-simulator.ts';
import { loadSpeechClips } from '../../simulators/speech-clips.ts';

const clips = loadSpeechClips();
const RATE = 16_000;
const PAUSE_MS = 15_000;
const speech = synthesise(
  [
    { speaker: 0, text: 'Good morning Anna, did you send the report?' },
    { speaker: 1, text: 'Yes, it went out on Tuesday at 9:30.' },
    { speaker: 0, text: 'I see.' },
    { speaker: 1, text: 'Then please book the room for Friday.' },
  ],
  { leadMs: 12_000, utteranceGapMs: PAUSE_MS, tailMs: 12_000 },
);
const batches = {
  'pcm-s16le': pcmBatches(speech.samples, RATE),
  opus: opusBatches(speech.samples, RATE),
} as const;
/** Five silences of which all but the hangover and the pre-roll are saved. */
const SILENCE_MS = 3 * PAUSE_MS + 2 * 12_000;
const KEPT_MS = 5 * 4_500;

/**
 * A recording that comes as fast as it is read, but waits in each pause for the words before it: how
 * much silence is saved must not depend on how busy the machine is.
 */
class AnsweredAudio implements ReplayableAudio {
  /** Milliseconds of audio that were read, over all readings. */
  readMs = 0;
  readonly #batches: readonly AudioBatch[];
  readonly #heard: () => number;
  readonly #words: readonly SpokenWord[];

  /** @param heard number of words that have come */
  constructor(source: readonly AudioBatch[], heard: () => number, words = speech.words) {
    this.#batches = source;
    this.#heard = heard;
    this.#words = words;
  }

  async *readFrom(positionMs: number, signal: AbortSignal): AsyncGenerator<AudioBatch> {
    for (const batch of this.#batches) {
      if (batch.startMs + batch.durationMs <= positionMs) continue;
      const before = this.#words.filter(({ startMs }) => startMs < batch.startMs);
      const inPause = (before.at(-1)?.endMs ?? 0) + 1_500 < batch.startMs;
      const giveUpAt = performance.now() + 5_000;
      do {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) return;
      } while (inPause && this.#heard() < before.length && performance.now() < giveUpAt);
      this.readMs += batch.durationMs;
      yield batch;
    }
  }
}

let simulator: DeepgramSimulator;
beforeEach(async () => {
  simulator = await DeepgramSimulator.start();
});
afterEach(() => simulator.close());

const sttOptions = (encoding: 'pcm-s16le' | 'opus'): SttOptions => ({
  format: { encoding, sampleRate: RATE },
  language: 'multi',
  model: 'nova-3',
  languageHints: [],
  keyterms: [],
  interim: false,
});

function deepgram(): SttProvider {
  return createDeepgramProvider({
    apiKey: 'test-key',
    baseUrl: simulator.url,
    opusMode: 'ogg',
    logger: silentLogger,
    closeTimeoutMs: 300,
  });
}

function gatedDeepgram(options: Partial<VadGateOptions> = {}): {
  stream: SttStream;
  silentMs: () => number;
} {
  let silentMs = 0;
  const inner = resuming(deepgram(), {
    logger: silentLogger,
    backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
    replaySpeed: Number.POSITIVE_INFINITY,
    // Long enough for both voices to be heard again, wherever the connection is lost.
    overlapMs: 40_000,
  });
  const stream = vadGated(inner, {
    mode: 'active',
    createDetector: createWebRtcVoiceActivity,
    onSilence: (ms) => {
      silentMs += ms;
    },
    ...options,
  });
  return { stream, silentMs: () => silentMs };
}

async function run(
  stream: SttStream,
  makeAudio: (heard: () => number) => ReplayableAudio,
  encoding: 'pcm-s16le' | 'opus',
): Promise<SttEvent[]> {
  const events: SttEvent[] = [];
  const { signal } = new AbortController();
  const audio = makeAudio(() => finalWords(events).length);
  for await (const event of stream.transcribe(audio, sttOptions(encoding), startAt(0), signal)) {
    events.push(event);
  }
  return events;
}

const answered = (encoding: 'pcm-s16le' | 'opus') => (heard: () => number) =>
  new AnsweredAudio(batches[encoding], heard);

const sentMs = () => simulator.connections.reduce((sum, { audioMs }) => sum + audioMs, 0);

function finalPositions(events: readonly SttEvent[]): number[] {
  return events.flatMap((e) => (e.type === 'transcript-final' ? [e.finalUntilMs] : []));
}

/** A provider whose last word becomes final only when it has heard `lateMs` of what follows it. */
function lateForLastWord(words: readonly SttWord[], lateMs: number): SttStream {
  return {
    async *transcribe(audio, _options, { fromMs }, signal) {
      const last = words.at(-1);
      if (!last) return;
      const final = (some: readonly SttWord[], finalUntilMs: number): SttEvent => ({
        type: 'transcript-final',
        words: [...some],
        finalUntilMs,
        receivedAt: 0,
      });
      let heardMs = fromMs;
      let given = 0;
      for await (const batch of audio.readFrom(fromMs, signal)) {
        heardMs = batch.startMs + batch.durationMs;
        if (given === 0 && heardMs > last.endMs + 200) {
          given = words.length - 1;
          yield final(words.slice(0, -1), last.startMs);
        }
        if (given === words.length - 1 && heardMs > last.endMs + lateMs) {
          given = words.length;
          yield final([last], heardMs);
        }
      }
      yield final(words.slice(given), heardMs);
    },
  };
}

describe('a short last word that becomes final late', () => {
  const talk = synthesise([{ speaker: 0, text: 'Did you see it? I did.' }], { tailMs: 30_000 });
  const words = talk.words.map((word) => ({ ...word, confidence: null, language: null }));

  it.each([1_000, 5_000, 8_000])('%i ms: is not passed over by the position', async (lateMs) => {
    const stream = vadGated(lateForLastWord(words, lateMs), {
      mode: 'active',
      createDetector: createWebRtcVoiceActivity,
      onSilence: () => undefined,
    });
    const audio = new RecordedAudio(pcmBatches(talk.samples, RATE));
    const signal = new AbortController().signal;
    const given: SttWord[] = [];
    for await (const event of stream.transcribe(
      audio,
      sttOptions('pcm-s16le'),
      startAt(0),
      signal,
    )) {
      if (event.type !== 'transcript-final') continue;
      given.push(...event.words);
      const before = words.filter((word) => (word.startMs + word.endMs) / 2 < event.finalUntilMs);
      expect(given.length).toBeGreaterThanOrEqual(before.length);
    }
    expect(given.map(({ text }) => text)).toEqual(words.map(({ text }) => text));
  });
});

describe('voice activity gating', () => {
  it.each(['pcm-s16le', 'opus'] as const)(
    'keeps silence of %s back and every word at its time',
    async (encoding) => {
      const { stream, silentMs } = gatedDeepgram();
      const events = await run(stream, answered(encoding), encoding);
      expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(sentMs()).toBeLessThan(speech.durationMs - SILENCE_MS + KEPT_MS + 3_000);
      expect(sentMs() + silentMs()).toBeGreaterThan(speech.durationMs - 600);
      expect(sentMs() + silentMs()).toBeLessThan(speech.durationMs + 400);
    },
  );

  it.skipIf(clips.length === 0)('clips no word of real speech after silence', async () => {
    await simulator.close();
    simulator = await DeepgramSimulator.start({ clips });
    const padMs = 10_000;
    const words: SpokenWord[] = [];
    const parts = clips.flatMap(({ samples }) => [new Int16Array((padMs * RATE) / 1000), samples]);
    const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const [i, part] of parts.entries()) {
      samples.set(part, at);
      const clip = i % 2 === 1 ? clips[(i - 1) / 2] : undefined;
      const fromMs = (at * 1000) / RATE;
      for (const { text, startMs, endMs } of clip?.words ?? []) {
        words.push({ text, startMs: startMs + fromMs, endMs: endMs + fromMs, speaker: 0 });
      }
      at += part.length;
    }
    const { stream, silentMs } = gatedDeepgram();
    // The simulator takes a word for heard only if every sample of it has come.
    const makeAudio = (heard: () => number) =>
      new AnsweredAudio(pcmBatches(samples, RATE), heard, words);
    const events = await run(stream, makeAudio, 'pcm-s16le');
    const plain = finalWords(events).map((word) => ({
      ...word,
      text: word.text.toLowerCase().replace(/[.,?]/g, ''),
    }));
    const { lost, doubled, invented } = compareSpeech(words, plain);
    expect({ lost, doubled, invented }).toEqual({ lost: [], doubled: [], invented: [] });
    expect(silentMs()).toBeGreaterThan(clips.length * (padMs - 5_000));
  });

  it('moves the final position on through silence, never back', async () => {
    const { stream } = gatedDeepgram();
    const events = await run(stream, answered('pcm-s16le'), 'pcm-s16le');
    const positions = finalPositions(events);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    // In the middle of a pause, if nothing is sent any more, and after the last word.
    const [second] = speech.words.filter((word) => word.speaker === 1);
    const pauseEnd = second?.startMs ?? 0;
    const inPause = positions.filter((ms) => ms > pauseEnd - 8_000 && ms < pauseEnd - 400);
    expect(inPause.length).toBeGreaterThan(3);
    expect(positions.at(-1)).toBeGreaterThan(speech.durationMs - 2_000);
    // Silence is never taken for final over words that are still to come.
    for (const [i, event] of events.entries()) {
      if (event.type !== 'transcript-final') continue;
      const before = Math.max(0, ...finalPositions(events.slice(0, i)));
      for (const word of event.words) expect(word.startMs).toBeGreaterThanOrEqual(before - 1);
    }
  });

  it.each(
    [2_500, 9_000, 14_300].flatMap((afterAudioMs) =>
      (['pcm-s16le', 'opus'] as const).map((encoding) => ({ afterAudioMs, encoding })),
    ),
  )(
    'gives every word of $encoding once when connections are lost after $afterAudioMs ms',
    async ({ afterAudioMs, encoding }) => {
      simulator.faults.push(
        { kind: 'drop', afterAudioMs },
        { kind: 'close', afterAudioMs: afterAudioMs + 1_700, code: 1011, reason: 'NET-0000' },
        { kind: 'handshake', status: 503 },
        { kind: 'drop', afterAudioMs: afterAudioMs + 3_100 },
      );
      const { stream } = gatedDeepgram();
      const events = await run(stream, answered(encoding), encoding);
      expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
      expect(simulator.connections.length).toBeGreaterThan(2);
    },
  );

  it('counts silence once, however often it is read', async () => {
    simulator.faults.push(
      { kind: 'drop', afterAudioMs: 12_000 },
      { kind: 'drop', afterAudioMs: 14_000 },
    );
    let readMs = () => 0;
    const { stream, silentMs } = gatedDeepgram();
    const makeAudio = (heard: () => number) => {
      const audio = new AnsweredAudio(batches['pcm-s16le'], heard);
      readMs = () => audio.readMs;
      return audio;
    };
    await run(stream, makeAudio, 'pcm-s16le');
    expect(readMs()).toBeGreaterThan(speech.durationMs + 5_000);
    expect(silentMs()).toBeLessThan(SILENCE_MS);
    expect(silentMs()).toBeGreaterThan(SILENCE_MS - KEPT_MS - 10_000);
  });

  it('only counts in shadow mode', async () => {
    const { stream, silentMs } = gatedDeepgram({ mode: 'shadow' });
    const events = await run(stream, answered('pcm-s16le'), 'pcm-s16le');
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    expect(sentMs()).toBeCloseTo(speech.durationMs, 0);
    expect(silentMs()).toBeGreaterThan(SILENCE_MS - KEPT_MS - 1_000);
  });

  it('goes on sending silence until the provider has answered to the speech', async () => {
    simulator.faults.push({ kind: 'late-results', delayMs: 10 });
    const { stream, silentMs } = gatedDeepgram({ responseTimeoutMs: 60_000 });
    const events = await run(stream, () => new RecordedAudio(batches['pcm-s16le']), 'pcm-s16le');
    expect(compareSpeech(speech.words, finalWords(events))).toEqual(NO_DIFFERENCE);
    // Only the silence before the first word is known to be no speech.
    expect(silentMs()).toBeLessThan(12_000);
  });

  it('keeps hours of silence to itself, and hears the first word after them whole', async () => {
    const audio = new LiveAudio();
    const { stream, silentMs } = gatedDeepgram();
    const hourMs = 60 * 60_000;
    const oneSecond = new Uint8Array(RATE * 2);
    const events = run(stream, () => audio, 'pcm-s16le');
    for (let at = 0; at < hourMs; at += 1_000) {
      audio.push({ startMs: at, durationMs: 1_000, frames: [oneSecond] });
    }
    const said = synthesise([{ speaker: 0, text: 'I am here.' }], { leadMs: 0 });
    audio.push(
      ...pcmBatches(said.samples, RATE).map((b) => ({ ...b, startMs: b.startMs + hourMs })),
    );
    audio.end();
    const words = said.words.map((word) => ({
      ...word,
      startMs: word.startMs + hourMs,
      endMs: word.endMs + hourMs,
    }));
    expect(compareSpeech(words, finalWords(await events))).toEqual(NO_DIFFERENCE);
    // The hangover at the beginning, the pre-roll, and what was said.
    expect(sentMs()).toBeGreaterThan(4_000 + 300 + said.durationMs - 60);
    expect(sentMs()).toBeLessThan(4_000 + 400 + said.durationMs + 1_000);
    expect(silentMs()).toBeGreaterThan(hourMs - 5_500);
  });

  it('says that silence is final while it lasts', async () => {
    const audio = new LiveAudio();
    const { stream } = gatedDeepgram();
    const { signal } = new AbortController();
    const events = stream.transcribe(audio, sttOptions('pcm-s16le'), startAt(0), signal);
    for (let at = 0; at < 60_000; at += 1_000) {
      const frames = [new Uint8Array(RATE * 2)];
      audio.push({ startMs: at, durationMs: 1_000, frames });
    }
    // The audio goes on; nothing but the silence itself can have moved the position.
    for await (const event of events) {
      if (event.type !== 'transcript-final' || event.finalUntilMs < 58_000) continue;
      expect(event.finalUntilMs).toBeLessThanOrEqual(59_700);
      break;
    }
    audio.end();
  });
});

describe.each(Object.entries(STT_VENDORS))('gating of %s', (_name, start) => {
  it.each([false, true])('saves silence and moves no word; connections lost: %s', async (lost) => {
    const vendor = await start([]);
    try {
      if (lost) {
        vendor.fail({ kind: 'drop', afterAudioMs: 9_000 });
        vendor.fail({ kind: 'drop', afterAudioMs: 11_000 });
      }
      const { provider } = vendor;
      let sent = 0;
      let silentMs = 0;
      const counted: SttProvider = {
        ...provider,
        async *transcribe(audio, options, signal) {
          async function* counting() {
            for await (const batch of audio) {
              sent += batch.durationMs;
              yield batch;
            }
          }
          yield* provider.transcribe(counting(), options, signal);
        },
      };
      const inner = resuming(counted, {
        logger: silentLogger,
        backoff: { initialMs: 1, maxMs: 5, jitter: 0.5 },
        replaySpeed: Number.POSITIVE_INFINITY,
        overlapMs: 40_000,
      });
      const stream = vadGated(inner, {
        mode: 'active',
        createDetector: createWebRtcVoiceActivity,
        onSilence: (ms) => {
          silentMs += ms;
        },
      });
      const events: SttEvent[] = [];
      const audio = new AnsweredAudio(batches['pcm-s16le'], () => finalWords(events).length);
      const options = { ...sttOptions('pcm-s16le'), model: vendor.model, language: 'en' };
      const { signal } = new AbortController();
      for await (const event of stream.transcribe(audio, options, startAt(0), signal))
        events.push(event);
      const { lost: missing, doubled, invented } = compareSpeech(speech.words, finalWords(events));
      expect({ missing, doubled, invented }).toEqual({ missing: [], doubled: [], invented: [] });
      expect(silentMs).toBeGreaterThan(SILENCE_MS - KEPT_MS - 10_000);
      if (!lost) expect(sent + silentMs).toBeLessThan(speech.durationMs + 500);
    } finally {
      await vendor.close();
    }
  });
});
