import { useSyncExternalStore } from 'react';
import { type UploadedConversation, type UploadStep, uploadFile } from '../../api/upload.ts';

export interface UploadItem {
  id: string;
  name: string;
  state:
    | UploadStep
    | { step: 'waiting' }
    | { step: 'done'; conversations: readonly UploadedConversation[] }
    | { step: 'failed'; reason: string };
}

let items: readonly UploadItem[] = [];
const listeners = new Set<() => void>();
const running = new Map<string, AbortController>();
/** One after the other: each file has the whole connection. */
let queue: Promise<void> = Promise.resolve();

/** Uploads files one after the other; leaving the screen does not stop them. */
export function addUploads(files: Iterable<File>): void {
  for (const file of files) {
    const id = crypto.randomUUID();
    const controller = new AbortController();
    running.set(id, controller);
    set([...items, { id, name: file.name, state: { step: 'waiting' } }]);
    queue = queue.then(() => upload(id, file, controller.signal));
  }
}

/** Stops an upload, and takes it off the list. */
export function removeUpload(id: string): void {
  running.get(id)?.abort();
  running.delete(id);
  set(items.filter((item) => item.id !== id));
}

export function useUploads(): readonly UploadItem[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => items,
  );
}

async function upload(id: string, file: File, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const change = (state: UploadItem['state']) =>
    set(items.map((item) => (item.id === id ? { ...item, state } : item)));
  try {
    const conversations = await uploadFile(file, change, signal);
    change({ step: 'done', conversations });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    change({ step: 'failed', reason });
  } finally {
    running.delete(id);
  }
}

function set(next: readonly UploadItem[]): void {
  items = next;
  for (const listener of listeners) listener();
}
