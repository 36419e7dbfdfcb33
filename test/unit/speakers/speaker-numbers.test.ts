import { describe, expect, it } from 'vitest';
import { SpeakerNumbers } from '../../../src/speakers/speaker-numbers.ts';
import type { SttWord } from '../../../src/stt/stt-event.ts';

const word = (speaker: number | null): SttWord => ({
  text: 'word',
  startMs: 0,
  endMs: 1,
  speaker,
  confidence: null,
  language: null,
});
const corrections = (speakers: Record<string, string | null>) => ({
  id: 'conversation',
  speakers,
  updatedAt: 0,
});

function labels(numbers: SpeakerNumbers, ...speakers: (number | null)[]) {
  return numbers.labelled(speakers.map(word)).map(({ speaker }) => speaker);
}

describe('numbers of speakers', () => {
  it('are those of the order in which they speak, where nobody is known', () => {
    const numbers = new SpeakerNumbers();
    numbers.begin(undefined);
    expect(labels(numbers, 4, 2, 4, null, 0)).toEqual([0, 1, 0, null, 2]);
    expect(labels(numbers, 2)).toEqual([1]);
  });

  it('stay with whom the user has named, and with nobody else', () => {
    const numbers = new SpeakerNumbers();
    numbers.begin(corrections({ 1: 'anna', 2: 'berta' }));
    expect(numbers.recognised(0, 'anna')).toBe(1);
    expect(numbers.recognised(0, 'anna')).toBe(1);
    // Berta is not recognised, so whoever speaks third may be her.
    expect(labels(numbers, 1, 0, 2, 3)).toEqual([0, 1, 2, 3]);
  });

  it('of the recognised are not those of other people', () => {
    const numbers = new SpeakerNumbers();
    numbers.begin(corrections({ 0: 'anna', 1: null }));
    expect(numbers.recognised(0, 'user')).toBe(2);
    expect(labels(numbers, 1, 0)).toEqual([0, 2]);
  });

  it('begin anew with each stream', () => {
    const numbers = new SpeakerNumbers();
    numbers.begin(undefined);
    labels(numbers, 5, 6);
    numbers.begin(corrections({ 3: 'anna' }));
    expect(numbers.recognised(6, 'anna')).toBe(3);
    expect(labels(numbers, 5)).toEqual([0]);
  });
});
