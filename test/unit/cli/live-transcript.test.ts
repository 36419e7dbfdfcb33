import { describe, expect, it } from 'vitest';
import { LiveTranscript } from '../../../src/cli/stream/live-transcript.ts';
import { makeSegment } from '../../../src/model/conversations/transcript-segment.ts';
import { segmentToWire } from '../../../src/wire/segment-wire.ts';

const segment = (id: string, text: string, parts: { personId?: string; isUser?: boolean } = {}) =>
  segmentToWire(makeSegment({ id, text, startMs: 61_000, endMs: 62_000, ...parts }));

describe('LiveTranscript', () => {
  it('gives a line out once a later segment has begun, the last one at the end', () => {
    const transcript = new LiveTranscript(() => undefined);
    expect(transcript.update([segment('a', 'Hel')])).toEqual([]);
    expect(transcript.tail).toBe('Hel');
    expect(transcript.update([segment('a', 'Hello')])).toEqual([]);
    expect(transcript.update([segment('a', 'Hello.'), segment('b', 'And')])).toEqual([
      '01:01 Speaker 1: Hello.',
    ]);
    expect(transcript.finish()).toEqual(['01:01 Speaker 1: And']);
    expect(transcript.finish()).toEqual([]);
  });

  it('marks a line that changes after it was given out', () => {
    const transcript = new LiveTranscript(() => undefined);
    transcript.update([segment('a', 'one'), segment('b', 'two')]);
    expect(transcript.update([segment('a', 'won')])).toEqual(['01:01 Speaker 1: won  (corrected)']);
  });

  it('forgets what was deleted', () => {
    const transcript = new LiveTranscript(() => undefined);
    transcript.update([segment('a', 'one')]);
    transcript.delete(['a']);
    expect(transcript.finish()).toEqual([]);
  });

  it('names the user and known people', () => {
    const transcript = new LiveTranscript((id) => (id === 'p1' ? 'Anna' : undefined));
    const lines = transcript.update([
      segment('a', 'x', { isUser: true }),
      segment('b', 'y', { personId: 'p1' }),
      segment('c', 'z', { personId: 'p2' }),
    ]);
    expect([...lines, ...transcript.finish()]).toEqual([
      '01:01 You: x',
      '01:01 Anna: y',
      '01:01 Speaker 1: z',
    ]);
  });
});
