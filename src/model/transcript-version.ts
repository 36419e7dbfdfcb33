import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** A transcript that a newer one has replaced. Its segments are in `transcript_version_chunks`. */
export const transcriptVersionSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  /** Chunks that it is made of. */
  chunks: z.number().int(),
  segmentCount: z.number().int(),
  /** Names of the services that made it. */
  sttProviders: z.array(z.string()),
  replacedAt: timestamp,
});
export type TranscriptVersion = z.infer<typeof transcriptVersionSchema>;

export const transcriptVersions = defineCollection({
  name: 'transcript_versions',
  scope: 'user',
  schema: transcriptVersionSchema,
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'replacedAt', direction: 'desc' },
  },
});

/** A part of an earlier transcript, encoded like a `transcript_chunk`; id `<version id>:<index>`. */
export const transcriptVersionChunkSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  index: z.number().int(),
  segmentsZlibBase64: z.string(),
});

export const transcriptVersionChunks = defineCollection({
  name: 'transcript_version_chunks',
  scope: 'user',
  schema: transcriptVersionChunkSchema,
  encrypted: ['segmentsZlibBase64'],
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'index', direction: 'asc' },
  },
});
