import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from '../../../src/audio/resample.ts';
import { pcmSamples } from '../../fixtures/pcm-samples.ts';

function pcm(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function resample(samples: Int16Array, from: number, to: number, pieceSize = 480): Int16Array {
  const resampler = new Resampler(from, to);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < samples.length; at += pieceSize) {
    pieces.push(resampler.push(pcm(samples.slice(at, at + pieceSize))));
  }
  pieces.push(resampler.end());
  return pcmSamples(Buffer.concat(pieces));
}

function tone(hertz: number, rate: number, seconds: number, amplitude = 10_000): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)),
  );
}

function rms(samples: Int16Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('Resampler', () => {
  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [8_000, 16_000],
    [24_000, 16_000],
    [16_000, 48_000],
  ])('%i to %i Hz: a tone stays where it was', (from, to) => {
    const made = resample(tone(440, from, 1), from, to);
    const expected = tone(440, to, 1);
    expect(made.length).toBe(expected.length);
    // The ends are next to silence, which the filter smears.
    let worst = 0;
    for (let i = 500; i < made.length - 500; i += 1) {
      worst = Math.max(worst, Math.abs((made[i] ?? 0) - (expected[i] ?? 0)));
    }
    expect(worst).toBeLessThan(60);
  });

  it('lets nothing through that the lower rate cannot hold', () => {
    const above = resample(tone(11_000, 48_000, 1), 48_000, 16_000);
    expect(rms(above.subarray(200, -200))).toBeLessThan(10);
    const below = resample(tone(6_000, 48_000, 1), 48_000, 16_000);
    expect(rms(below.subarray(200, -200))).toBeGreaterThan(7_000);
  });

  it('does not care how the input is cut', () => {
    const input = tone(700, 44_100, 0.2);
    const whole = resample(input, 44_100, 16_000, input.length);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), (pieceSize) => {
        expect(resample(input, 44_100, 16_000, pieceSize)).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('makes exactly as much as the rates say, and drifts by nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(8_000, 11_025, 22_050, 44_100, 48_000),
        fc.integer({ min: 0, max: 5_000 }),
        (from, count) => {
          const made = resample(new Int16Array(count), from, 16_000);
          expect(made.length).toBe(Math.ceil((count * 16_000) / from));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('clips instead of wrapping around', () => {
    const square = Int16Array.from({ length: 4_800 }, (_, i) => (i % 96 < 48 ? 32_767 : -32_768));
    const made = resample(square, 48_000, 16_000);
    for (let i = 1; i < made.length; i += 1) {
      // Within a half wave the sign does not change.
      if (i % 32 > 3 && i % 32 < 13) expect(made[i]).toBeGreaterThan(25_000);
    }
  });
});
