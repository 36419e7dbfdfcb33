import { describe, expect, it } from 'vitest';
import { settleVoices } from '../../../src/voices/settle-voices.ts';
import { normalised } from '../../../src/voices/voice-vector.ts';

/** A stretch of speech whose voice points at an angle, degrees. */
function turn(speaker: number, angle: number, speechMs = 2_000) {
  const radians = (angle * Math.PI) / 180;
  const vector = normalised([Math.cos(radians), Math.sin(radians)]);
  if (vector === null) throw new Error('no direction');
  return { speaker, voice: { vector, speechMs } };
}

describe('speakers of audio that was heard as a whole', () => {
  it('are joined if they turn out to have one voice', () => {
    const turns = [turn(0, 0), turn(1, 30), turn(0, 5), turn(2, 170), turn(1, 25)];
    expect(settleVoices(turns, 0.4)).toEqual([0, 0, 0, 2, 0]);
  });

  it('get the stretches that are nearest to their voice', () => {
    const turns = [turn(0, 0), turn(1, 120), turn(0, 5), turn(1, 8), turn(1, 115)];
    expect(settleVoices(turns, 0.3)).toEqual([0, 1, 0, 0, 1]);
  });

  it('keep stretches that are too short to say whose they are', () => {
    const turns = [turn(0, 0), turn(1, 120), turn(1, 8, 300), turn(1, 115)];
    expect(settleVoices(turns, 0.3)).toEqual([0, 1, 1, 1]);
  });

  it('stay apart if their voices are far from each other', () => {
    const turns = [turn(4, 0), turn(7, 90), turn(4, 10), turn(9, 180)];
    expect(settleVoices(turns, 0.5)).toEqual([4, 7, 4, 9]);
    expect(settleVoices([], 0.5)).toEqual([]);
  });
});
