import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** Who speaks in all of a session's audio, where that is known without listening. */
export const sessionVoiceSchema = z.object({
  /** Label of every segment; null leaves the labels that the provider gives. */
  speaker: z.string().nullable(),
  isUser: z.boolean(),
});
export type SessionVoice = z.infer<typeof sessionVoiceSchema>;

/**
 * One connection of a device and what is known of its audio. The audio log holds the audio itself;
 * `transcribedMs` says how far its words are stored, and moves in the same commit as they do.
 */
export const listenSessionSchema = z.object({
  id: z.string(),
  uid: z.string(),
  /** The conversation that its words go to now: the last of `spans`. */
  conversationId: z.string(),
  /** Which conversation the words from each position of the audio on belong to, in order. */
  spans: z.array(z.object({ conversationId: z.string(), fromMs: z.number() })),
  codec: z.string(),
  sampleRate: z.number().int(),
  language: z.string(),
  /** Null where the speakers are to be told apart. */
  voice: sessionVoiceSchema.nullable().default(null),
  /** Whether known voices are to be recognised in it. */
  includeSpeechProfile: z.boolean().default(false),
  /** Wall time of the first audio byte, null while there was none. */
  audioStartedAt: timestamp.nullable(),
  /** Audio up to here (milliseconds of audio from the first byte) needs no transcription any more. */
  transcribedMs: z.number(),
  /** Where the audio ends, known once no more of it comes; null before. */
  audioEndMs: z.number().nullable().default(null),
  /** Whether the audio becomes a recording of its conversations, by the user's wish at the start. */
  keepRecording: z.boolean().default(false),
  /**
   * `open`: connected, or its process died. `draining`: the log has a tail to transcribe.
   * `recording`: all words are stored, and the log becomes a recording.
   */
  state: z.enum(['open', 'draining', 'recording']),
  /** The process that has its audio; null in sessions of releases that knew of one process only. */
  instanceId: z.string().nullable().default(null),
  /** Grows each time that the session is taken from its owner; a commit of an older one is refused. */
  epoch: z.number().int().default(0),
  /** What device it is of, as far as that is known: its reconnecting takes the session over. */
  clientKey: z.string().nullable().default(null),
  /** Whether its provider is down, so that audio waits unheard while it is open. */
  providerDown: z.boolean().default(false),
  /** Since when nobody is connected, null while somebody is. */
  drainingSince: timestamp.nullable().default(null),
  /** The client's stream that its audio is a part of, and where in it; null if it counts none. */
  stream: z.object({ id: z.string(), startMs: z.number() }).nullable().default(null),
  createdAt: timestamp,
});
export type ListenSession = z.infer<typeof listenSessionSchema>;

export const listenSessions = defineCollection({
  name: 'listen_sessions',
  scope: 'user',
  schema: listenSessionSchema,
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'asc' },
  },
});
