import { FieldPath } from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import { DocumentAccess, type Row, type RowPage } from './document-access.ts';
import { toPathSegment } from './document-id.ts';
import type { AnyQueryRequest } from './query-plan.ts';

/** Omi's name of the sub-collection below a conversation. */
const PHOTOS = 'photos';
/** Photos of one read: each may have nearly 1 MiB, and a response of Firestore has at most 10 MiB. */
const READ_AT_ONCE = 8;
/** Sorts after every path with the same beginning. */
const LAST = '\uf8ff';

/**
 * Photos, each below its conversation as Omi stores them. A photo that is read by its id is searched
 * among the photos of all conversations, by the index of the collection group.
 */
export class PhotoAccess extends DocumentAccess {
  override async rows(owner: string, ids: readonly string[]): Promise<Row[]> {
    return Promise.all(
      ids.map(async (id) => {
        const group = this.firestore.collectionGroup(PHOTOS).where('id', '==', id.toWellFormed());
        const found = (await group.get()).docs.find(({ ref }) => this.#isBelow(owner, ref.path));
        if (found) return this.row(owner, found);
        // No document has this path, so it can stand for an absent photo.
        const path = this.layout.documentPath(owner, id);
        return { path, updateTime: undefined, document: undefined };
      }),
    );
  }

  override async page(owner: string, request: AnyQueryRequest): Promise<RowPage> {
    const { conversationId, ...filters } = request.filters ?? {};
    if (typeof conversationId !== 'string') {
      throw new AppError('internal', 'Photos can only be queried by conversation.');
    }
    const collection = this.firestore.collection(this.#placeOf(owner, conversationId));
    return await this.pageOf(owner, collection, { ...request, filters });
  }

  override async *all(owner: string): AsyncGenerator<{ id: string }> {
    const from = `users/${toPathSegment(owner)}`;
    const group = this.firestore
      .collectionGroup(PHOTOS)
      .orderBy(FieldPath.documentId())
      .startAt(from)
      .endAt(from + LAST)
      .select('id');
    const refs = (await group.get()).docs
      .filter(({ ref }) => this.#isBelow(owner, ref.path))
      .map(({ ref }) => ref)
      .sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
    for (let i = 0; i < refs.length; i += READ_AT_ONCE) {
      for (const snapshot of await this.firestore.getAll(...refs.slice(i, i + READ_AT_ONCE))) {
        const { document } = this.row(owner, snapshot);
        if (document) yield document;
      }
    }
  }

  protected override pathOf(owner: string, document: { id: string }): string {
    const conversationId = (document as { conversationId?: unknown }).conversationId;
    if (typeof conversationId !== 'string') {
      throw new AppError('internal', 'A photo belongs to a conversation.');
    }
    return `${this.#placeOf(owner, conversationId)}/${toPathSegment(document.id)}`;
  }

  #placeOf(owner: string, conversationId: string): string {
    return `users/${toPathSegment(owner)}/conversations/${toPathSegment(conversationId)}/${PHOTOS}`;
  }

  #isBelow(owner: string, path: string): boolean {
    return path.startsWith(`users/${toPathSegment(owner)}/conversations/`);
  }
}
