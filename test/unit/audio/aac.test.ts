import { beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeAac } from '../../../src/audio/aac-decoder.ts';
import { audioClock } from '../../../src/audio/audio-clock.ts';
import type { AudioBatch } from '../../../src/audio/audio-format.ts';
import { aacFrames, hasDecoder } from '../../fixtures/coded-speech.ts';
import { pcmSamples } from '../../fixtures/pcm-samples.ts';
import { synthesise } from '../../fixtures/speech-synthesis.ts';
import { SpeechRecogniser } from '../../simulators/speech-recogniser.ts';

const RATE = 16_000;
const SPEECH = synthesise([
  { speaker: 1, text: 'The frames carry their own length.' },
  { speaker: 4, text: 'So nothing has to be decoded to count them.' },
]);

describe('the clock of AAC', () => {
  const clock = audioClock({ encoding: 'aac', sampleRate: RATE });
  /** The header of a frame of `bytes` bytes, `blocks` blocks, at the rate of index `rate`. */
  function frame(rate: number, bytes = 20, blocks = 1): Uint8Array {
    const message = new Uint8Array(bytes);
    message.set([0xff, 0xf1, (1 << 6) | (rate << 2), 0x40 | (bytes >> 11), (bytes >> 3) & 0xff]);
    message.set([((bytes & 7) << 5) | 0x1f, 0xfc | (blocks - 1)], 5);
    return message;
  }

  it.each([
    [0, 96_000],
    [1, 88_200],
    [3, 48_000],
    [4, 44_100],
    [8, 16_000],
    [10, 11_025],
    [12, 7_350],
  ])('knows the rate of index %i', (index, rate) => {
    const ticks = clock.ticksOf(frame(index));
    expect(Number.isInteger(ticks)).toBe(true);
    expect(clock.toMs(ticks)).toBeCloseTo(1_024_000 / rate, 9);
  });

  it('counts all frames and blocks of a message', () => {
    const message = Buffer.concat([frame(8), frame(8, 31, 3), frame(8, 400)]);
    expect(clock.toMs(clock.ticksOf(message))).toBe(5 * 64);
  });

  it('takes nothing else for frames', () => {
    const whole = frame(8);
    const damaged = [
      new Uint8Array(0),
      whole.subarray(0, 6),
      whole.subarray(0, 19),
      Buffer.concat([whole, Uint8Array.of(0)]),
      frame(13),
      frame(8, 7),
      new Uint8Array(20).fill(0xff),
      new Uint8Array(20),
    ];
    for (const message of damaged) expect(clock.ticksOf(message)).toBe(0);
  });
});

describe('requireFfmpeg', () => {
  it('says what to install where it is missing', async () => {
    vi.resetModules();
    vi.stubEnv('PATH', '/nonexistent');
    const { requireFfmpeg } = await import('../../../src/audio/aac-decoder.ts');
    await expect(requireFfmpeg()).rejects.toMatchObject({
      code: 'unsupported-codec',
      message: expect.stringContaining('apt-get install ffmpeg'),
    });
    vi.unstubAllEnvs();
  });
});

describe.skipIf(!hasDecoder('ffmpeg'))('decodeAac', () => {
  let frames: Uint8Array[];
  // Not while tests are collected, which happens to skipped ones too.
  beforeAll(() => {
    frames = aacFrames(SPEECH.samples, RATE);
  });

  async function* batchesOf(
    parts: readonly Uint8Array[],
    startOf: (index: number) => number = (i) => i * 64,
  ): AsyncGenerator<AudioBatch> {
    for (const [i, part] of parts.entries()) {
      yield { startMs: startOf(i), durationMs: 64, frames: [part] };
    }
  }

  async function decodeAll(source: AsyncIterable<AudioBatch>, rate = RATE) {
    const batches: AudioBatch[] = [];
    for await (const batch of decodeAac(source, rate, new AbortController().signal)) {
      batches.push(batch);
    }
    return batches;
  }

  function wordsIn(batches: readonly AudioBatch[]) {
    const recogniser = new SpeechRecogniser(RATE, null);
    const pcm = Buffer.concat(batches.flatMap((batch) => batch.frames));
    const samples = pcmSamples(pcm);
    return [...recogniser.push(samples), ...recogniser.push(new Int16Array(RATE))];
  }

  it('gives every word at its time, and as much audio as went in', async () => {
    const batches = await decodeAll(batchesOf(frames));
    const last = batches.at(-1);
    expect((last?.startMs ?? 0) + (last?.durationMs ?? 0)).toBe(frames.length * 64);
    const words = wordsIn(batches);
    expect(words.map((word) => word.text)).toEqual(SPEECH.words.map((word) => word.text));
    for (const [i, word] of words.entries()) {
      // The encoder puts its own 1024 samples of silence first.
      expect(Math.abs(word.startMs - 64 - (SPEECH.words[i]?.startMs ?? 0))).toBeLessThan(30);
    }
  });

  it('times follow each other without a gap', async () => {
    let expected = 0;
    for (const batch of await decodeAll(batchesOf(frames))) {
      expect(batch.startMs).toBeCloseTo(expected, 6);
      expect(batch.frames.reduce((n, f) => n + f.length, 0)).toBe(batch.durationMs * (RATE / 500));
      expected = batch.startMs + batch.durationMs;
    }
  });

  it('comes out while more still comes in', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    async function* live(): AsyncGenerator<AudioBatch> {
      yield* batchesOf(frames.slice(0, 10));
      await held;
    }
    let heardMs = 0;
    for await (const batch of decodeAac(live(), RATE, new AbortController().signal)) {
      heardMs = batch.startMs + batch.durationMs;
      if (heardMs >= 7 * 64) release();
    }
    expect(heardMs).toBe(640);
  });

  it('makes silence of a frame that cannot be decoded', async () => {
    const at = Math.floor(frames.length / 2);
    const damaged = frames.map((frame, i) => {
      if (i !== at && i !== at + 1) return frame;
      return Uint8Array.from(frame, (byte, n) => (n < 7 ? byte : (n * 37) & 0xff));
    });
    const batches = await decodeAll(batchesOf(damaged));
    const last = batches.at(-1);
    const endMs = (last?.startMs ?? 0) + (last?.durationMs ?? 0);
    expect(Math.abs(endMs - frames.length * 64)).toBeLessThanOrEqual(1);
    const after = wordsIn(batches).filter((word) => word.startMs > (at + 12) * 64);
    expect(after.length).toBeGreaterThan(0);
    for (const word of after) {
      const spoken = SPEECH.words.filter((w) => w.text === word.text);
      const best = Math.min(...spoken.map((w) => Math.abs(word.startMs - 64 - w.startMs)));
      expect(best).toBeLessThan(30);
    }
  });

  it('goes on behind a gap at the time that it has', async () => {
    const batches = await decodeAll(
      batchesOf(frames.slice(0, 20), (i) => (i < 8 ? i : i + 50) * 64),
    );
    const starts = batches.map((batch) => batch.startMs);
    expect(starts).toContain(58 * 64);
    const last = batches.at(-1);
    expect((last?.startMs ?? 0) + (last?.durationMs ?? 0)).toBe(70 * 64);
    const heardMs = batches.reduce((sum, batch) => sum + batch.durationMs, 0);
    expect(heardMs).toBe(20 * 64);
  });

  it('gives the rate that was asked for', async () => {
    const batches = await decodeAll(batchesOf(frames), 8_000);
    const bytes = batches.flatMap((batch) => batch.frames).reduce((sum, f) => sum + f.length, 0);
    expect(Math.abs(bytes / 16 - frames.length * 64)).toBeLessThan(5);
  });

  it('ends when it is aborted, though more comes', async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<AudioBatch> {
      for (let i = 0; ; i += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        const frame = frames[i % frames.length] ?? new Uint8Array();
        yield { startMs: i * 64, durationMs: 64, frames: [frame] };
      }
    }
    let batches = 0;
    for await (const _ of decodeAac(endless(), RATE, controller.signal)) {
      batches += 1;
      if (batches === 3) controller.abort();
    }
    expect(batches).toBeGreaterThanOrEqual(3);
  });

  it('says that its audio is not decodable where nothing comes out', async () => {
    const garbage = frames.slice(0, 5).map((frame) => new Uint8Array(frame.length).fill(0x55));
    await expect(decodeAll(batchesOf(garbage))).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
  });
});
