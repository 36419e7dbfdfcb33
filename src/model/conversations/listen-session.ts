import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** The speaker of all of a session's audio, if it is known in advance. */
export const sessionVoiceSchema = z.object({
  /** Label of every segment; null keeps the provider's labels. */
  speaker: z.string().nullable(),
  isUser: z.boolean(),
});
export type SessionVoice = z.infer<typeof sessionVoiceSchema>;

/**
 * One connection of a device and the state of its audio. The audio itself is in the audio log. Words up
 * to `transcribedMs` are stored; it changes in the same commit as they do.
 */
export const listenSessionSchema = z.object({
  id: z.string(),
  uid: z.string(),
  /** The conversation of its current words: the last of `spans`. */
  conversationId: z.string(),
  /** The conversation of the words from each position of the audio on, in order. */
  spans: z.array(z.object({ conversationId: z.string(), fromMs: z.number() })),
  codec: z.string(),
  sampleRate: z.number().int(),
  language: z.string(),
  /** Null if the provider distinguishes the speakers. */
  voice: sessionVoiceSchema.nullable().default(null),
  /** True if known voices are recognised in it. */
  includeSpeechProfile: z.boolean().default(false),
  /** Wall time of the first audio byte; null before it. */
  audioStartedAt: timestamp.nullable(),
  /** Audio up to here is transcribed, milliseconds from the first byte. */
  transcribedMs: z.number(),
  /** Where the audio ends; null while more may come. */
  audioEndMs: z.number().nullable().default(null),
  /** True if the audio becomes a recording, by the user's setting when the session began. */
  keepRecording: z.boolean().default(false),
  /**
   * `open`: connected, or its process died. `draining`: the end of the log must be transcribed.
   * `recording`: all words are stored, and the log becomes a recording.
   */
  state: z.enum(['open', 'draining', 'recording']),
  /** The process that has its audio; null in sessions of releases with one process only. */
  instanceId: z.string().nullable().default(null),
  /** Grows each time another process takes the session over; commits with an older epoch are refused. */
  epoch: z.number().int().default(0),
  /** Key of the device, if known: when it reconnects, it takes the session over. */
  clientKey: z.string().nullable().default(null),
  /** True if its provider is down, so that its audio waits while it is open. */
  providerDown: z.boolean().default(false),
  /** Since when no client is connected; null while one is. */
  drainingSince: timestamp.nullable().default(null),
  /** The client's audio stream and the position in it; null if the client counts none. */
  stream: z.object({ id: z.string(), startMs: z.number() }).nullable().default(null),
  /** As in `stream`, for the query. */
  streamId: z.string().nullable().default(null),
  createdAt: timestamp,
});
export type ListenSession = z.infer<typeof listenSessionSchema>;

export const listenSessions = defineCollection({
  name: 'listen_sessions',
  scope: 'user',
  schema: listenSessionSchema,
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
    ofStream: { filters: { streamId: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
  },
});
