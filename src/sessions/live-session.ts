import type { SuggestedTranscript } from './suggested-transcript.ts';

/** One connection of a device, as those see it who give it messages, wait for it or end it. */
export interface LiveSession {
  readonly uid: string;
  /** The conversation that words go to now. */
  readonly conversationId: string;
  /** Wall time that the session's words are counted from, epoch milliseconds. */
  readonly startedAt: number;
  /** The client's stream that the audio belongs to, and how much of it is kept; null for none. */
  readonly stream: { id: string; keptMs: number } | null;
  /** True if the session, or a part of it, is known by this id in the store. */
  hasId(sessionId: string): boolean;
  /** Begins; emits the start-up events in order. */
  start(): Promise<void>;
  /** Takes one binary message. */
  audio(message: Uint8Array): void;
  /** Resolves when the audio that was taken is written: no crash of the process loses it then. */
  kept(): Promise<void>;
  /** Takes words that the client recognised by itself. */
  suggest(message: SuggestedTranscript): void;
  assignSpeaker(speakerId: number, personId: string, segmentIds: readonly string[]): void;
  /** If more waits to be written than should: resolves when it is. Undefined: all is well. */
  overload(): Promise<void> | undefined;
  /** True if the conversation's audio waits for a provider that is down. */
  hasUnheardAudio(conversationId: string): boolean;
  /** Goes on in another conversation, after the present one has gone. */
  renewConversation(): Promise<void>;
  /** Gets the last words out of the provider and into the store; gives up after `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Ends the session; calling it again waits for the first call. */
  close(): Promise<void>;
  /** Sends the client away and takes nothing more from it. */
  dismiss(reason: string): void;
  /** Another process has it now: sends the client away and writes nothing more. */
  yieldTo(): void;
  /** Stops waiting for the provider; what it has not answered is left to the next start. */
  interrupt(): void;
}
