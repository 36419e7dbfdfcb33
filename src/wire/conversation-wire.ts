import type { Conversation, ConversationGap } from '../model/conversation.ts';
import type { ConversationPhoto } from '../model/conversation-photo.ts';
import type { Person } from '../model/person.ts';
import { toIso, toIsoOrNull } from '../model/timestamp.ts';
import type { TranscriptSegment } from '../model/transcript-segment.ts';
import { type AudioFileWire, audioFileToWire } from './audio-file-wire.ts';
import { type ConversationEmotionWire, emotionToWire } from './emotion-wire.ts';
import { type GeolocationWire, geolocationToWire } from './geolocation-wire.ts';
import { type PersonWire, personToWire } from './person-wire.ts';
import { type PhotoWire, photoToWire } from './photo-wire.ts';
import { type SegmentWire, segmentToWire } from './segment-wire.ts';
import { type StructuredWire, structuredToWire } from './structured-wire.ts';

/**
 * A conversation on Omi's wire; every key is always there. `plugins_results` and
 * `processing_memory_id` are legacy mirrors; `processing` and `emotion` are additions of ours.
 */
export interface ConversationWire {
  id: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  source: string;
  language: string | null;
  structured: StructuredWire;
  transcript_segments: SegmentWire[];
  transcript_segments_compressed: boolean;
  geolocation: GeolocationWire | null;
  photos: PhotoWire[];
  audio_files: AudioFileWire[];
  private_cloud_sync_enabled: boolean;
  apps_results: { app_id: string | null; content: string }[];
  plugins_results: { plugin_id: string | null; content: string }[];
  suggested_summarization_apps: string[];
  external_data: Record<string, unknown> | null;
  app_id: string | null;
  discarded: boolean;
  visibility: string;
  starred: boolean;
  processing_memory_id: string | null;
  processing_conversation_id: string | null;
  status: string;
  is_locked: boolean;
  data_protection_level: string | null;
  folder_id: string | null;
  call_id: string | null;
  /** What of it was never transcribed; seconds on its clock, below 0 before the first word. */
  gaps: { start: number; end: number; reason: string }[];
  processing: {
    engine: string | null;
    model: string | null;
    model_error: string | null;
    failure_reason: string | null;
  };
  /** What the user felt; their own business, so neither shared nor shown of a locked one. */
  emotion: ConversationEmotionWire | null;
}

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
    },
    emotion: conversation.emotion && emotionToWire(conversation.emotion),
  };
}

/**
 * A conversation as lists carry it: the same keys; of a locked one only title and overview are
 * shown. `segments` is empty where the list has not loaded them.
 */
export function conversationSummaryToWire(
  conversation: Conversation,
  segments: readonly TranscriptSegment[],
): ConversationWire {
  const wire = conversationToWire(conversation, conversation.isLocked ? [] : segments);
  if (!conversation.isLocked) return wire;
  return {
    ...wire,
    structured: { ...wire.structured, action_items: [], events: [] },
    apps_results: [],
    plugins_results: [],
    suggested_summarization_apps: [],
    emotion: null,
  };
}

/**
 * A conversation as anybody with its link sees it: no place, and of the external data only the
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
