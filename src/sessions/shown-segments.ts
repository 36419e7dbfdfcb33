import type { AppendResult } from '../transcripts/append-segments.ts';
import type { ListenEvent } from './listen-event.ts';

/** Ids of segments that are remembered; the oldest are forgotten first. */
const MAX_SHOWN = 1_000;

/** Tells the client of one session what became of its words, and where they go. */
export class ShownSegments {
  readonly #emit: (event: ListenEvent) => void;
  readonly #asksForConversation: boolean;
  readonly #ids = new Set<string>();
  #conversationId = '';

  /** @param asksForConversation the client has named a conversation, and waits to be told which it has */
  constructor(emit: (event: ListenEvent) => void, asksForConversation: boolean) {
    this.#emit = emit;
    this.#asksForConversation = asksForConversation;
  }

  /**
   * Tells of the segments that a commit has changed. Those that have only moved are of interest to a
   * client that shows them.
   */
  tell({ updated, moved, removedIds }: AppendResult, receivedAt: number | null): void {
    if (removedIds.length > 0) this.#emit({ type: 'segments-deleted', segmentIds: removedIds });
    const segments = [...moved.filter(({ id }) => this.#ids.has(id)), ...updated];
    for (const { id } of updated) this.#remember(id);
    if (segments.length > 0) this.#emit({ type: 'segments-updated', segments, receivedAt });
  }

  /**
   * Tells which conversation the session's words go to, each time that it is another one. Clients that do
   * not ask are told with the first words, since older ones know the first frames of a session exactly.
   */
  tellConversation(
    { id, conversationId }: { id: string; conversationId: string },
    hasWords: boolean,
  ): void {
    if (this.#conversationId === conversationId) return;
    if (!hasWords && !this.#asksForConversation) return;
    this.#conversationId = conversationId;
    this.#emit({ type: 'conversation-session', conversationId, sessionId: id });
  }

  #remember(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_SHOWN) return;
      this.#ids.delete(oldest);
    }
  }
}
