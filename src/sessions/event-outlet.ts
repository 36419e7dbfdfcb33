import type { ListenEvent } from './listen-event.ts';

/** What takes the events of a session: the connection that the client has now. */
export type Emit = (event: ListenEvent) => void;

/** Leads the events of one session to whichever connection its client has; without one they are dropped. */
export class EventOutlet {
  #emit: Emit | null;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  readonly emit: Emit = (event) => this.#emit?.(event);

  /** Leads the events to another connection; the one before is told that its session goes on there. */
  moveTo(emit: Emit): void {
    this.#emit?.({ type: 'session-ended', code: 1001, reason: 'The stream goes on elsewhere' });
    this.#emit = emit;
  }

  /** The connection is gone. False if the session has another one by now. */
  leave(emit: Emit): boolean {
    if (this.#emit !== emit) return false;
    this.#emit = null;
    return true;
  }
}
