import { type DeletedDocument, documentsIn } from '../deletions/deleted-documents.ts';
import type { DeletionHandler } from '../deletions/deletions.ts';
import { AppError } from '../kernel/errors.ts';
import { memories } from '../model/memory.ts';
import { searchChanged } from '../search/search-changed.ts';
import type { Transaction } from '../store/document-store.ts';

/** Brings back a memory with its older versions. */
export const memoryDeletions: DeletionHandler = {
  async planRestore(tx, uid, { subjectId, deletedAt }, documents, now) {
    if (await tx.find(memories, uid, subjectId)) {
      throw new AppError('already-exists', 'The same memory was added again meanwhile.');
    }
    return await planMemories(tx, uid, documents, { deletedAt, now });
  },
};

/** Brings back all memories that a user had; one that was added again meanwhile stays as it is. */
export const allMemoriesDeletions: DeletionHandler = {
  areIndependent: true,
  planRestore: (tx, uid, { deletedAt }, documents, now) =>
    planMemories(tx, uid, documents, { deletedAt, now }),
};

/**
 * Plans to write memories as they were before a deletion; those that have changed since stay as they
 * are. Only reads.
 */
export async function planMemories(
  tx: Transaction,
  uid: string,
  documents: readonly DeletedDocument[],
  { deletedAt, now }: { deletedAt: number; now: number },
): Promise<() => void> {
  const before = documentsIn(memories, documents);
  const found = await tx.findMany(
    memories,
    uid,
    before.map(({ id }) => id),
  );
  const newer = new Set(found.filter(({ updatedAt }) => updatedAt > deletedAt).map(({ id }) => id));
  return () => {
    for (const memory of before) {
      if (newer.has(memory.id)) continue;
      tx.put(memories, uid, memory);
      searchChanged(tx, uid, 'memory', memory.id, now);
    }
  };
}
