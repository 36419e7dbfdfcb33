import { describe, expect, it } from 'vitest';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import {
  type HeardRecording,
  joinRecordings,
  keepLabels,
} from '../../../src/recordings/recorded-speakers.ts';
import { normalised } from '../../../src/voices/voice-vector.ts';

const segment = (speaker: number, startMs: number, endMs: number) =>
  makeSegment({ id: `${startMs}`, text: 'word', speaker: `SPEAKER_${speaker}`, startMs, endMs });

/** A recording in which speakers talk two seconds each, with voices that point at angles. */
function recording(speakers: Record<number, number>, fromMs = 0): HeardRecording {
  const entries = Object.entries(speakers).map(
    ([number, angle]) => [Number(number), angle] as const,
  );
  return {
    segments: entries.map(([number], i) =>
      segment(number, fromMs + i * 2_000, fromMs + i * 2_000 + 1_900),
    ),
    speakers: entries.map(([speaker, angle], i) => {
      const vector = normalised([Math.cos(angle), Math.sin(angle)]) ?? new Float32Array(2);
      const voice = { vector, speechMs: 1_900 };
      const times = { startMs: i * 2_000, endMs: i * 2_000 + 1_900 };
      const turns = [{ type: 'voice-heard' as const, speaker, ...times, voice, isByVoice: true }];
      return { speaker, personId: null, turns };
    }),
    audioAt: 0,
    isOneVoice: false,
  };
}

const labels = (recordings: readonly HeardRecording[]) =>
  recordings.map(({ segments }) => segments.map(({ speaker }) => speaker));

describe('speakers of several recordings', () => {
  it('have one label for one voice', () => {
    const joined = joinRecordings([recording({ 0: 0, 1: 2 }), recording({ 0: 2.1, 1: 0.1 })], 0.3);
    expect(labels(joined)).toEqual([
      ['SPEAKER_0', 'SPEAKER_1'],
      ['SPEAKER_1', 'SPEAKER_0'],
    ]);
    expect(joined[1]?.speakers.map(({ speaker }) => speaker)).toEqual([1, 0]);
  });

  it('keep their numbers if no voice was computed, or only one person speaks', () => {
    const plain = recording({ 0: 0, 1: 2 });
    const silent = { ...plain, speakers: plain.speakers.map((one) => ({ ...one, turns: [] })) };
    expect(labels(joinRecordings([silent, silent], 0.3))).toEqual(labels([silent, silent]));
    const own = { ...recording({ 5: 1 }), isOneVoice: true };
    expect(labels(joinRecordings([own, recording({ 0: 0 })], 0.3))[0]).toEqual(['SPEAKER_5']);
  });
});

describe('labels of a new transcript', () => {
  it('are those of the old one, by the time that both speak', () => {
    const before = [segment(3, 0, 1_900), segment(1, 2_000, 4_000)];
    expect(labels(keepLabels([recording({ 0: 0, 1: 2 })], before))).toEqual([
      ['SPEAKER_3', 'SPEAKER_1'],
    ]);
  });

  it('are new for a speaker whom the old one took for another', () => {
    const before = [segment(0, 0, 6_000)];
    const [kept] = labels(keepLabels([recording({ 0: 0, 1: 2, 2: 4 })], before));
    expect(new Set(kept).size).toBe(3);
    expect(kept).toContain('SPEAKER_0');
  });
});
