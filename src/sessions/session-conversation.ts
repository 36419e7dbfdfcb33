import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { AttachOptions } from '../transcripts/live-conversations.ts';
import type { TranscriptWriter } from '../transcripts/transcript-writer.ts';

/**
 * Returns the id of the conversation that a session's words go to from now on; `after` is the one that has
 * ended, null at the start.
 */
export type OpenConversation = (options: AttachOptions, after: string | null) => Promise<string>;

/** The conversations of a user, as a session needs them. */
export interface SessionConversations {
  open: OpenConversation;
  /** True if the stored conversation still takes words. */
  isOpen(uid: string, conversationId: string): Promise<boolean>;
}

export interface SessionConversationOptions {
  uid: string;
  attach: AttachOptions;
  conversations: SessionConversations;
  writer: TranscriptWriter;
  clock: Clock;
  logger: Logger;
  /** True once the session takes no more input: then no conversation follows. */
  isInputEnded(): boolean;
  /** Called each time that another conversation is the current one. */
  onStarted(): void;
  /** End of the session's audio so far, milliseconds; 0 without audio. */
  audioEndMs(): number;
}

/**
 * Keeps a session in a conversation. It is in one of two states:
 *
 * 1. `current`: words go to the conversation of the writer.
 * 2. `starting the next`: that one has ended (its job, the user or another process ended it, or it was
 *    deleted), and another is being opened. Words wait for it, see `settled`.
 */
export class SessionConversation {
  readonly #o: SessionConversationOptions;
  /** When words last went into the conversation, or it was opened; epoch milliseconds. */
  #activeAt = 0;
  /** Where the audio was split for the end of the conversation, until the next one starts there. */
  #splitMs: number | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: SessionConversationOptions) {
    this.#o = options;
  }

  /** Opens or resumes the session's first conversation. */
  async begin(): Promise<void> {
    const { conversations, attach, writer } = this.#o;
    writer.begin(await conversations.open(attach, null));
    this.noteActive();
    this.#o.onStarted();
  }

  /** Words went into the conversation. */
  noteActive(): void {
    this.#activeAt = this.#o.clock.now();
  }

  /** The audio was split at `splitMs`, because the conversation is about to be ended. */
  noteSplit(splitMs: number): void {
    this.#splitMs = splitMs;
  }

  /** Resolves when no conversation is being opened. */
  async settled(): Promise<void> {
    await this.#starting;
  }

  /** Starts the next conversation at the end of the audio. @throws what opening it throws */
  async renew(): Promise<void> {
    this.#starting ??= this.#untilStarted(this.startNext(this.#o.audioEndMs()));
    await this.#starting;
  }

  /**
   * The conversation has ended: starts the next one, if it is the session's current one.
   *
   * @param fromMs position that the next one starts at, unless the audio was split for it
   */
  onClosed(conversationId: string, fromMs: number = this.#o.audioEndMs()): void {
    const { writer, isInputEnded, logger } = this.#o;
    if (writer.conversationId !== conversationId || isInputEnded() || this.#starting) return;
    const startMs = this.#splitMs ?? fromMs;
    this.#splitMs = undefined;
    const started = this.startNext(startMs).catch((error) =>
      logger.error({ error: describeError(error) }, 'next conversation not opened'),
    );
    this.#starting = this.#untilStarted(started);
  }

  /**
   * Waits for a conversation that is being opened. After a pause the current one may also have been ended by
   * another process whose message was lost: then words that begin at `fromMs` start the next one.
   *
   * @param fromMs null if no words are to be written
   */
  async ready(fromMs: number | null): Promise<void> {
    await this.#starting;
    const { uid, conversations, clock, attach, writer } = this.#o;
    if (fromMs === null || clock.now() - this.#activeAt < attach.timeoutMs) return;
    const { conversationId } = writer;
    if (await conversations.isOpen(uid, conversationId)) return;
    this.onClosed(conversationId, fromMs);
    await this.#starting;
  }

  /** Opens the conversation that words from the position `fromMs` on go to. */
  async startNext(fromMs: number): Promise<void> {
    const { conversations, attach, writer } = this.#o;
    const conversationId = await conversations.open(attach, writer.conversationId);
    this.noteActive();
    await writer.startNextConversation(conversationId, fromMs);
    this.#o.onStarted();
  }

  #untilStarted(started: Promise<void>): Promise<void> {
    return started.finally(() => {
      this.#starting = undefined;
    });
  }
}
