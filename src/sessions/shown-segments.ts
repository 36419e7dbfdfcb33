import type { AppendResult } from '../transcripts/append-segments.ts';
import type { ListenEvent } from './listen-event.ts';

/** Ids of segments that are remembered; the oldest are forgotten first. */
const MAX_SHOWN = 1_000;

/** Tells the client of one connection what became of its words. */
export class ShownSegments {
  readonly #emit: (event: ListenEvent) => void;
  readonly #ids = new Set<string>();

  constructor(emit: (event: ListenEvent) => void) {
    this.#emit = emit;
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

  #remember(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= MAX_SHOWN) return;
      this.#ids.delete(oldest);
    }
  }
}
