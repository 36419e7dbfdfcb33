import { describe, expect, it } from 'vitest';
import { matchVoice, VOICE_DEFAULTS } from '../../../src/voices/match-voice.ts';
import { StreamVoices } from '../../../src/voices/stream-voices.ts';
import {
  distanceOf,
  normalised,
  pooled,
  type VoiceVector,
  vectorFromText,
  vectorToText,
} from '../../../src/voices/voice-vector.ts';

/** A direction in the plane. */
function at(degrees: number): VoiceVector {
  const radians = (degrees * Math.PI) / 180;
  return Float32Array.from([Math.cos(radians), Math.sin(radians)]);
}

function person(personId: string, ...degrees: number[]) {
  return { personId, name: personId, vectors: degrees.map(at) };
}

describe('vectors of voices', () => {
  it('have no direction if they are zero, infinite or not numbers', () => {
    expect(normalised([0, 0])).toBeNull();
    expect(normalised([Number.NaN, 1])).toBeNull();
    expect(normalised([Number.POSITIVE_INFINITY, 1])).toBeNull();
    expect(normalised([3, 4])).toEqual(Float32Array.from([0.6, 0.8]));
  });

  it('are the same after they were text', () => {
    const vector = at(33);
    expect(vectorFromText(vectorToText(vector))?.map((v) => Math.fround(v))).toEqual(vector);
    for (const text of ['', 'AAA=', 'not base64 at all!', 'AAAAAA==']) {
      expect(vectorFromText(text), text).toBeNull();
    }
  });

  it('are as far apart as the cosine says; those of different models have nothing in common', () => {
    expect(distanceOf(at(0), at(0))).toBeCloseTo(0, 6);
    expect(distanceOf(at(0), at(90))).toBeCloseTo(1, 6);
    expect(distanceOf(at(0), at(180))).toBeCloseTo(2, 6);
    expect(distanceOf(at(0), Float32Array.from([1, 0, 0]))).toBe(2);
  });

  it('are pooled by how much speech they are of', () => {
    const pool = pooled([
      { vector: at(0), speechMs: 3_000 },
      { vector: at(90), speechMs: 1_000 },
    ]);
    expect(pool?.speechMs).toBe(4_000);
    expect(pool?.vector[0]).toBeGreaterThan(pool?.vector[1] ?? 1);
    expect(pooled([])).toBeNull();
  });
});

describe('matching a voice', () => {
  const limits = { maxDistance: 0.6, margin: 0.1 };

  it('takes the nearest person', () => {
    const match = matchVoice(at(10), [person('anna', 0), person('ben', 90)], limits);
    expect(match?.print.personId).toBe('anna');
  });

  it('takes nobody who is too far away', () => {
    expect(matchVoice(at(80), [person('anna', 0)], limits)).toBeNull();
    expect(matchVoice(at(10), [], limits)).toBeNull();
    expect(matchVoice(at(10), [person('nobody')], limits)).toBeNull();
  });

  it('takes nobody if two people are about as near', () => {
    expect(matchVoice(at(20), [person('anna', 0), person('ben', 40)], limits)).toBeNull();
    // One person with two ways of speaking is not two people.
    expect(matchVoice(at(20), [person('anna', 0, 40)], limits)?.print.personId).toBe('anna');
  });

  it('is not decided by one outlier among the vectors of a person', () => {
    const anna = person('anna', 0, 5, 100);
    const ben = person('ben', 120, 118);
    expect(matchVoice(at(108), [anna, ben], limits)?.print.personId).toBe('ben');
  });
});

describe('the speakers of a stream', () => {
  const voice = (degrees: number, speechMs = 2_000) => ({ vector: at(degrees), speechMs });

  function speakers(...prints: ReturnType<typeof person>[]) {
    return new StreamVoices(prints, VOICE_DEFAULTS, 0);
  }

  /** Assigns and adds, as a stream does. */
  function hear(voices: StreamVoices, degrees: number, speechMs?: number) {
    const heard = voice(degrees, speechMs);
    const number = voices.assign(heard);
    return { number, known: number === null ? null : voices.add(number, heard) };
  }

  it('get a number each, and the same one again', () => {
    const voices = speakers();
    const numbers = [0, 5, 120, 3, 118].map((degrees) => hear(voices, degrees).number);
    expect(numbers).toEqual([0, 0, 1, 0, 1]);
  });

  it('are not made of a second of speech', () => {
    const voices = speakers();
    expect(hear(voices, 0, 500).number).toBeNull();
    hear(voices, 0);
    expect(hear(voices, 170, 500).number).toBe(0);
  });

  it('are named once enough was heard, and once only', () => {
    const voices = speakers(person('anna', 2));
    expect(hear(voices, 0).known).toBeNull();
    expect(hear(voices, 1).known).toBeNull();
    expect(hear(voices, 2).known?.personId).toBe('anna');
    expect(hear(voices, 3).known).toBeNull();
  });

  it('begin after the numbers that are taken', () => {
    const voices = new StreamVoices([], VOICE_DEFAULTS, 3);
    expect(hear(voices, 0).number).toBe(3);
    expect(voices.newNumber()).toBe(4);
  });

  it('are at most twenty', () => {
    const voices = new StreamVoices([], { ...VOICE_DEFAULTS, newSpeakerDistance: 0.0001 }, 0);
    const numbers = Array.from({ length: 60 }, (_, i) => hear(voices, i * 6).number ?? -1);
    expect(Math.max(...numbers)).toBe(19);
  });
});
