import type { HeardVoice } from '../voices/voice-vector.ts';

/** How a provider names a speaker within one connection: the vendor's own label or number. */
export type SpeakerLabel = string | number;

/** A word as a provider heard it. Times are milliseconds of audio from the stream's first byte. */
export interface SttWord<Speaker = number> {
  text: string;
  startMs: number;
  endMs: number;
  /** Who spoke it, null if the provider does not tell speakers apart. A stream numbers its speakers. */
  speaker: Speaker | null;
  confidence: number | null;
  language: string | null;
}

/** Words that may still change; replaces every earlier partial that is not yet final. */
export interface TranscriptPartial<Speaker = number> {
  type: 'transcript-partial';
  words: SttWord<Speaker>[];
}

/**
 * Words that will not change, and how far the provider's answer reaches: audio before
 * `finalUntilMs` needs no transcription any more. `words` is empty if only the time moved on.
 * `receivedAt` is `performance.now()` of the vendor's message, for latency figures.
 */
export interface TranscriptFinal<Speaker = number> {
  type: 'transcript-final';
  words: SttWord<Speaker>[];
  finalUntilMs: number;
  receivedAt: number;
}

export interface SpeechStart {
  type: 'speech-start';
  atMs: number;
}

/** Audio that the provider has charged for, at the end of a connection. */
export interface SttUsage {
  type: 'usage';
  audioMs: number;
}

/** The provider's connection is lost or back; the stream goes on. Made by decorators only. */
export interface ProviderStatus {
  type: 'provider-status';
  state: 'connected' | 'reconnecting' | 'unavailable';
  reason: string | null;
}

/**
 * Another provider than before makes the words from here on; a stream begins with the first of its
 * chain. Made by decorators only.
 */
export interface ProviderChange {
  type: 'provider-change';
  /** Names of the providers. */
  provider: string;
  from: string;
  /** Why the other provider was left; null if the stream returns to one that has recovered. */
  reason: string | null;
  /** True if the other one was left because its budget is used up: it may be well. */
  overBudget: boolean;
}

/** A speaker of this stream is a known person. Made by decorators only, before their words. */
export interface SpeakerIdentified {
  type: 'speaker-identified';
  /** Number of the speaker within this stream. */
  speaker: number;
  /** Id of the person, or `user` for the owner of the device. */
  personId: string;
  name: string;
}

/** The voice of a speaker of this stream, from one stretch of speech. Made by a decorator only. */
export interface VoiceHeard {
  type: 'voice-heard';
  /** Number of the speaker within this stream. */
  speaker: number;
  startMs: number;
  endMs: number;
  voice: HeardVoice;
  /** The number was given by this voice; false if the provider tells speakers apart itself. */
  isByVoice: boolean;
}

/** The user's budget is used up: nothing is sent until it is renewed. Made by a decorator only. */
export interface BudgetExhausted {
  type: 'budget-exhausted';
  /** Epoch milliseconds. */
  renewsAt: number;
}

/** An event of a stream, which numbers its speakers. */
export type SttEvent<Speaker = number> =
  | TranscriptPartial<Speaker>
  | TranscriptFinal<Speaker>
  | SpeechStart
  | SttUsage
  | ProviderStatus
  | ProviderChange
  | BudgetExhausted
  | SpeakerIdentified
  | VoiceHeard;

/** A word of one connection, with the vendor's label of its speaker. */
export type ProviderWord = SttWord<SpeakerLabel>;

/** An event of one connection. */
export type ProviderEvent = SttEvent<SpeakerLabel>;
