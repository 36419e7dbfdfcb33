import { makeSegment, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SessionStt } from '../stt/session-stt.ts';
import type { SttWord } from '../stt/stt-event.ts';
import { transcribeAll } from '../stt/transcribe-file.ts';
import type { HeardWords } from '../stt/voices/heard-speech.ts';
import { combineSegments } from '../transcripts/combine-segments.ts';
import { wordsToSegments } from '../transcripts/words-to-segments.ts';
import { wordKey } from './already-heard.ts';
import { placeInRun, type RunPart, runAudio } from './run-audio.ts';
import { RunSpeakers } from './run-speakers.ts';

/** What was heard in a run of files. */
export interface HeardRun {
  /** By id of the file: its segments, times of the wall, labels of the run. */
  segmentsOf: ReadonlyMap<string, TranscriptSegment[]>;
  speakers: RunSpeakers;
  /** Keys (`wordKey`) of words that begin or end in a file whose words were wanted before. */
  crossing: ReadonlySet<string>;
}

const MAX_PAUSE_MS = 3_000;

/** A word with the wall times that its file gives it. */
type PlacedWord = SttWord & { provider: string };

/**
 * Transcribes the files of a run as one stream, so that no word is cut where one file ends, and speakers keep
 * their labels. Throws as `transcribeAll`.
 */
export async function transcribeRun(
  stt: SessionStt,
  parts: readonly RunPart[],
  signal: AbortSignal,
): Promise<HeardRun> {
  const speakers = new RunSpeakers();
  const heard = await transcribeAll(stt, runAudio(parts), signal);
  for (const speaker of heard.speakers) speakers.identified(speaker);
  const own = new Map<string, PlacedWord[]>();
  const neighbours: PlacedWord[] = [];
  const crossing = new Set<string>();
  for (const { owner, word, isCrossing } of heard.parts.flatMap((words) => placed(parts, words))) {
    if (isCrossing) crossing.add(wordKey(word));
    const words = owner === null ? neighbours : (own.get(owner) ?? []);
    words.push(word);
    if (owner !== null) own.set(owner, words);
  }
  speakers.heardNextTo(neighbours.map(asSegment));
  const segmentsOf = new Map<string, TranscriptSegment[]>();
  for (const [id, words] of own) {
    const segments = combineSegments(null, toSegments(words)).updated;
    segmentsOf.set(
      id,
      segments.map((segment) => speakers.name(segment)),
    );
  }
  return { segmentsOf, speakers, crossing };
}

/** Words with their times, and the file that each belongs to; null for words of neighbours alone. */
function placed(
  parts: readonly RunPart[],
  { words, provider }: HeardWords,
): { owner: string | null; word: PlacedWord; isCrossing: boolean }[] {
  return words.flatMap((word) => {
    const place = placeInRun(parts, (word.startMs + word.endMs) / 2);
    if (!place) return [];
    const halfMs = (word.endMs - word.startMs) / 2;
    const startMs = Math.round(place.at - halfMs);
    const endMs = Math.round(place.at + halfMs);
    const owner = ownerOf(parts, word, place.part);
    const isCrossing = owner !== null && !place.part.isOwn;
    return [{ owner, word: { ...word, startMs, endMs, provider }, isCrossing }];
  });
}

/**
 * The file of a word. One that reaches from a file into its neighbour was cut in two when that was transcribed, so
 * that it is a new word wherever its middle lies.
 */
function ownerOf(parts: readonly RunPart[], word: SttWord, middle: RunPart): string | null {
  if (middle.isOwn) return middle.measured.file.id;
  const ends = [placeInRun(parts, word.startMs), placeInRun(parts, word.endMs)];
  return ends.find((end) => end?.part.isOwn)?.part.measured.file.id ?? null;
}

/** Segments of the words that one provider has made in a row. */
function toSegments(words: readonly PlacedWord[]): TranscriptSegment[] {
  const rows: PlacedWord[][] = [];
  for (const word of words) {
    const row = rows.at(-1);
    if (row && row[0]?.provider === word.provider && !isAfterPause(row.at(-1), word))
      row.push(word);
    else rows.push([word]);
  }
  return rows.flatMap((row) => wordsToSegments(row, 0, row[0]?.provider ?? ''));
}

/** Words of one speaker with a pause between them are two segments, as if they came in two answers. */
function isAfterPause(last: PlacedWord | undefined, next: PlacedWord): boolean {
  return last !== undefined && next.startMs - last.endMs >= MAX_PAUSE_MS;
}

function asSegment({ text, startMs, endMs, speaker }: PlacedWord): TranscriptSegment {
  return makeSegment({ id: '', text, startMs, endMs, speaker: `SPEAKER_${speaker ?? 0}` });
}
