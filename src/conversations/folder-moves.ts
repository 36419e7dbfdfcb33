import { type Conversation, conversations } from '../model/conversations/conversation.ts';
import { type Folder, folders } from '../model/conversations/folder.ts';
import type { Transaction } from '../store/document-store.ts';
import { editTime } from './conversation-access.ts';

/** Moves conversations within one transaction; made by `planFolderMoves`, before its first write. */
export interface FolderMoves {
  /** True for a folder that was planned for and exists. */
  has(folderId: string): boolean;
  /** Counts a conversation that the caller moves by its own write. */
  count(from: string | null, to: string | null): void;
  /** Puts a conversation into a folder that was planned for, or into none. */
  move(conversation: Conversation, folderId: string | null, fields: FolderFields): void;
  /** Writes the counts; once, last. */
  writeCounts(): void;
}

/** What is written beside the folder. */
export type FolderFields = Pick<Conversation, 'folderChosen'>;

/**
 * Reads the folders that conversations are moved from and to, so that the commit checks their
 * counts: two moves at the same time cannot lose one another. A folder that does not exist any more
 * has no count.
 */
export async function planFolderMoves(
  tx: Transaction,
  uid: string,
  folderIds: readonly (string | null)[],
  now: number,
): Promise<FolderMoves> {
  const ids = [...new Set(folderIds.filter((id) => id !== null))];
  const found = ids.length === 0 ? [] : await tx.findMany(folders, uid, ids);
  const stored = new Map<string, Folder>(found.map((folder) => [folder.id, folder]));
  const changes = new Map<string, number>();
  const add = (id: string | null, by: number) => {
    if (id !== null && stored.has(id)) changes.set(id, (changes.get(id) ?? 0) + by);
  };
  const count = (from: string | null, to: string | null) => {
    if (from === to) return;
    add(from, -1);
    add(to, 1);
  };
  return {
    has: (id) => stored.has(id),
    count,
    move(conversation, folderId, fields) {
      const updatedAt = editTime(conversation, now);
      tx.patch(conversations, uid, conversation.id, { folderId, ...fields, updatedAt });
      count(conversation.folderId, folderId);
    },
    writeCounts() {
      for (const [id, by] of changes) {
        const folder = stored.get(id);
        if (!folder || by === 0) continue;
        const conversationCount = Math.max(0, folder.conversationCount + by);
        tx.patch(folders, uid, id, { conversationCount });
      }
    },
  };
}
