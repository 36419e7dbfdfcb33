import { z } from 'zod';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** Words of a voice stream; they belong to no conversation and have no id. Seconds. */
export const spokenSchema = z
  .object({
    speaker: z.string().nullable(),
    start: z.number(),
    end: z.number(),
    text: z.string(),
    is_user: z.literal(false),
    person_id: z.null(),
  })
  .meta({ id: 'Spoken' });
export type SpokenWire = z.output<typeof spokenSchema>;

export function spokenToWire(segment: TranscriptSegment): SpokenWire {
  return {
    speaker: segment.speaker,
    start: segment.startMs / 1000,
    end: segment.endMs / 1000,
    text: segment.text,
    is_user: false,
    person_id: null,
  };
}
