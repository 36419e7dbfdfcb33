import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AppError } from '../kernel/errors.ts';
import { type CollectionDefinition, GLOBAL } from '../model/collection.ts';
import { COLLECTIONS } from '../model/collections.ts';
import type { DocumentWriter } from '../store/document-store.ts';

const [compress, expand] = [promisify(gzip), promisify(gunzip)];
/** Characters of one piece: below what any store takes as one document, also encrypted. */
const PIECE = 400_000;

/** A document as it was before it was deleted, or changed by a deletion. */
export interface DeletedDocument {
  /** Name of its collection. */
  collection: string;
  document: { id: string };
}

/** Names the collection of documents. */
export function documentsOf<T extends { id: string }>(
  collection: CollectionDefinition<T>,
  documents: readonly T[],
): DeletedDocument[] {
  return documents.map((document) => ({ collection: collection.name, document }));
}

/** Returns the documents of one collection, checked. */
export function documentsIn<T extends { id: string }>(
  collection: CollectionDefinition<T>,
  documents: readonly DeletedDocument[],
): T[] {
  return documents
    .filter(({ collection: name }) => name === collection.name)
    .map(({ document }) => collection.schema.parse(document));
}

/** Returns documents as pieces of text that a store can keep. */
export async function toPieces(documents: readonly DeletedDocument[]): Promise<string[]> {
  const text = (await compress(JSON.stringify(documents))).toString('base64');
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += PIECE) pieces.push(text.slice(at, at + PIECE));
  return pieces;
}

/** Returns the documents of pieces. */
export async function fromPieces(pieces: readonly string[]): Promise<DeletedDocument[]> {
  const bytes = await expand(Buffer.from(pieces.join(''), 'base64'));
  return JSON.parse(bytes.toString('utf8')) as DeletedDocument[];
}

/** Writes a document back to where it was. */
export function putBack(
  writer: DocumentWriter,
  uid: string,
  { collection: name, document }: DeletedDocument,
): void {
  const collection: CollectionDefinition | undefined = COLLECTIONS.find(
    (candidate) => candidate.name === name,
  ) as CollectionDefinition | undefined;
  if (!collection) throw new AppError('internal', `There is no collection ${name} any more.`);
  const owner = collection.scope === 'user' ? uid : GLOBAL;
  writer.put(collection, owner, collection.schema.parse(document));
}
