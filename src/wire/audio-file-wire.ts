import { z } from 'zod';
import type { AudioFile } from '../model/conversations/recording.ts';
import { toIso } from '../model/timestamp.ts';

/** A recording on Omi's wire. `chunk_timestamps` holds its start alone, epoch seconds. */
export const audioFileSchema = z
  .object({
    id: z.string(),
    uid: z.string(),
    conversation_id: z.string(),
    chunk_timestamps: z.array(z.number()),
    /** Omi's name of its blob store, the only value that clients know. */
    provider: z.literal('gcp'),
    started_at: z.string(),
    /** Seconds. */
    duration: z.number(),
  })
  .meta({ id: 'AudioFile' });
export type AudioFileWire = z.output<typeof audioFileSchema>;

export function audioFileToWire(conversationId: string, file: AudioFile): AudioFileWire {
  return {
    id: file.id,
    uid: file.uid,
    conversation_id: conversationId,
    chunk_timestamps: [file.startedAt / 1000],
    provider: 'gcp',
    started_at: toIso(file.startedAt),
    duration: file.durationMs / 1000,
  };
}
