import { deletionId, deletions } from '../model/deletion.ts';
import type { DocumentStore } from '../store/document-store.ts';

/** Files of a conversation, and of a person: user and id, each encoded for an address. */
const FILES = [
  { kind: 'conversation', key: /^recordings\/([^/]+)\/([^/]+)\// },
  { kind: 'person', key: /^speech-profiles\/([^/]+)\/people_profiles\/([^/]+)\// },
] as const;

/** Returns true for a file of something that was deleted and only waits to be erased. */
export async function isHiddenFile(store: DocumentStore, key: string): Promise<boolean> {
  for (const { kind, key: pattern } of FILES) {
    const [, uid, id] = pattern.exec(key) ?? [];
    if (uid === undefined || id === undefined) continue;
    const found = await store.find(
      deletions,
      decodeURIComponent(uid),
      deletionId(kind, decodeURIComponent(id)),
    );
    return found !== undefined;
  }
  return false;
}
