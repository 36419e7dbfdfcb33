import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { combineSegments } from '../../../src/transcripts/combine-segments.ts';

let counter = 0;
function segment(
  speaker: number,
  text: string,
  startS: number,
  endS: number,
  more: Partial<TranscriptSegment> = {},
): TranscriptSegment {
  counter += 1;
  const words = text.split(' ').map((word) => ({
    text: word,
    startMs: startS * 1000,
    endMs: endS * 1000,
    confidence: null,
    language: null,
  }));
  return makeSegment({
    id: `s${counter}`,
    text,
    startMs: startS * 1000,
    endMs: endS * 1000,
    speaker: `SPEAKER_${speaker}`,
    words,
    ...more,
  });
}

describe('combineSegments', () => {
  it('joins one speaker while the pause is short, and keeps the older id', () => {
    const tail = segment(0, 'I went home.', 0, 2);
    const { updated, removedIds } = combineSegments(tail, [segment(0, 'Then I slept.', 4.9, 6)]);
    expect(updated).toHaveLength(1);
    expect(updated[0]).toMatchObject({
      id: tail.id,
      text: 'I went home. Then I slept.',
      endMs: 6000,
    });
    expect(removedIds).toEqual([]);
  });

  it('keeps one speaker apart after three seconds, unless the sentence goes on', () => {
    const tail = segment(0, 'I went home.', 0, 2);
    expect(combineSegments(tail, [segment(0, 'Then I slept.', 5, 6)]).updated).toHaveLength(2);
    const open = segment(0, 'I went home and', 0, 2);
    const { updated } = combineSegments(open, [segment(0, 'slept until noon.', 30, 32)]);
    expect(updated.map((s) => s.text)).toEqual(['I went home and slept until noon.']);
  });

  it('does not add to a full segment that ends a sentence', () => {
    const long = `${'word '.repeat(30).trim()}.`;
    expect(
      combineSegments(segment(0, long, 0, 2), [segment(0, 'More.', 2, 3)]).updated,
    ).toHaveLength(2);
    const open = long.slice(0, -1);
    expect(
      combineSegments(segment(0, open, 0, 2), [segment(0, 'More.', 2, 3)]).updated,
    ).toHaveLength(1);
  });

  it('keeps segments of different sources apart', () => {
    const a = segment(0, 'One', 0, 1, { sttProvider: 'deepgram' });
    const b = segment(0, 'two', 1, 2, { sttProvider: 'phone' });
    expect(combineSegments(a, [b]).updated).toHaveLength(2);
  });

  it('gives the short end of a sentence back to its speaker', () => {
    const tail = segment(0, 'I think that we should go to the', 0, 3);
    const { updated } = combineSegments(tail, [segment(1, 'market. I agree with you.', 3, 6)]);
    expect(updated.map((s) => s.text)).toEqual([
      'I think that we should go to the market.',
      'I agree with you.',
    ]);
    expect(updated[1]?.words.map((w) => w.text)).toEqual(['I', 'agree', 'with', 'you.']);
  });

  it('takes in a fragment of another speaker that is no sentence', () => {
    const tail = segment(0, 'The quarterly numbers were really', 0, 3);
    const { updated } = combineSegments(tail, [segment(1, 'quite good', 3, 4)]);
    expect(updated.map((s) => s.text)).toEqual(['The quarterly numbers were really quite good']);
    expect(updated[0]?.endMs).toBe(4000);
  });

  it('moves a short beginning to the speaker who ends it, and says when the tail disappears', () => {
    const tail = segment(0, 'Done. And so', 0, 3);
    const moved = combineSegments(tail, [segment(1, 'I told them everything about it.', 2.5, 6)]);
    expect(moved.updated.map((s) => s.text)).toEqual([
      'Done.',
      'And so I told them everything about it.',
    ]);
    expect(moved.updated[0]?.endMs).toBe(2500);
    expect(moved.removedIds).toEqual([]);

    const gone = segment(0, 'And so', 0, 3);
    const { updated, removedIds } = combineSegments(gone, [
      segment(1, 'I told them everything.', 3, 6),
    ]);
    expect(updated.map((s) => s.text)).toEqual(['And so I told them everything.']);
    expect(removedIds).toEqual([gone.id]);
  });

  it('takes a point inside a word for no end of a sentence', () => {
    const tail = segment(0, 'It was bought for $1,250.50 and', 0, 3);
    const { updated } = combineSegments(tail, [
      segment(1, 'sold for twice as much as that.', 3, 6),
    ]);
    expect(updated.map((s) => s.text)).toEqual([
      'It was bought for $1,250.50 and',
      'sold for twice as much as that.',
    ]);
  });

  it('divides words where sentences end without a space', () => {
    const tail = segment(0, '我们 今天 要 开会 讨论', 0, 3);
    const open = { ...tail, text: '我们今天要开会讨论' };
    const next = {
      ...segment(1, '吧。 好的 我 同意 你 说 的 话。', 3, 6),
      text: '吧。好的我同意你说的话。',
    };
    const { updated } = combineSegments(open, [next]);
    expect(updated.map((s) => s.text)).toEqual(['我们今天要开会讨论 吧。', '好的我同意你说的话。']);
    expect(updated.map((s) => s.words.map(({ text }) => text).join(''))).toEqual([
      '我们今天要开会讨论吧。',
      '好的我同意你说的话。',
    ]);
  });

  it('never merges words that were recovered late into what was spoken after them', () => {
    const tail = segment(0, 'This is now.', 100, 102);
    const { updated } = combineSegments(tail, [segment(0, 'This was before.', 10, 12)]);
    expect(updated.map((s) => s.text)).toEqual(['This was before.']);
  });

  it('neither loses nor doubles a word, whatever comes', () => {
    const word = fc.constantFrom(
      'alpha',
      'Beta',
      'gamma.',
      'Delta?',
      'eps,',
      'zeta',
      '1,250.50',
      'a.b',
      '.5',
    );
    const spoken = fc.array(
      fc.record({
        speaker: fc.integer({ min: 0, max: 2 }),
        words: fc.array(word, { minLength: 1, maxLength: 12 }),
        gap: fc.integer({ min: 0, max: 5 }),
        isUser: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(spoken, fc.integer({ min: 0, max: 12 }), (turns, cut) => {
        let at = 0;
        let n = 0;
        const all = turns.map((turn) => {
          at += turn.gap;
          const text = turn.words.map((w) => `${n++}${w}`).join(' ');
          const made = segment(turn.speaker, text, at, at + 1, { isUser: turn.isUser });
          at += 1;
          return made;
        });
        const stored: TranscriptSegment[] = [];
        for (const batch of [all.slice(0, cut), all.slice(cut)]) {
          if (batch.length === 0) continue;
          const tail = stored.at(-1) ?? null;
          const { updated, removedIds } = combineSegments(tail, batch);
          if (tail) stored.pop();
          if (tail && updated[0]?.id !== tail.id) expect(removedIds).toEqual([tail.id]);
          stored.push(...updated);
        }
        const byText = stored.flatMap((s) => s.text.split(/\s+/));
        const byWords = stored.flatMap((s) => s.words.map((w) => w.text));
        const expected = all.flatMap((s) => s.words.map((w) => w.text));
        expect(byText).toEqual(expected);
        expect(byWords).toEqual(expected);
        expect(new Set(stored.map((s) => s.id)).size).toBe(stored.length);
      }),
      { numRuns: 300 },
    );
  });
});

it('keeps speech without punctuation in segments of bounded length, and every word', () => {
  const said = Array.from({ length: 2_000 }, (_, index) =>
    segment(0, `word${index} and so on`, index, index + 1),
  );
  const { updated } = combineSegments(null, said);
  expect(Math.max(...updated.map(({ text }) => text.length))).toBeLessThanOrEqual(4_100);
  expect(updated.map(({ text }) => text).join(' ')).toBe(said.map(({ text }) => text).join(' '));
});
