import type { AppError } from '../kernel/errors.ts';
import type { WebSocketClose } from '../kernel/websocket-client.ts';
import type { AudioMessages } from './audio-messages.ts';
import type { ProviderEvent } from './stt-event.ts';

/** What a message of a vendor means to the stream. */
export type VendorMessage =
  | { kind: 'events'; events: ProviderEvent[] }
  /** The session has started: audio may go out. */
  | { kind: 'started' }
  /** So many of the audio messages sent have been read. */
  | { kind: 'audio-read'; messages: number }
  /** The last message. `audioMs` is what the vendor counted, null if it does not say. */
  | { kind: 'finished'; events: ProviderEvent[]; audioMs: number | null }
  | { kind: 'failed'; error: AppError }
  | { kind: 'ignored' }
  /** Neither understood nor harmful; counted. */
  | { kind: 'unknown' };

/** What a vendor is sent on one live connection. */
export interface SentProtocol {
  readonly audio: AudioMessages;
  /** Text that opens the session, null for none. */
  readonly start: string | null;
  /**
   * When audio may go out: at once; after a `started` message; or, if a vendor tells only what
   * is wrong with the start, once it has read it and kept silent for `graceMs`.
   */
  readonly startsAfter: 'open' | 'started' | { graceMs: number };
  /** Sent while there is no audio: this text, or a WebSocket ping. */
  readonly keepAlive: { afterMs: number; text: string | null };
  /** Audio messages that may be unread at the vendor's; infinite if reading is not told. */
  readonly maxUnread: number;
  /** Texts that end the audio. @param sentMessages number of audio messages that were sent */
  ending(sentMessages: number): string[];
}

/** The vendor's part of one live connection: what is sent, and what the answers mean. */
export interface LiveProtocol extends SentProtocol {
  /** For error messages and log lines: `Soniox`. */
  readonly vendor: string;
  read(data: string | Uint8Array, receivedAt: number): VendorMessage;
  /**
   * True if `read` would return `ignored`. Asked for each message as it comes, so that what a service sends
   * several times a second for nothing costs nothing more. Must not throw; absent: nothing is skipped.
   */
  skips?(data: string | Uint8Array): boolean;
  /**
   * True if a `finished` message that counts less audio than was sent may precede an error. The connection's
   * close then decides. False: the message is the end, and the rest is sent again.
   */
  readonly closeDecidesIfShort: boolean;
  /** What is still held back when the end has come. */
  flush(receivedAt: number): ProviderEvent[];
  /** The error of a connection that closed without a valid end. Null if this protocol ends so. */
  endError(close: WebSocketClose, end: LiveEnd): AppError | null;
}

/** How far a connection was when it closed. */
export interface LiveEnd {
  /** The audio had ended. */
  closing: boolean;
  /** The vendor sent nothing for too long. */
  timedOut: boolean;
  /** Audio that a `finished` message had counted, milliseconds; null if none came. */
  countedMs: number | null;
}
