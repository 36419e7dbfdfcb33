import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';
import { categorySchema } from './category.ts';
import { conversationEmotionSchema } from './emotion.ts';
import { audioFileSchema } from './recording.ts';
import { suggestedPartSchema } from './suggested-part.ts';
import { transcriptSegmentSchema } from './transcript-segment.ts';

export const CONVERSATION_SOURCES = [
  'friend',
  'omi',
  'fieldy',
  'bee',
  'plaud',
  'frame',
  'friend_com',
  'apple_watch',
  'phone',
  'phone_call',
  'desktop',
  'web',
  'openglass',
  'screenpipe',
  'workflow',
  'sdcard',
  'external_integration',
  'limitless',
  'onboarding',
  'unknown',
] as const;
export type ConversationSource = (typeof CONVERSATION_SOURCES)[number];

/** Returns the source that a text names: `omi` if it is absent, `unknown` if it names none. */
export function toConversationSource(text: string | null | undefined): ConversationSource {
  if (!text) return 'omi';
  return (CONVERSATION_SOURCES as readonly string[]).includes(text)
    ? (text as ConversationSource)
    : 'unknown';
}

export const CONVERSATION_STATUSES = [
  'in_progress',
  'processing',
  'merging',
  'completed',
  'failed',
] as const;
export const conversationStatusSchema = z.enum(CONVERSATION_STATUSES);
export type ConversationStatus = z.infer<typeof conversationStatusSchema>;

/**
 * The kind of text of a conversation that was not recorded here: `message` (an e-mail, a chat message),
 * `other_text`, or `audio_transcript` (speech that was transcribed elsewhere).
 */
export const textSourceSchema = z.enum(['audio_transcript', 'message', 'other_text']);
export type TextSource = z.infer<typeof textSourceSchema>;

export const visibilitySchema = z.enum(['private', 'shared', 'public']);
export type Visibility = z.infer<typeof visibilitySchema>;

/** An action item inside its conversation. `id` is the id of the action item itself. */
export const inlineActionItemSchema = z.object({
  id: z.string(),
  description: z.string(),
  completed: z.boolean(),
  createdAt: timestamp.nullable(),
  updatedAt: timestamp.nullable(),
  dueAt: timestamp.nullable(),
  completedAt: timestamp.nullable(),
  conversationId: z.string().nullable(),
  owner: z.string().nullable(),
  segmentIds: z.array(z.string()),
});
export type InlineActionItem = z.infer<typeof inlineActionItemSchema>;

export const calendarEventSchema = z.object({
  title: z.string(),
  description: z.string(),
  start: timestamp,
  durationMinutes: z.number().int(),
  created: z.boolean(),
  segmentIds: z.array(z.string()),
});
export type CalendarEvent = z.infer<typeof calendarEventSchema>;

/** A sentence of an overview, as it stands there, with the segments that it was made from. */
export const overviewEvidenceSchema = z.object({
  sentence: z.string(),
  segmentIds: z.array(z.string()),
});
export type OverviewEvidence = z.infer<typeof overviewEvidenceSchema>;

export const structuredSchema = z.object({
  title: z.string(),
  overview: z.string(),
  /**
   * By sentence and not by place, so that it holds for whatever is left of the overview once it
   * was edited. Sentences without a source are absent.
   */
  overviewEvidence: z.array(overviewEvidenceSchema).default([]),
  emoji: z.string(),
  category: categorySchema,
  actionItems: z.array(inlineActionItemSchema),
  events: z.array(calendarEventSchema),
});
export type Structured = z.infer<typeof structuredSchema>;

/** Search terms of a conversation beyond its words; each comes from the conversation. */
export const searchMetadataSchema = z.object({
  people: z.array(z.string()),
  topics: z.array(z.string()),
  /** Organisations, places, products, works. */
  entities: z.array(z.string()),
  /** Days that were mentioned, `YYYY-MM-DD` in the user's zone. */
  dates: z.array(z.string()),
});
export type SearchMetadata = z.infer<typeof searchMetadataSchema>;

export function emptySearchMetadata(): SearchMetadata {
  return { people: [], topics: [], entities: [], dates: [] };
}

export const geolocationSchema = z.object({
  googlePlaceId: z.string().nullable(),
  latitude: z.number(),
  longitude: z.number(),
  altitude: z.number().nullable(),
  accuracy: z.number().nullable(),
  address: z.string().nullable(),
  locationType: z.string().nullable(),
});
export type Geolocation = z.infer<typeof geolocationSchema>;

/** How a conversation was processed: by which engine, and why the model failed if it did. */
export const processingSchema = z.object({
  /** `model`: a language model. `rules`: the rule-based engine. Null: not processed yet. */
  engine: z.enum(['model', 'rules']).nullable(),
  /** Name of the model; null if the rules made the result. */
  model: z.string().nullable(),
  /** Why the language model failed; null if it did not, or was not used. */
  modelError: z.string().nullable(),
  /** Why processing as a whole failed; set with status `failed`. */
  failureReason: z.string().nullable(),
  /** What the rules could not do, such as read the language of the talk; null if nothing. */
  note: z.string().nullable().default(null),
  processedAt: timestamp.nullable(),
  /** How often processing has completed. */
  runs: z.number().int(),
});

/**
 * Audio that was accepted and never transcribed, by wall time. `audio-deleted`: it exceeded the age or
 * size of the audio log. `audio-lost`: it could not be written, or is gone.
 */
export const conversationGapSchema = z.object({
  startAt: timestamp,
  endAt: timestamp,
  reason: z.enum(['audio-deleted', 'audio-lost']),
});
export type ConversationGap = z.infer<typeof conversationGapSchema>;

/**
 * A conversation without its transcript; lists read only this. While it is live its segments are in
 * `live_segments`, later in `transcript_chunks`.
 */
export const conversationSchema = z.object({
  id: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
  startedAt: timestamp.nullable(),
  finishedAt: timestamp.nullable(),
  source: z.enum(CONVERSATION_SOURCES),
  language: z.string().nullable(),
  status: conversationStatusSchema,
  structured: structuredSchema,
  searchMetadata: searchMetadataSchema.default(emptySearchMetadata),
  /** True once the user has set the title; processing does not change it then. */
  titleEdited: z.boolean(),
  /** True once the user has changed the overview; processing does not change it then. */
  overviewEdited: z.boolean().default(false),
  /** Apps whose summary in `appsResults` the user has changed; only asking for that app replaces it. */
  editedAppIds: z.array(z.string()).default([]),
  geolocation: geolocationSchema.nullable(),
  appsResults: z.array(z.object({ appId: z.string().nullable(), content: z.string() })),
  suggestedSummarizationApps: z.array(z.string()),
  externalData: z.record(z.string(), z.unknown()).nullable(),
  appId: z.string().nullable(),
  /** Kind of the text that it was made from; null for audio that was transcribed here. */
  textSource: textSourceSchema.nullable().default(null),
  discarded: z.boolean(),
  visibility: visibilitySchema,
  starred: z.boolean(),
  privateCloudSyncEnabled: z.boolean(),
  /** Its recordings by time; a copy of what is in `recordings`. */
  audioFiles: z.array(audioFileSchema).default([]),
  processingConversationId: z.string().nullable(),
  isLocked: z.boolean(),
  dataProtectionLevel: z.enum(['standard', 'enhanced']),
  folderId: z.string().nullable(),
  /** True once the user has moved it into or out of a folder; processing does not move it then. */
  folderChosen: z.boolean().default(false),
  callId: z.string().nullable(),
  /** True if it belongs to one connection, as a call does: no other connection resumes it. */
  exclusive: z.boolean().default(false),
  /** True if files of a device made it; nobody has ended it, so that it may join its neighbours. */
  fromFiles: z.boolean().default(false),
  processing: processingSchema,
  /** The user's emotion; null if it was not determined, or none was found. */
  emotion: conversationEmotionSchema.nullable().default(null),
  /** Number of chunks of the finalised transcript; 0 while there is none. */
  transcriptChunks: z.number().int(),
  /** Audio that was never transcribed, in order; empty if all of it was. */
  gaps: z.array(conversationGapSchema).default([]),
  /** Idle time after which a live conversation is finalised, milliseconds. */
  timeoutMs: z.number().int(),
  /** When words were last stored, or the conversation began; the idle time is counted from here. */
  activeAt: timestamp,
  /** The device that it belongs to: only that one goes on in it. Null if nobody has said. */
  clientKey: z.string().nullable().default(null),
  /** When the user asked to end it; null if the user has not. */
  endRequestedAt: timestamp.nullable(),
  /** True if the user asked to process it; it is never discarded then. */
  forced: z.boolean(),
  /** `seq` of the next live segment. */
  nextSeq: z.number().int(),
  /** Id of the live segment that new words may be merged into. */
  tailSegmentId: z.string().nullable(),
  /** Live segments up to this `seq` are in the finalised transcript; -1: none. */
  finalisedSeq: z.number().int(),
  /** Fingerprint of the imported file, so that a second import finds the conversation. */
  importKey: z.string().nullable(),
  /** How many webhooks of apps led to it, one after the other; 0 if none did. */
  webhookHops: z.number().int().default(0),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const conversations = defineCollection({
  name: 'conversations',
  scope: 'user',
  schema: conversationSchema,
  encrypted: ['externalData'],
  announced: {
    kind: 'conversation',
    // What each sentence of a live conversation changes.
    except: ['startedAt', 'finishedAt', 'activeAt', 'updatedAt', 'nextSeq', 'tailSegmentId'],
  },
  queries: {
    recent: {
      filters: { status: 'in', discarded: 'eq', folderId: 'eq', starred: 'eq' },
      orderBy: 'createdAt',
      direction: 'desc',
    },
    changed: {
      filters: { status: 'in', discarded: 'eq' },
      orderBy: 'updatedAt',
      direction: 'asc',
    },
    byImportKey: { filters: { importKey: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});

/** A segment of a live conversation, one document each; `seq` gives the order. */
export const liveSegmentSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  seq: z.number().int(),
  segment: transcriptSegmentSchema,
  /** What of it the client has suggested; absent if the words come from a provider. */
  suggested: z.array(suggestedPartSchema).optional(),
});
export type LiveSegment = z.infer<typeof liveSegmentSchema>;

export const liveSegments = defineCollection({
  name: 'live_segments',
  scope: 'user',
  schema: liveSegmentSchema,
  encrypted: ['segment', 'suggested'],
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'seq', direction: 'asc' },
    tailOfConversation: { filters: { conversationId: 'eq' }, orderBy: 'seq', direction: 'desc' },
  },
});

/**
 * A part of a finalised transcript: the JSON of its segments, deflated (zlib) and base64 encoded.
 * Id is `<conversation id>:<index>`; a chunk stays well below the 1 MiB document limit of Firestore.
 */
export const transcriptChunkSchema = z.object({
  id: z.string(),
  conversationId: z.string(),
  index: z.number().int(),
  segmentsZlibBase64: z.string(),
});
export type TranscriptChunk = z.infer<typeof transcriptChunkSchema>;

export const transcriptChunks = defineCollection({
  name: 'transcript_chunks',
  scope: 'user',
  schema: transcriptChunkSchema,
  encrypted: ['segmentsZlibBase64'],
  queries: {
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'index', direction: 'asc' },
  },
});

/** Returns the empty structure of a conversation that was not processed yet. */
export function emptyStructured(): Structured {
  return {
    title: '',
    overview: '',
    overviewEvidence: [],
    emoji: '🧠',
    category: 'other',
    actionItems: [],
    events: [],
  };
}

/** Returns a new, empty conversation with defaults, `in_progress`. */
export function makeConversation(
  parts: Pick<Conversation, 'id' | 'createdAt'> & Partial<Conversation>,
): Conversation {
  return {
    updatedAt: parts.createdAt,
    startedAt: parts.createdAt,
    finishedAt: parts.createdAt,
    source: 'omi',
    language: null,
    status: 'in_progress',
    structured: emptyStructured(),
    searchMetadata: emptySearchMetadata(),
    titleEdited: false,
    overviewEdited: false,
    editedAppIds: [],
    geolocation: null,
    appsResults: [],
    suggestedSummarizationApps: [],
    externalData: null,
    appId: null,
    textSource: null,
    discarded: false,
    visibility: 'private',
    starred: false,
    privateCloudSyncEnabled: false,
    audioFiles: [],
    processingConversationId: null,
    isLocked: false,
    dataProtectionLevel: 'standard',
    folderId: null,
    folderChosen: false,
    callId: null,
    clientKey: null,
    exclusive: false,
    fromFiles: false,
    processing: {
      engine: null,
      model: null,
      modelError: null,
      failureReason: null,
      note: null,
      processedAt: null,
      runs: 0,
    },
    emotion: null,
    transcriptChunks: 0,
    gaps: [],
    timeoutMs: 120_000,
    activeAt: parts.createdAt,
    endRequestedAt: null,
    forced: false,
    nextSeq: 0,
    tailSegmentId: null,
    finalisedSeq: -1,
    importKey: null,
    webhookHops: 0,
    ...parts,
  };
}
