import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/kernel/logger.ts';
import {
  SuggestedTranscriptReader,
  skippedText,
} from '../../../src/sessions/suggested-transcript.ts';

const STARTED_AT = Date.parse('2026-11-02T09:00:00Z');
const session = { startedAt: STARTED_AT, now: STARTED_AT + 60_000 };
const GOOD = { text: 'The first good sentence.', start: 7, end: 8, speaker: 'SPEAKER_00' };

const newReader = () => new SuggestedTranscriptReader();

function read(segments: unknown, reader = newReader(), at = session) {
  return reader.read({ segments, stt_provider: 'local' }, at);
}
/** The one segment that is read of `fields` beside a good one. */
function readOne(fields: Record<string, unknown>) {
  const { segments, skipped } = read([{ ...GOOD, ...fields }, GOOD]);
  expect(skipped.size).toBe(0);
  return segments[0];
}

describe('a bad segment among good ones', () => {
  it.each([
    ['text that is null', { ...GOOD, text: null }, 'no text'],
    ['no text', { start: 1, end: 2 }, 'no text'],
    ['text that is an object', { ...GOOD, text: { value: 'x' } }, 'no text'],
    ['text that is too long', { ...GOOD, text: 'x'.repeat(20_001) }, 'text too long'],
    ['null', null, 'not an object'],
    ['a number', 7, 'not an object'],
    ['lists too deep in each other', [[[[[GOOD]]]]], 'not an object'],
  ])('is the only one that is left out: %s', (_name, bad, reason) => {
    const result = read([GOOD, bad, { ...GOOD, start: 9, end: 10 }]);
    expect(result.segments.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [7_000, 8_000],
      [9_000, 10_000],
    ]);
    expect([...result.skipped]).toEqual([[reason, 1]]);
    expect(skippedText(result)).toBe(
      `1 of 3 segments of suggested_transcript could not be read: ${reason} (1).`,
    );
  });

  it('is not counted if it is only empty', () => {
    const { segments, skipped } = read([{ ...GOOD, text: ' ' }, { ...GOOD, text: '' }, GOOD]);
    expect(segments).toHaveLength(1);
    expect(skipped.size).toBe(0);
  });

  it('is logged at the end, without words', () => {
    const reader = newReader();
    read([null, GOOD], reader);
    read([GOOD], reader);
    read([null, null], reader);
    const lines: string[] = [];
    reader.log(createLogger({ level: 'info', revealPii: false }, { write: (l) => lines.push(l) }));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ skipped: 3 });
    newReader().log(
      createLogger({ level: 'info', revealPii: false }, { write: (l) => lines.push(l) }),
    );
    expect(lines).toHaveLength(1);
  });
});

describe('fields of another form', () => {
  it.each([
    [1, 'SPEAKER_01'],
    [0, 'SPEAKER_00'],
    [12, 'SPEAKER_12'],
    ['2', 'SPEAKER_02'],
    ['SPEAKER_3', 'SPEAKER_3'],
    [' Anna ', 'Anna'],
    [null, 'SPEAKER_00'],
    ['', 'SPEAKER_00'],
    [-1, 'SPEAKER_00'],
    [1.5, 'SPEAKER_00'],
    [1e9, 'SPEAKER_00'],
    [{ id: 1 }, 'SPEAKER_00'],
    ['x'.repeat(80), 'x'.repeat(50)],
  ])('speaker %j is %s', (speaker, expected) => {
    expect(readOne({ speaker })?.speaker).toBe(expected);
  });

  it('takes the number of speaker_id if there is no speaker', () => {
    expect(readOne({ speaker: undefined, speaker_id: 4 })?.speaker).toBe('SPEAKER_04');
  });

  it.each([
    [true, true],
    ['true', true],
    ['True', true],
    ['1', true],
    [1, true],
    [false, false],
    ['false', false],
    ['no', false],
    [0, false],
    [null, false],
    [{}, false],
  ])('is_user %j is %s', (is_user, expected) => {
    expect(readOne({ is_user })?.isUser).toBe(expected);
  });

  it.each([
    ['p-1', 'p-1'],
    [7, '7'],
    ['', null],
    [null, null],
    [{}, null],
    ['x'.repeat(101), null],
  ])('person_id %j is %j', (person_id, expected) => {
    expect(readOne({ person_id })?.personId).toBe(expected);
  });

  it('takes a number as text, and does not look at fields that it does not know', () => {
    expect(readOne({ text: 42, words: [1], speech_profile_processed: 'x', extra: {} })?.text).toBe(
      '42',
    );
  });

  it('takes a provider as text or number, and forgets anything else', () => {
    const reader = newReader();
    const of = (stt_provider: unknown) =>
      reader.read({ segments: [GOOD], stt_provider }, session).segments[0]?.sttProvider;
    expect([of('local'), of(3), of({}), of(undefined)]).toEqual(['local', '3', null, null]);
  });
});

describe('times of another form', () => {
  const times = (start: unknown, end: unknown) => {
    const segment = readOne({ start, end });
    return [segment?.startMs, segment?.endMs];
  };
  /** What is estimated for the words of `GOOD`: 24 characters. */
  const LENGTH = 1_440;

  it.each([
    ['numbers as text', '7.5', '8.25', 7_500, 8_250],
    ['a decimal comma', '7,5', '8,25', 7_500, 8_250],
    ['a unit', '7.5s', '8250 ms', 7_500, 8_250],
    ['a clock', '0:07.5', '00:00:08,250', 7_500, 8_250],
    ['a clock of hours', '1:00:07', '1:00:08', 3_607_000, 3_608_000],
    ['epoch seconds', STARTED_AT / 1000 + 7, STARTED_AT / 1000 + 8.5, 7_000, 8_500],
    ['epoch milliseconds', STARTED_AT + 7_000, STARTED_AT + 8_500, 7_000, 8_500],
    ['epoch microseconds', (STARTED_AT + 7_000) * 1e3, (STARTED_AT + 8_500) * 1e3, 7_000, 8_500],
    ['epoch milliseconds as text', String(STARTED_AT + 7_000), null, 7_000, 7_000 + LENGTH],
    ['dates', '2026-11-02T09:00:07Z', '2026-11-02T10:00:08.5+01:00', 7_000, 8_500],
    ['a start before the session', -0.5, 2, 0, 2_000],
    ['both before the session', -5, -3, 0, LENGTH],
    ['an end before the start', 7, 3, 7_000, 7_000 + LENGTH],
    ['an end at the start', 7, 7, 7_000, 7_000 + LENGTH],
    ['no end', 7, undefined, 7_000, 7_000 + LENGTH],
    ['an end that is null', 7, null, 7_000, 7_000 + LENGTH],
    ['no start', undefined, 8, 8_000 - LENGTH, 8_000],
    ['neither', null, null, 60_000 - LENGTH, 60_000],
    ['objects', {}, [], 60_000 - LENGTH, 60_000],
    ['words', 'soon', 'later', 60_000 - LENGTH, 60_000],
    ['an end in another age', 7, 1e300, 7_000, 7_000 + LENGTH],
    ['a time of day that is not near', 946_684_800, null, 60_000 - LENGTH, 60_000],
    ['milliseconds that cannot be seconds', 400_000, 401_500, 400_000, 401_500],
  ])('reads %s', (_name, start, end, startMs, endMs) => {
    expect(times(start, end)).toEqual([startMs, endMs]);
  });

  it('takes milliseconds for what they are by the length of the words', () => {
    const texts = ['The first good sentence.', 'Yes.', 'And another one that is longer.'];
    const reader = newReader();
    const { segments } = read(
      [
        { text: texts[0], start: 7_000, end: 8_500 },
        { text: texts[1], start: 8_600, end: 8_800 },
        { text: texts[2], start: 9_000, end: 11_000 },
      ],
      reader,
    );
    expect(segments.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [7_000, 8_500],
      [8_600, 8_800],
      [9_000, 11_000],
    ]);
    // What could be either is then read as what the session has sent before.
    const [later] = read([{ text: 'Yes.', start: 12_000, end: 12_200 }], reader).segments;
    expect([later?.startMs, later?.endMs]).toEqual([12_000, 12_200]);
  });

  it('does not take seconds for milliseconds because one number is wrong', () => {
    const { segments } = read([
      GOOD,
      { ...GOOD, start: 9, end: 999_999 },
      { ...GOOD, start: 11, end: 12 },
    ]);
    expect(segments.map(({ startMs }) => startMs)).toEqual([7_000, 9_000, 11_000]);
  });

  it('takes words that come faster than they were spoken as seconds', () => {
    const hour = Array.from({ length: 100 }, (_, i) => ({
      ...GOOD,
      start: i * 36,
      end: i * 36 + 2,
    }));
    const { segments } = read(hour, undefined, { startedAt: STARTED_AT, now: STARTED_AT + 100 });
    expect(segments.at(-1)).toMatchObject({ startMs: 99 * 36_000, endMs: 99 * 36_000 + 2_000 });
  });
});

describe('segments of another form', () => {
  it('are read if they are not in a list, or in lists in a list', () => {
    expect(read(GOOD).segments).toHaveLength(1);
    expect(read([[GOOD], [[GOOD, GOOD]]]).segments).toHaveLength(3);
    expect(read({ segments: [GOOD] }).segments).toHaveLength(1);
    expect(read(['Only text.']).segments).toMatchObject([{ text: 'Only text.', endMs: 60_000 }]);
  });

  it('are told of if they are nothing of the kind', () => {
    for (const segments of [undefined, null, 7, true, {}]) {
      const result = read(segments);
      expect(result.segments).toEqual([]);
      expect([...result.skipped.values()]).toEqual([1]);
    }
    expect(read([]).skipped.size).toBe(0);
  });

  it('are all read if there are 10,000, and counted beyond 20,000', () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ ...GOOD, start: i, end: i + 1 }));
    expect(read(many(10_000)).segments).toHaveLength(10_000);
    const result = read(many(20_003));
    expect(result.segments).toHaveLength(20_000);
    expect([...result.skipped]).toEqual([['too many segments', 3]]);
  });

  it('never throw, and never have a negative time or no length, whatever JSON they are', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.double(),
      fc.constantFrom(
        '7',
        '1:2:3',
        -1,
        1e12,
        1e300,
        '1e5',
        'NaN',
        STARTED_AT,
        '2026-11-02T09:00:07Z',
      ),
    );
    const segment = fc.record(
      {
        id: value,
        text: fc.oneof(fc.string(), value),
        speaker: value,
        speaker_id: value,
        is_user: value,
        person_id: value,
        start: value,
        end: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.oneof(segment, value)), value),
        value,
        (segments, provider) => {
          const reader = newReader();
          const result = reader.read({ segments, stt_provider: provider }, session);
          for (const { startMs, endMs, text, speaker } of result.segments) {
            expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
            expect(startMs).toBeGreaterThanOrEqual(0);
            expect(endMs).toBeGreaterThan(startMs);
            expect(text).not.toBe('');
            expect(speaker).not.toBe('');
          }
        },
      ),
    );
  });
});
