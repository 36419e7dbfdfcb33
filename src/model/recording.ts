import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { sessionVoiceSchema } from './listen-session.ts';
import { timestamp } from './timestamp.ts';

/** A recording as its conversation lists it. */
export const audioFileSchema = z.object({
  id: z.string(),
  uid: z.string(),
  startedAt: timestamp,
  durationMs: z.number(),
});
export type AudioFile = z.infer<typeof audioFileSchema>;

/**
 * Audio of one stretch of a conversation without a gap, kept as a file of the blob store. Its
 * conversation lists it too, see `audioFileSchema`.
 */
export const recordingSchema = z.object({
  id: z.string(),
  uid: z.string(),
  conversationId: z.string(),
  blobKey: z.string(),
  /** `opus`: Ogg/Opus (RFC 7845). `wav`: signed 16-bit mono behind a header of 44 bytes. */
  codec: z.enum(['opus', 'wav']),
  /** Hertz that it is decoded to. */
  sampleRate: z.number().int(),
  /** Samples of `sampleRate` that it decodes to. */
  sampleCount: z.number().int(),
  /** Of Opus: samples of 48 kHz that the decoder drops from the start. */
  preSkip: z.number().int(),
  durationMs: z.number(),
  byteLength: z.number().int(),
  /** Wall time of the first sample. */
  startedAt: timestamp,
  /** What it was transcribed in. */
  language: z.string(),
  /** Who speaks in all of it, null where the speakers are to be told apart. */
  voice: sessionVoiceSchema.nullable(),
  createdAt: timestamp,
});
export type Recording = z.infer<typeof recordingSchema>;

export const recordings = defineCollection({
  name: 'recordings',
  scope: 'user',
  schema: recordingSchema,
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'startedAt', direction: 'asc' },
  },
});
