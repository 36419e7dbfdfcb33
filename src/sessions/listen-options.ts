import type { ConversationSource } from '../model/conversations/conversation.ts';

/** What a device asks for when it connects, validated. */
export interface ListenOptions {
  uid: string;
  /** BCP-47 or `multi`. */
  language: string;
  sampleRate: number;
  codec: string;
  includeSpeechProfile: boolean;
  conversationTimeoutMs: number;
  source: ConversationSource;
  customStt: boolean;
  /** Speech-to-text service or provider that the client would like, null for none. */
  sttService: string | null;
  /** Whether silence is kept from the provider, null for what the server does by default. */
  vadGate: boolean | null;
  speakerAutoAssign: boolean;
  /** Two and more: each message begins with the number of its channel. */
  channels: number;
  /** What a call is known by to the client; stored if there are several channels. */
  callId: string | null;
  /** True if a new user is asked questions. */
  onboarding: boolean;
  /** The client's name of audio that it sends over several connections; null for none. */
  streamId: string | null;
  /** How long ago the first byte of that audio was recorded; null if the client does not say. */
  streamAgeMs: number | null;
  /** Whether the client is sent words that may still change. */
  partials: boolean;
  /** What tells the user's devices apart, as far as the client says; null if it does not. */
  clientKey: string | null;
  /** The conversation that the client wants to speak into, a UUID; absent if it does not say. */
  conversationId?: string;
}

const MIN_TIMEOUT_S = 2;
const MAX_TIMEOUT_S = 14_400;

/** `conversation_timeout` of the wire, seconds, clamped to 2–14400; `-1` means the longest. */
export function conversationTimeoutMs(seconds: number): number {
  if (seconds === -1) return MAX_TIMEOUT_S * 1000;
  return Math.min(MAX_TIMEOUT_S, Math.max(MIN_TIMEOUT_S, seconds)) * 1000;
}
