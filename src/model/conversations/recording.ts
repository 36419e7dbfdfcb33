import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { sessionVoiceSchema } from './listen-session.ts';

/** A recording in the list of its conversation. */
export const audioFileSchema = z.object({
  id: z.string(),
  uid: z.string(),
  startedAt: timestamp,
  durationMs: z.number(),
});
export type AudioFile = z.infer<typeof audioFileSchema>;

/**
 * Audio of a part of a conversation without gaps, stored as a file in the blob store. Its conversation
 * lists it too, see `audioFileSchema`.
 */
export const recordingSchema = z.object({
  id: z.string(),
  uid: z.string(),
  conversationId: z.string(),
  blobKey: z.string(),
  /** `opus`: Ogg/Opus (RFC 7845). `wav`: signed 16-bit mono behind a header of 44 bytes. */
  codec: z.enum(['opus', 'wav']),
  /** Sample rate of the decoded audio, hertz. */
  sampleRate: z.number().int(),
  /** Number of decoded samples at `sampleRate`. */
  sampleCount: z.number().int(),
  /** For Opus: samples at 48 kHz that the decoder drops at the start. */
  preSkip: z.number().int(),
  durationMs: z.number(),
  byteLength: z.number().int(),
  /** Wall time of the first sample. */
  startedAt: timestamp,
  /** Language of its transcription. */
  language: z.string(),
  /** The speaker of all of it; null if the provider distinguishes the speakers. */
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
