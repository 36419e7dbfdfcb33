import { z } from 'zod';
import { speakerIdOf, type TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** A transcript segment on Omi's wire: times in seconds; words never leave the server. */
export const segmentSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    speaker: z.string(),
    speaker_id: z.number(),
    is_user: z.boolean(),
    person_id: z.string().nullable(),
    start: z.number(),
    end: z.number(),
    translations: z.array(z.object({ lang: z.string(), text: z.string() })),
    speech_profile_processed: z.boolean(),
    stt_provider: z.string().nullable(),
  })
  .meta({ id: 'Segment' });
export type SegmentWire = z.output<typeof segmentSchema>;

export function segmentToWire(segment: TranscriptSegment): SegmentWire {
  return {
    id: segment.id,
    text: segment.text,
    speaker: segment.speaker,
    speaker_id: speakerIdOf(segment.speaker),
    is_user: segment.isUser,
    person_id: segment.personId,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
    translations: segment.translations.map(({ lang, text }) => ({ lang, text })),
    speech_profile_processed: segment.speechProfileProcessed,
    stt_provider: segment.sttProvider,
  };
}
