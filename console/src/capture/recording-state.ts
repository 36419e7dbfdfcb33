import { useSyncExternalStore } from 'react';

let isRecording = false;
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
