import type { components } from './schema.ts';

type Schemas = components['schemas'];

/** What the server tells over the live socket; docs/client-protocol.md says when. */
export type LiveEvent =
  /** New or changed segments; one with a known `id` replaces the earlier one. */
  | { type: 'segments'; segments: Schemas['Segment'][] }
  | { type: 'segments_deleted'; segment_ids: string[] }
  | { type: 'partial_transcript'; text: string; speaker_id: number | null }
  | {
      type: 'service_status';
      status: string;
      status_text: string | null;
      provider?: string;
      reason?: string;
      lag_seconds?: number;
    }
  | { type: 'last_memory'; memory_id: string }
  | {
      type: 'conversation_session';
      conversation_id: string;
      recording_session_id: string;
      status: 'in_progress';
    }
  | {
      type: 'memory_processing_started' | 'memory_created';
      memory: Schemas['Conversation'];
      messages: Schemas['Message'][];
    }
  | {
      type: 'speaker_label_suggestion';
      speaker_id: number;
      person_id: string;
      person_name: string;
      segment_id: string;
    }
  | { type: 'photo_processing'; temp_id: string; photo_id: string }
  | { type: 'photo_described'; photo_id: string; description: string; discarded: boolean }
  | {
      type: 'onboarding_question';
      question: string;
      question_index: number;
      total_questions: number;
      question_segment_id: string;
    }
  | { type: 'question_answered'; question_index: number; answered: true }
  | { type: 'question_skipped'; question_index: number }
  | { type: 'onboarding_complete'; answers_count: number }
  /** Send the audio of the stream from exactly there on. */
  | { type: 'audio_position'; position_ms: number }
  /** Audio before that is on the server's disk. */
  | { type: 'audio_kept'; position_ms: number };

/** What a client may send besides audio. */
export type LiveRequest =
  | {
      type: 'suggested_transcript';
      segments: {
        id?: string;
        text: string;
        speaker?: string;
        is_user?: boolean;
        start?: number;
        end?: number;
      }[];
    }
  | { type: 'image_chunk'; id: string; index: number; total: number; data: string }
  | {
      type: 'speaker_assigned';
      speaker_id: number;
      person_id: string;
      person_name: string;
      segment_ids?: string[];
    }
  | { type: 'skip_question' };

/** The parameters of the live socket; what is left out has the default of the protocol. */
export interface LiveOptions {
  language?: string;
  codec?: 'pcm8' | 'pcm16' | 'opus' | 'opus_fs320' | 'aac' | 'lc3_fs1030';
  /** Hertz. */
  sample_rate?: number;
  channels?: number;
  include_speech_profile?: boolean;
  /** Seconds of silence that end a conversation. */
  conversation_timeout?: number;
  source?: string;
  custom_stt?: 'enabled' | 'disabled';
  stt_service?: string;
  call_id?: string;
  onboarding?: 'enabled' | 'disabled';
  speaker_auto_assign?: 'enabled' | 'disabled';
  vad_gate?: 'enabled' | 'disabled';
  /** Names the recording, so that its audio arrives once over several connections. */
  stream_id?: string;
  /** How long ago the first byte of that recording was recorded, milliseconds. */
  stream_age?: number;
  partials?: 'enabled' | 'disabled';
  /** A UUID. */
  client_conversation_id?: string;
}

/** Returns the event of a text frame; undefined for `ping` and for what this version does not know. */
export function parseLiveEvent(frame: string): LiveEvent | undefined {
  if (frame === 'ping') return undefined;
  const json: unknown = JSON.parse(frame);
  if (Array.isArray(json)) return { type: 'segments', segments: json as Schemas['Segment'][] };
  if (typeof json !== 'object' || json === null || !('type' in json)) return undefined;
  return json as LiveEvent;
}
