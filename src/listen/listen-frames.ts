import type { ListenEvent } from '../sessions/listen-event.ts';
import { conversationToWire } from '../wire/conversation-wire.ts';
import { stringifyWire } from '../wire/json.ts';
import { segmentToWire } from '../wire/segment-wire.ts';

type FrameEvent = Exclude<ListenEvent, { type: 'session-ended' }>;

/** The text frame that tells a client of an event; names are those of Omi's wire. */
export function listenFrame(event: FrameEvent): string {
  switch (event.type) {
    case 'segments-updated':
      return JSON.stringify(event.segments.map(segmentToWire));
    case 'service-status':
      return JSON.stringify({
        type: 'service_status',
        status: event.status,
        status_text: event.text,
      });
    case 'provider-changed':
      return JSON.stringify({
        type: 'service_status',
        status: event.isFirst ? 'stt_recovered' : 'stt_fallback',
        status_text: providerText(event),
        provider: event.provider,
        reason: `${event.isFirst ? 'return' : 'fallback'}_from_${event.from}`,
      });
    case 'recognition-lag':
      return JSON.stringify({
        type: 'service_status',
        status: event.isOver ? 'stt_caught_up' : 'stt_lagging',
        status_text: lagText(event),
        lag_seconds: Math.round(event.waitingMs / 1000),
      });
    case 'last-conversation':
      return JSON.stringify({ type: 'last_memory', memory_id: event.conversationId });
    case 'conversation-session':
      return JSON.stringify({
        type: 'conversation_session',
        conversation_id: event.conversationId,
        recording_session_id: event.sessionId,
        status: 'in_progress',
      });
    case 'segments-deleted':
      return JSON.stringify({ type: 'segments_deleted', segment_ids: event.segmentIds });
    case 'partial-transcript':
      return JSON.stringify({
        type: 'partial_transcript',
        text: event.text,
        speaker_id: event.speakerId,
      });
    case 'photo-processing':
      return JSON.stringify({
        type: 'photo_processing',
        temp_id: event.tempId,
        photo_id: event.photoId,
      });
    case 'photo-described':
      return JSON.stringify({
        type: 'photo_described',
        photo_id: event.photoId,
        description: event.description,
        discarded: event.discarded,
      });
    case 'onboarding-question':
      return JSON.stringify({
        type: 'onboarding_question',
        question: event.question,
        question_index: event.index,
        total_questions: event.total,
        question_segment_id: event.segmentId,
      });
    case 'question-answered':
      return JSON.stringify({
        type: 'question_answered',
        question_index: event.index,
        answered: true,
      });
    case 'question-skipped':
      return JSON.stringify({ type: 'question_skipped', question_index: event.index });
    case 'onboarding-complete':
      return JSON.stringify({ type: 'onboarding_complete', answers_count: event.answers });
    case 'speaker-suggested':
      return JSON.stringify({
        type: 'speaker_label_suggestion',
        speaker_id: event.speakerId,
        person_id: event.personId,
        person_name: event.personName,
        segment_id: event.segmentId,
      });
    case 'conversation-processing':
    case 'conversation-processed':
      return stringifyWire({
        type:
          event.type === 'conversation-processing' ? 'memory_processing_started' : 'memory_created',
        memory: conversationToWire(event.conversation, event.segments),
        messages: [],
      });
  }
}

function providerText(event: Extract<FrameEvent, { type: 'provider-changed' }>): string {
  const { provider, from, isFirst, overBudget } = event;
  if (isFirst) return `Speech recognition is back with ${provider}.`;
  const goesOn = `Speech recognition goes on with ${provider}`;
  return overBudget ? `${goesOn}: the daily budget of ${from} is used up.` : `${goesOn}.`;
}

function lagText({ waitingMs, isOver }: Extract<FrameEvent, { type: 'recognition-lag' }>): string {
  if (isOver) return 'Speech recognition has caught up with your audio.';
  const seconds = Math.round(waitingMs / 1000);
  return `Speech recognition is ${seconds} seconds behind. Your audio is kept, and all of it will be heard.`;
}

/**
 * Tells a client how much of its stream is kept, milliseconds: `audio_position` at the start, if it
 * is to go on; `audio_kept` while audio comes.
 */
export function streamFrame(type: 'audio_position' | 'audio_kept', keptMs: number): string {
  return JSON.stringify({ type, position_ms: keptMs });
}
