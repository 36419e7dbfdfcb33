import { useSyncExternalStore } from 'react';

/** Something that was done on the screen and is not done on the server yet. */
export interface Notice {
  text: string;
  /** Epoch milliseconds. */
  until: number;
  commit: () => void;
  restore: () => void;
}

let current: Notice | null = null;
const listeners = new Set<() => void>();

/** Shows a notice; the one before it is committed at once. */
export function create(notice: Notice): void {
  current?.commit();
  set(notice);
}

/** Ends the notice: its deed is done, or taken back. */
export function dismiss(isCommitted: boolean): void {
  const notice = current;
  set(null);
  if (isCommitted) notice?.commit();
  else notice?.restore();
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
