import { z } from 'zod';
import type { Conversation, ConversationGap } from '../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../model/conversations/conversation-photo.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { Person } from '../model/people/person.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import { audioFileSchema, audioFileToWire } from './audio-file-wire.ts';
import { conversationEmotionSchema, emotionToWire } from './emotion-wire.ts';
import { geolocationToWire, placeSchema } from './geolocation-wire.ts';
import { jsonObjectSchema } from './json.ts';
import { type PersonWire, personSchema, personToWire } from './person-wire.ts';
import { photoSchema, photoToWire } from './photo-wire.ts';
import { segmentSchema, segmentToWire } from './segment-wire.ts';
import { structuredSchema, structuredToWire } from './structured-wire.ts';

/**
 * A conversation on Omi's wire; every key is always there. `plugins_results` and
 * `processing_memory_id` are legacy mirrors; `processing` and `emotion` are additions of ours.
 */
export const conversationSchema = z
  .object({
    id: z.string(),
    created_at: z.string(),
    started_at: z.string().nullable(),
    finished_at: z.string().nullable(),
    source: z.string(),
    language: z.string().nullable(),
    structured: structuredSchema,
    transcript_segments: z.array(segmentSchema),
    transcript_segments_compressed: z.boolean(),
    geolocation: placeSchema.nullable(),
    photos: z.array(photoSchema),
    audio_files: z.array(audioFileSchema),
    private_cloud_sync_enabled: z.boolean(),
    apps_results: z.array(z.object({ app_id: z.string().nullable(), content: z.string() })),
    plugins_results: z.array(z.object({ plugin_id: z.string().nullable(), content: z.string() })),
    suggested_summarization_apps: z.array(z.string()),
    external_data: jsonObjectSchema.nullable(),
    app_id: z.string().nullable(),
    discarded: z.boolean(),
    visibility: z.string(),
    starred: z.boolean(),
    processing_memory_id: z.string().nullable(),
    processing_conversation_id: z.string().nullable(),
    status: z.string(),
    is_locked: z.boolean(),
    data_protection_level: z.string().nullable(),
    folder_id: z.string().nullable(),
    call_id: z.string().nullable(),
    /** What of it was never transcribed; seconds on its clock, below 0 before the first word. */
    gaps: z.array(z.object({ start: z.number(), end: z.number(), reason: z.string() })),
    processing: z.object({
      engine: z.string().nullable(),
      model: z.string().nullable(),
      model_error: z.string().nullable(),
      failure_reason: z.string().nullable(),
      note: z.string().nullable(),
    }),
    /** What the user felt; their own business, so neither shared nor shown of a locked one. */
    emotion: conversationEmotionSchema.nullable(),
  })
  .meta({ id: 'Conversation' });
export type ConversationWire = z.output<typeof conversationSchema>;

/**
 * A conversation with the given transcript and photos. Single-record answers carry the photos; live
 * events do not, which would have to fit all of them into one frame.
 */
export function conversationToWire(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  photos: readonly ConversationPhoto[] = [],
): ConversationWire {
  return {
    id: conversation.id,
    created_at: toIso(conversation.createdAt),
    started_at: toIsoOrNull(conversation.startedAt),
    finished_at: toIsoOrNull(conversation.finishedAt),
    source: conversation.source,
    language: conversation.language,
    structured: structuredToWire(conversation.structured),
    transcript_segments: segments.map(segmentToWire),
    transcript_segments_compressed: false,
    geolocation: conversation.geolocation && geolocationToWire(conversation.geolocation),
    photos: photos.map(photoToWire),
    audio_files: conversation.audioFiles.map((file) => audioFileToWire(conversation.id, file)),
    private_cloud_sync_enabled: conversation.privateCloudSyncEnabled,
    apps_results: conversation.appsResults.map((r) => ({ app_id: r.appId, content: r.content })),
    plugins_results: conversation.appsResults.map((r) => ({
      plugin_id: r.appId,
      content: r.content,
    })),
    suggested_summarization_apps: [...conversation.suggestedSummarizationApps],
    external_data: conversation.externalData,
    app_id: conversation.appId,
    discarded: conversation.discarded,
    visibility: conversation.visibility,
    starred: conversation.starred,
    processing_memory_id: conversation.processingConversationId,
    processing_conversation_id: conversation.processingConversationId,
    status: conversation.status,
    is_locked: conversation.isLocked,
    data_protection_level: conversation.dataProtectionLevel,
    folder_id: conversation.folderId,
    call_id: conversation.callId,
    gaps: conversation.gaps.map((gap) => gapToWire(conversation, gap)),
    processing: {
      engine: conversation.processing.engine,
      model: conversation.processing.model,
      model_error: conversation.processing.modelError,
      failure_reason: conversation.processing.failureReason,
      note: conversation.processing.note,
    },
    emotion: conversation.emotion && emotionToWire(conversation.emotion),
  };
}

/**
 * A conversation as lists carry it: the same keys; of a locked one only title and overview are
 * shown. `segments` is empty if the list has not loaded them.
 */
export function conversationSummaryToWire(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
): ConversationWire {
  const wire = conversationToWire(conversation, conversation.isLocked ? [] : segments);
  if (!conversation.isLocked) return wire;
  return {
    ...wire,
    structured: { ...wire.structured, overview_evidence: [], action_items: [], events: [] },
    apps_results: [],
    plugins_results: [],
    suggested_summarization_apps: [],
    emotion: null,
  };
}

/** A conversation as it is shown to readers of its link, with the people in it. */
export const sharedConversationSchema = conversationSchema
  .extend({ people: z.array(personSchema) })
  .meta({ id: 'SharedConversation' });

/**
 * A conversation as it is shown to readers of its link: no place, and of the external data only the
 * text, since calendar context holds other people's addresses; of the people no voice and no words.
 */
export function sharedConversationToWire(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
  people: readonly Person[],
): ConversationWire & { people: PersonWire[] } {
  const text = conversation.externalData?.text;
  return {
    ...conversationToWire(conversation, segments),
    audio_files: [],
    emotion: null,
    geolocation: null,
    external_data: typeof text === 'string' ? { text } : null,
    people: people.map((person) => personToWire({ ...person, speechSampleTranscripts: null })),
  };
}

function gapToWire(conversation: Conversation, { startAt, endAt, reason }: ConversationGap) {
  const origin = conversation.startedAt ?? conversation.createdAt;
  const seconds = (at: number) => (at - origin) / 1000;
  return { start: seconds(startAt), end: seconds(endAt), reason };
}
