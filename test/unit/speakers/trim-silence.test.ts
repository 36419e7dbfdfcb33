import { describe, expect, it } from 'vitest';
import { trimSilence } from '../../../src/speakers/trim-silence.ts';
import { joinSamples } from '../../fixtures/pcm-samples.ts';

const RATE = 16_000;

/** A tone with noise under it. */
function sound(seconds: number, amplitude: number, noise: number): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: seconds * RATE }, (_, i) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const hiss = noise * ((seed / 0x7fff_ffff) * 2 - 1);
    return Math.round(amplitude * Math.sin((2 * Math.PI * 200 * i) / RATE) + hiss);
  });
}

function joined(...parts: Int16Array[]): Int16Array {
  return joinSamples(parts);
}

describe('trimming silence', () => {
  it.each([
    ['digital silence', 0],
    ['a noisy room', 400],
  ])('keeps speech with a margin, in %s', (_, noise) => {
    const pause = sound(3, 0, noise);
    const speech = sound(2, 6000, noise);
    const { samples, speechMs } = trimSilence(joined(pause, speech, pause, speech, pause), RATE);
    expect(speechMs).toBeGreaterThanOrEqual(3_950);
    expect(speechMs).toBeLessThanOrEqual(4_100);
    const keptMs = (samples.length * 1000) / RATE;
    expect(keptMs - speechMs).toBeGreaterThan(700);
    expect(keptMs - speechMs).toBeLessThan(900);
  });

  it('keeps nothing of silence, and all of what is speech throughout', () => {
    expect(trimSilence(new Int16Array(5 * RATE), RATE)).toMatchObject({ speechMs: 0 });
    expect(trimSilence(new Int16Array(5 * RATE), RATE).samples).toHaveLength(0);
    expect(trimSilence(sound(2, 0, 60), RATE).speechMs).toBe(0);
    expect(trimSilence(sound(3, 5000, 100), RATE).samples).toHaveLength(3 * RATE);
    expect(trimSilence(new Int16Array(0), RATE)).toMatchObject({ speechMs: 0 });
  });
});
