import type { Conversation } from '../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../model/conversations/conversation-photo.ts';
import type { DailySummary } from '../model/conversations/daily-summary.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';

/** A conversation with everything that its body shows. */
export interface WebhookConversation {
  conversation: Conversation;
  segments: readonly TranscriptSegment[];
  photos: readonly ConversationPhoto[];
}

/** Names that the body of a developer's webhook shows beside a conversation. */
export interface WebhookNames {
  /** Who speaks in a segment. */
  speaker(segment: TranscriptSegment): string;
  folder: string | null;
}

/** Writes the JSON of Omi's webhooks. */
export interface WebhookBodies {
  /** @param names null for an app, whose body has none */
  conversation(about: WebhookConversation, names: WebhookNames | null): string;
  transcript(uid: string, segments: readonly TranscriptSegment[]): string;
  daySummary(uid: string, summary: DailySummary): string;
}
