import { expect, it } from 'vitest';
import {
  makeSegment,
  type TranscriptSegment,
} from '../../../src/model/conversations/transcript-segment.ts';
import { withoutAlreadyHeard, wordKey } from '../../../src/offline-sync/already-heard.ts';

/** A word each 500 ms, from `at` on. */
function said(text: string, at: number, speaker = 'SPEAKER_0'): TranscriptSegment {
  const words = text.split(' ').map((word, i) => ({
    text: word,
    startMs: at + i * 500,
    endMs: at + i * 500 + 400,
    confidence: null,
    language: null,
  }));
  const endMs = words.at(-1)?.endMs ?? at;
  return makeSegment({ id: `${at}`, text, startMs: at, endMs, speaker, words });
}

const textsOf = ({ fresh }: { fresh: TranscriptSegment[] }) => fresh.map(({ text }) => text);

it('adds only what was not heard live, although the clocks differ by two seconds', () => {
  const live = said('we meet on Friday at the old mill', 10_000, 'SPEAKER_4');
  const file = said('and then we meat on Friday at the old mill with Anna', 7_000, 'SPEAKER_0');
  const found = withoutAlreadyHeard([live], [file]);
  expect(textsOf(found)).toEqual(['and then with Anna']);
  expect(found.sameSpeakers[0]).toEqual({ heard: 'SPEAKER_0', stored: 'SPEAKER_4' });
});

it('keeps the words of another talk at the same time', () => {
  const live = said('we meet on Friday at the old mill', 10_000);
  const other = said('please pass me the salt and the pepper', 10_000);
  expect(textsOf(withoutAlreadyHeard([live], [other]))).toEqual([other.text]);
});

it('keeps the same words of another minute', () => {
  const live = said('good morning everybody', 10_000);
  const later = said('good morning everybody', 70_000);
  expect(textsOf(withoutAlreadyHeard([live], [later]))).toEqual([later.text]);
});

it('keeps a word that follows right after what is stored', () => {
  const live = said('we meet', 10_000);
  const file = said('meet Anna', 10_500);
  expect(textsOf(withoutAlreadyHeard([live], [file]))).toEqual(['Anna']);
});

it('leaves out a word between two files that the other file has brought, whatever follows', () => {
  const stored = said('we meet on Friday', 10_000);
  const file = said('Friday at the old mill with Anna', 11_500);
  const crossing = new Set([wordKey({ text: 'Friday', startMs: 11_500 })]);
  const found = withoutAlreadyHeard([stored], [file], crossing);
  expect(textsOf(found)).toEqual(['at the old mill with Anna']);
  const other = said('Monday at the old mill', 11_500);
  const kept = withoutAlreadyHeard(
    [stored],
    [other],
    new Set([wordKey({ text: 'Monday', startMs: 11_500 })]),
  );
  expect(textsOf(kept)).toEqual([other.text]);
});
