import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayableAudio } from '../../../src/audio/replayable-audio.ts';
import { parseWav } from '../../../src/audio/wav.ts';
import { recordingFile, stretchesOf } from '../../../src/recordings/recording-files.ts';

const FORMAT = { encoding: 'pcm-s16le', sampleRate: 16_000 } as const;
const { signal } = new AbortController();
/** Frames of 20 ms that hold their own number, at the given positions of audio. */
function framesAt(positions: readonly number[]): ReplayableAudio {
  return {
    async *readFrom(positionMs) {
      for (const startMs of positions) {
        if (startMs + 20 <= positionMs) continue;
        const frame = new Uint8Array(new Int16Array(320).fill(startMs).buffer);
        yield { startMs, durationMs: 20, frames: [frame] };
      }
    },
  };
}

describe('without ffmpeg', () => {
  const { PATH } = process.env;
  beforeAll(() => {
    process.env.PATH = '';
  });
  afterAll(() => {
    process.env.PATH = PATH;
  });

  it('PCM becomes a WAV file of exactly the stretch', async () => {
    const audio = framesAt([0, 20, 40, 60, 80]);
    const file = await recordingFile(audio, FORMAT, { startMs: 20, endMs: 80 }, signal);
    const parts: Uint8Array[] = [];
    for await (const bytes of file.bytes) parts.push(bytes);
    expect(file.extension).toBe('wav');
    expect(file.facts()).toEqual({
      codec: 'wav',
      sampleRate: 16_000,
      sampleCount: 960,
      preSkip: 0,
    });
    const { samples } = parseWav(Buffer.concat(parts));
    expect([samples.length, samples[0], samples[959]]).toEqual([960, 20, 60]);
  });
});

describe('a log with a gap', () => {
  it('has a stretch on each side of it, within the bounds', async () => {
    const audio = framesAt([0, 20, 40, 100, 120, 140]);
    expect(await stretchesOf(audio, FORMAT, { startMs: 20, endMs: 140 }, signal)).toEqual([
      { startMs: 20, endMs: 60 },
      { startMs: 100, endMs: 140 },
    ]);
  });
});
