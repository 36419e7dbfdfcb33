import {
  type DocumentReference,
  FieldValue,
  type Firestore,
  type Timestamp,
  type Transaction,
  type WriteBatch,
} from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import type { StoredWrite } from './document-access.ts';
import { documentBytes } from './document-size.ts';
import { leavesOf } from './field-codec.ts';
import { keepsWhole } from './layout.ts';

/** Status codes of gRPC (https://grpc.io/docs/guides/status-codes/). */
const GRPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** When each document was last written as it was read; undefined: it was absent. */
export type ReadMarks = ReadonlyMap<string, Timestamp | undefined>;

/** Firestore's limit is 1 MiB with names and overhead. */
const MAX_BYTES = 1_040_000;

class StaleRead extends Error {
  readonly path: string;
  constructor(path: string) {
    super('A document has changed since it was read.');
    this.path = path;
  }
}

/** How a commit ended: done, or somebody has changed the document at `conflictOn` (empty: unknown). */
export type CommitOutcome = 'done' | { conflictOn: string };

/**
 * Commits buffered writes if what was read is unchanged. Reading goes without locks, so the check is
 * part of a short transaction that holds them for the commit alone.
 */
export async function commit(
  firestore: Firestore,
  marks: ReadMarks,
  unordered: readonly StoredWrite[],
): Promise<CommitOutcome> {
  const writes = inOrder(unordered);
  for (const write of writes) assertFits(write);
  try {
    if (marks.size === 0) {
      if (writes.length === 0) return 'done';
      const batch = firestore.batch();
      for (const write of writes) apply(firestore, batch, write);
      await batch.commit();
      return 'done';
    }
    await firestore.runTransaction(async (transaction) => {
      const refs = [...marks.keys()].map((path) => firestore.doc(path));
      const [first, ...rest] = refs;
      if (!first) return;
      for (const snapshot of await transaction.getAll(first, ...rest)) {
        if (!sameTime(snapshot.updateTime, marks.get(snapshot.ref.path))) {
          throw new StaleRead(snapshot.ref.path);
        }
      }
      for (const write of writes) apply(firestore, transaction, write);
    });
    return 'done';
  } catch (error) {
    if (error instanceof StaleRead) return { conflictOn: error.path };
    const grpc = grpcCode(error);
    if (grpc === GRPC.aborted) return { conflictOn: '' };
    if (grpc === GRPC.alreadyExists) {
      throw new AppError('already-exists', 'There is a document with that id already.');
    }
    if (grpc === GRPC.notFound) {
      throw new AppError('not-found', 'The document to change does not exist.');
    }
    throw storageError(error);
  }
}

/** Creations come before what is merged into the same document; what is deleted needs no merging. */
function inOrder(writes: readonly StoredWrite[]): StoredWrite[] {
  const deleted = new Set(writes.filter(({ kind }) => kind === 'delete').map(({ path }) => path));
  return [
    ...writes.filter(({ kind }) => kind !== 'part'),
    ...writes.filter(({ kind, path }) => kind === 'part' && !deleted.has(path)),
  ];
}

function apply(firestore: Firestore, to: WriteBatch | Transaction, write: StoredWrite): void {
  const ref: DocumentReference = firestore.doc(write.path);
  // The two have the same methods, but their overloads do not make one type.
  const target = to as WriteBatch;
  if (write.kind === 'delete') target.delete(ref);
  else if (write.kind === 'create') target.create(ref, write.fields);
  else if (write.kind === 'put') {
    if (write.only === null) target.set(ref, write.fields);
    else if (write.only.length > 0) target.set(ref, write.fields, { mergeFields: write.only });
  } else {
    const leaves = [...leavesOf(write.fields, keepsWhole)].map(
      ([name, value]) => [name, value === undefined ? FieldValue.delete() : value] as const,
    );
    if (leaves.length > 0) target.update(ref, Object.fromEntries(leaves));
  }
}

function assertFits(write: StoredWrite): void {
  if (write.kind === 'delete') return;
  const bytes = documentBytes(write.path, write.fields);
  if (bytes <= MAX_BYTES) return;
  const collection = write.path.split('/').at(-2) ?? '';
  throw new AppError(
    'payload-too-large',
    `A document of ${collection} has ${bytes} bytes; Firestore takes 1 MiB.`,
  );
}

function sameTime(a: Timestamp | undefined, b: Timestamp | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.isEqual(b);
}

function grpcCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}

/** What the client throws, as an error of ours; its text may quote a path, so it is the cause only. */
export function storageError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = grpcCode(error);
  if (code === GRPC.deadlineExceeded)
    return new AppError('timeout', 'Firestore did not answer in time.', { cause: error });
  if (code === GRPC.invalidArgument) {
    return new AppError('payload-too-large', 'Firestore refused a document or a query.', {
      cause: error,
    });
  }
  if (code === GRPC.resourceExhausted || code === GRPC.unavailable) {
    return new AppError('provider-unavailable', 'Firestore is unreachable.', { cause: error });
  }
  if (code === GRPC.permissionDenied || code === GRPC.unauthenticated) {
    return new AppError('provider-unauthorized', 'Firestore refused the credentials.', {
      cause: error,
    });
  }
  return new AppError('internal', 'Firestore failed.', { cause: error });
}
