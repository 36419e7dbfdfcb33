import { z } from 'zod';

/** One recognised word. Times are milliseconds from the conversation's `startedAt`. */
export const wordSchema = z.object({
  text: z.string(),
  startMs: z.number().int(),
  endMs: z.number().int(),
  confidence: z.number().nullable(),
  language: z.string().nullable(),
});
export type Word = z.infer<typeof wordSchema>;

export const translationSchema = z.object({ lang: z.string(), text: z.string() });

/**
 * Speech of one speaker without interruption. `speaker` is the label of the wire (`SPEAKER_<n>`);
 * `isUser` and `personId` say who that is, if known. `words` is empty if the source has no word times.
 */
export const transcriptSegmentSchema = z.object({
  id: z.string(),
  text: z.string(),
  speaker: z.string(),
  isUser: z.boolean(),
  personId: z.string().nullable(),
  startMs: z.number().int(),
  endMs: z.number().int(),
  words: z.array(wordSchema),
  translations: z.array(translationSchema),
  speechProfileProcessed: z.boolean(),
  sttProvider: z.string().nullable(),
  /** The recognised text if the user has corrected it; null if `text` is unchanged. */
  originalText: z.string().nullable().default(null),
});
export type TranscriptSegment = z.infer<typeof transcriptSegmentSchema>;

const segmentsSchema = z.array(transcriptSegmentSchema);

/** Returns the JSON of segments; equal segments give equal text, whatever the order of their fields. */
export function segmentsToJson(segments: readonly TranscriptSegment[]): string {
  return JSON.stringify(segmentsSchema.parse(segments));
}

/** Reads the JSON of `segmentsToJson`, of this version or an older one. */
export function segmentsFromJson(json: string): TranscriptSegment[] {
  return segmentsSchema.parse(JSON.parse(json));
}

/** Returns the number after `_` in a speaker label; 0 if there is none. */
export function speakerIdOf(label: string): number {
  const match = /_(\d+)$/.exec(label);
  return match?.[1] === undefined ? 0 : Number(match[1]);
}

/** Returns a complete segment from its essential parts, with defaults. */
export function makeSegment(
  parts: Pick<TranscriptSegment, 'id' | 'text' | 'startMs' | 'endMs'> & Partial<TranscriptSegment>,
): TranscriptSegment {
  return {
    speaker: 'SPEAKER_00',
    isUser: false,
    personId: null,
    words: [],
    translations: [],
    speechProfileProcessed: true,
    sttProvider: null,
    originalText: null,
    ...parts,
  };
}
