import { z } from 'zod';
import { type ImageChunk, imageChunkSchema } from '../sessions/photos/photo-assembly.ts';
import type { SuggestedTranscript } from '../sessions/suggested-transcript.ts';
import { parseLenientJson } from './lenient-json.ts';

const speakerAssignedSchema = z.object({
  type: z.literal('speaker_assigned'),
  speaker_id: z.number().int(),
  person_id: z.string().min(1).max(100),
  person_name: z.string(),
  segment_ids: z.array(z.string().max(100)).max(10_000).nullish(),
});

export type ClientMessage =
  | { type: 'suggested-transcript'; message: SuggestedTranscript }
  | { type: 'image-chunk'; chunk: ImageChunk }
  | { type: 'skip-question' }
  | { type: 'speaker-assigned'; speakerId: number; personId: string; segmentIds: string[] }
  /** Understood as a message, but nothing that this server acts on. */
  | { type: 'ignored'; name: string }
  /** Not JSON, not an object, or a known type with the wrong shape. */
  | { type: 'malformed' };

/** What a text frame of a client means. Never throws. */
export function parseClientMessage(text: string): ClientMessage {
  const json = parseLenientJson(text);
  if (typeof json !== 'object' || json === null || !('type' in json)) return { type: 'malformed' };
  switch (json.type) {
    case 'suggested_transcript':
      return { type: 'suggested-transcript', message: { ...json } };
    case 'speaker_assigned': {
      const parsed = speakerAssignedSchema.safeParse(json);
      if (!parsed.success) return { type: 'malformed' };
      const { speaker_id: speakerId, person_id: personId, segment_ids: segmentIds } = parsed.data;
      return { type: 'speaker-assigned', speakerId, personId, segmentIds: segmentIds ?? [] };
    }
    case 'image_chunk': {
      const parsed = imageChunkSchema.safeParse(json);
      return parsed.success ? { type: 'image-chunk', chunk: parsed.data } : { type: 'malformed' };
    }
    case 'skip_question':
      return { type: 'skip-question' };
    default:
      // Never `String(json.type)`: an object may bring a `toString` of its own, which throws.
      return { type: 'ignored', name: typeof json.type === 'string' ? json.type.slice(0, 50) : '' };
  }
}
