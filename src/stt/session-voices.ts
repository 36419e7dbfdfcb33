import type { VoicePrint } from '../voices/match-voice.ts';
import type { KnownVoice } from './enrollment-audio.ts';

/** What a stream recognises people by: their vectors or, without a voice model, their recordings. */
export interface SessionVoices {
  prints: readonly VoicePrint[];
  /** Played to the speech service before the session's own audio. */
  played: readonly KnownVoice[];
}

/** Nobody is known. */
export const NO_VOICES: SessionVoices = { prints: [], played: [] };
