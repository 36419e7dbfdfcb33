import type { BlobStore } from '../blob/blob-store.ts';
import { documentsIn } from '../deletions/deleted-documents.ts';
import type { DeletionHandler } from '../deletions/deletions.ts';
import { AppError } from '../kernel/errors.ts';
import { people } from '../model/people/person.ts';
import { voicePrints } from '../model/people/voice-print.ts';
import { personFolder } from './speech-keys.ts';

/** Brings back a person with the samples and vectors of the voice, or erases the samples. */
export function personDeletions(blobs: BlobStore): DeletionHandler {
  return {
    parts: new Set([voicePrints.name]),
    async planRestore(tx, uid, { subjectId }, documents) {
      if (await tx.find(people, uid, subjectId)) {
        throw new AppError('already-exists', 'The person is there again.');
      }
      return () => {
        for (const person of documentsIn(people, documents)) tx.put(people, uid, person);
      };
    },
    eraseFiles: (uid, id) => blobs.deletePrefix(personFolder(uid, id)),
  };
}
