import { useSyncExternalStore } from 'react';

/** Something that was done. */
export interface Notice {
  text: string;
  /** Epoch milliseconds. */
  until: number;
  /** Takes it back; null if it cannot be, or need not. */
  undo: (() => void) | null;
}

/** How long something can be taken back on the screen, milliseconds. The server gives longer. */
const UNDO_MS = 10_000;
let current: Notice | null = null;
const listeners = new Set<() => void>();

/** Says what was done, and offers to take it back for ten seconds. */
export function offerUndo(text: string, undo: () => void): void {
  set({ text, undo, until: Date.now() + UNDO_MS });
}

/** Says what was done, or what went wrong, for ten seconds. */
export function say(text: string): void {
  set({ text, undo: null, until: Date.now() + UNDO_MS });
}

/** Takes back what was done last; returns false if nothing can be taken back. */
export function undoLast(): boolean {
  const undo = current?.undo;
  if (!undo) return false;
  set(null);
  undo();
  return true;
}

/** Ends the offer. */
export function dismiss(): void {
  set(null);
}

export function useNotice(): Notice | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

function set(notice: Notice | null): void {
  current = notice;
  for (const listener of listeners) listener();
}
