import { z } from 'zod';
import type { ProviderWord } from '../../stt-event.ts';

const wordSchema = z.object({
  word: z.string().nullish(),
  text: z.string().nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  confidence: z.number().nullish(),
});

export const segmentSchema = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  text: z.string().nullish(),
  speaker: z.union([z.string(), z.number()]).nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  language: z.string().nullish(),
  words: z.array(wordSchema).nullish(),
});

export type CustomSttSegment = z.infer<typeof segmentSchema>;

/** A segment that was taken, to know it again. */
interface Taken {
  id: string | null;
  speaker: string | null;
  startMs: number;
  endMs: number;
  texts: string[];
}

/** Taken segments that are remembered: services repeat the last ones at most. */
const REMEMBERED = 64;

/**
 * Makes words of the segments of Omi's custom speech-to-text protocol, in which a segment is final
 * and has no id: services differ in whether they send a segment once, again with every answer, or
 * again while it grows. A segment is one that was taken before if the ids are equal or, without
 * ids, the speaker is and most of the shorter one's time is shared; of such a one only the words
 * behind those already taken are new. What was taken is not taken back: a segment that reads
 * differently now gives the words that end later than it did.
 */
export class CustomSttSegments {
  #taken: Taken[] = [];
  #untilMs = 0;

  /** End of the latest segment, milliseconds of audio. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** @param sentMs audio that was sent so far: the end of a segment that does not say its own */
  take(segment: CustomSttSegment, sentMs: number): ProviderWord[] {
    const speaker = segment.speaker == null ? null : String(segment.speaker) || null;
    const startMs = segment.start == null ? this.#untilMs : toMs(segment.start);
    const endMs = Math.max(startMs, segment.end == null ? sentMs : toMs(segment.end));
    const words = segmentWords(segment, { startMs, endMs, speaker });
    if (words.length === 0) return [];
    this.#untilMs = Math.max(this.#untilMs, endMs);
    const now: Taken = {
      id: segment.id == null ? null : String(segment.id),
      speaker,
      startMs,
      endMs,
      texts: words.map(({ text }) => text),
    };
    const known = this.#taken.find((taken) => isSame(taken, now));
    if (known === undefined) {
      this.#taken = [...this.#taken.slice(1 - REMEMBERED), now];
      return words;
    }
    const goesOn = known.texts.every((text, i) => text === now.texts[i]);
    const fresh = goesOn
      ? words.slice(known.texts.length)
      : words.filter((word) => (word.startMs + word.endMs) / 2 > known.endMs);
    Object.assign(known, now, { endMs: Math.max(known.endMs, endMs) });
    return fresh;
  }
}

function isSame(taken: Taken, now: Taken): boolean {
  if (taken.id !== null || now.id !== null) return taken.id === now.id;
  if (taken.speaker !== now.speaker) return false;
  const shared = Math.min(taken.endMs, now.endMs) - Math.max(taken.startMs, now.startMs);
  const shorter = Math.min(taken.endMs - taken.startMs, now.endMs - now.startMs);
  return shared > 0 && shared * 2 > shorter;
}

/** The service's own times of the words if all have one; otherwise the segment's, shared out. */
function segmentWords(
  segment: CustomSttSegment,
  span: { startMs: number; endMs: number; speaker: string | null },
): ProviderWord[] {
  const language = segment.language ?? null;
  const { speaker } = span;
  const timed = (segment.words ?? []).flatMap(({ word, text, start, end, confidence }) => {
    const spoken = (word ?? text ?? '').trim();
    if (spoken === '' || start == null || end == null) return [];
    const times = { startMs: toMs(start), endMs: toMs(end) };
    return [{ text: spoken, ...times, speaker, confidence: confidence ?? null, language }];
  });
  if (timed.length > 0 && timed.length === segment.words?.length) return timed;
  const texts = (segment.text ?? '').split(/\s+/).filter((text) => text !== '');
  const weight = (text: string): number => text.length + 1;
  const total = texts.reduce((sum, text) => sum + weight(text), 0);
  let before = 0;
  const at = (position: number): number =>
    Math.round(span.startMs + ((span.endMs - span.startMs) * position) / total);
  return texts.map((text) => {
    const startMs = at(before);
    before += weight(text);
    return { text, startMs, endMs: at(before), speaker, confidence: null, language };
  });
}

/** Seconds of the wire as whole milliseconds. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
