import { z } from 'zod';
import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { ConversationVoice } from '../model/people/conversation-voice.ts';
import { toIso } from '../model/timestamp.ts';

/** One speaker of a conversation, with a piece to listen to; times in seconds from its start. */
export const speakerClipSchema = z.object({
  conversation_id: z.string(),
  title: z.string(),
  started_at: z.string(),
  speaker_id: z.number().int(),
  talk_seconds: z.number(),
  segment_ids: z.array(z.string()),
  clip_start: z.number(),
  clip_end: z.number(),
});

/** What is said of a speaker: where, how long, and which piece is the best to listen to. */
export function speakerClipToWire(speech: {
  conversation: Conversation;
  voice: ConversationVoice;
  segments: readonly TranscriptSegment[];
}): z.output<typeof speakerClipSchema> {
  const { conversation, voice, segments } = speech;
  const startedAt = conversation.startedAt ?? conversation.createdAt;
  const { start, end } = clipSecondsOf(voice, startedAt);
  return {
    conversation_id: conversation.id,
    title: conversation.structured.title,
    started_at: toIso(startedAt),
    speaker_id: voice.speaker,
    talk_seconds: seconds(segments.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)),
    segment_ids: segments.map(({ id }) => id),
    clip_start: start,
    clip_end: end,
  };
}

/** The best piece of a voice, seconds from the conversation's start. */
export function clipSecondsOf(
  { clip }: ConversationVoice,
  startedAt: number,
): { start: number; end: number } {
  const start = Math.max(0, clip.startAt - startedAt);
  return { start: seconds(start), end: seconds(Math.max(start, clip.endAt - startedAt)) };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
