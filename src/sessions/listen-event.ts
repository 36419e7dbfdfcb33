import type { Conversation } from '../model/conversations/conversation.ts';
import type { TranscriptSegment } from '../model/conversations/transcript-segment.ts';
import type { SpeakerSuggestion } from '../speakers/speaker-suggestions.ts';
import type { SttWord } from '../stt/stt-event.ts';

/** What a listen session tells its client; delivery translates it to the wire. */
export type ListenEvent =
  | { type: 'service-status'; status: string; text: string | null }
  /** Another speech-to-text provider makes the words from now on. */
  | {
      type: 'provider-changed';
      provider: string;
      from: string;
      isFirst: boolean;
      /** The one that was left has used up its budget. */
      overBudget: boolean;
    }
  /** Recognition lags behind the audio, or no longer does (`isOver`). */
  | { type: 'recognition-lag'; waitingMs: number; isOver: boolean }
  | { type: 'last-conversation'; conversationId: string }
  /** The session's words go to this conversation from now on. */
  | { type: 'conversation-session'; conversationId: string; sessionId: string }
  | {
      type: 'segments-updated';
      segments: TranscriptSegment[];
      /** `performance.now()` of the provider's answer, null if there was no provider. */
      receivedAt: number | null;
    }
  | { type: 'segments-deleted'; segmentIds: string[] }
  /** What is being said, and may still change; sent only to clients that ask for it. */
  | { type: 'partial-transcript'; text: string; speakerId: number | null }
  | {
      type: 'conversation-processing' | 'conversation-processed';
      conversation: Conversation;
      segments: TranscriptSegment[];
    }
  /** All parts of a photo have come; the client knows it as `tempId`, everybody else as `photoId`. */
  | { type: 'photo-processing'; tempId: string; photoId: string }
  | { type: 'photo-described'; photoId: string; description: string; discarded: boolean }
  | {
      type: 'onboarding-question';
      question: string;
      index: number;
      total: number;
      /** The segment of the transcript that the question is. */
      segmentId: string;
    }
  | { type: 'question-answered' | 'question-skipped'; index: number }
  | { type: 'onboarding-complete'; answers: number }
  | SpeakerSuggestion
  /** The session is over; nothing follows. */
  | { type: 'session-ended'; code: 1001 | 1003 | 1008 | 1011; reason: string };

/** Tells what is being said right now. */
export function partialEvent(words: readonly SttWord[]): ListenEvent {
  const text = words.map((word) => word.text).join(' ');
  return { type: 'partial-transcript', text, speakerId: words.at(-1)?.speaker ?? null };
}
