import { useSyncExternalStore } from 'react';

let isRecording = false;
let askedAt = Number.NEGATIVE_INFINITY;
/** How long a request waits for the screen that records, milliseconds. */
const REQUEST_MS = 10_000;
const listeners = new Set<() => void>();

/** Says whether a recording is under way; screens that do not load the recorder show it. */
export function setRecording(value: boolean): void {
  if (value === isRecording) return;
  isRecording = value;
  for (const listener of listeners) listener();
}

/** True while this page records. */
export function isRecordingHere(): boolean {
  return isRecording;
}

/** True while this page records. */
export function useIsRecording(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isRecording,
  );
}

/** Asks for a recording, which begins if the screen that records is there soon. */
export function askToRecord(): void {
  askedAt = performance.now();
}

/** Returns whether a recording was asked for just now, once. */
export function takeRequest(): boolean {
  const isRecent = performance.now() - askedAt < REQUEST_MS;
  askedAt = Number.NEGATIVE_INFINITY;
  return isRecent;
}
