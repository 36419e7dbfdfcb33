import { z } from 'zod';
import { newId } from '../kernel/ids.ts';
import { makeSegment, type TranscriptSegment } from '../model/transcript-segment.ts';

/**
 * What a client sends that transcribes by itself (`custom_stt=enabled`). Times are seconds from the
 * first audio byte, or from the start of the connection where no audio is sent.
 */
export const suggestedTranscriptSchema = z.object({
  type: z.literal('suggested_transcript'),
  stt_provider: z.string().max(100).nullish(),
  segments: z
    .array(
      z.object({
        id: z.string().max(100).nullish(),
        text: z.string().max(20_000),
        speaker: z.string().max(50).nullish(),
        is_user: z.boolean().nullish(),
        person_id: z.string().max(100).nullish(),
        start: z.number().min(0).max(1_000_000),
        end: z.number().min(0).max(1_000_000),
      }),
    )
    .max(2_000),
});
export type SuggestedTranscript = z.infer<typeof suggestedTranscriptSchema>;

/** The segments of a suggested transcript that have any text. */
export function suggestedSegments(message: SuggestedTranscript): TranscriptSegment[] {
  return message.segments
    .filter((segment) => segment.text.trim() !== '')
    .map((segment) =>
      makeSegment({
        // The client's own id is not taken: ids are document keys, and another conversation may have it.
        id: newId(),
        text: segment.text.trim(),
        speaker: segment.speaker ?? 'SPEAKER_00',
        isUser: segment.is_user ?? false,
        personId: segment.person_id ?? null,
        startMs: Math.round(segment.start * 1000),
        endMs: Math.round(Math.max(segment.start, segment.end) * 1000),
        sttProvider: message.stt_provider ?? null,
      }),
    );
}
