import { FieldPath, type Firestore } from '@google-cloud/firestore';
import { AppError } from '../../../kernel/errors.ts';
import type { UserCipher } from '../../../kernel/user-cipher.ts';
import {
  type TranscriptChunk,
  transcriptChunkSchema,
} from '../../../model/conversations/conversation.ts';
import type { CollectionAccess, Row, RowPage, StoredWrite } from './document-access.ts';
import { toPathSegment } from './document-id.ts';
import { fromOmiTranscript, toOmiTranscript } from './omi-transcript.ts';
import type { AnyQueryRequest } from './query-plan.ts';

/** Stored in every further chunk's document. */
const FIELD = 'transcript_segments';

/**
 * The chunks of finalised transcripts. The first is in the conversation's document, if Omi stores its
 * transcript, and in Omi's form; further ones are documents in a sub-collection of the conversation.
 */
export class TranscriptAccess implements CollectionAccess {
  readonly idIsField = false;
  readonly #firestore: Firestore;
  readonly #cipher: UserCipher | null;

  constructor(firestore: Firestore, cipher: UserCipher | null) {
    this.#firestore = firestore;
    this.#cipher = cipher;
  }

  async rows(owner: string, ids: readonly string[]): Promise<Row[]> {
    if (ids.length === 0) return [];
    const places = ids.map((id) => placeOf(owner, id));
    const refs = places.map(({ path }) => this.#firestore.doc(path));
    const snapshots = await this.#firestore.getAll(...refs);
    return snapshots.map((snapshot, i) => {
      const place = places[i];
      const path = snapshot.ref.path;
      if (!place || !snapshot.exists) return { path, updateTime: undefined, document: undefined };
      const document = this.#chunk(owner, place, snapshot.get(FIELD));
      return { path, updateTime: snapshot.updateTime, document };
    });
  }

  async page(owner: string, request: AnyQueryRequest): Promise<RowPage> {
    const id = request.filters?.conversationId;
    if (request.query !== 'ofConversation' || typeof id !== 'string') {
      throw new AppError('internal', 'Transcripts can only be queried by conversation.');
    }
    const from = Math.max(Number(request.cursor ?? 0), Number(request.from ?? 0));
    const rows: Row[] = [];
    const conversation = this.#firestore.doc(placeOf(owner, `${id}:0`).path);
    const further = conversation.collection('transcript_chunks').orderBy('index');
    if (from === 0) rows.push(...(await this.rows(owner, [`${id}:0`])).filter((r) => r.document));
    const { docs } = await further
      .where('index', '>=', from)
      .limit(request.limit + 1)
      .get();
    for (const { ref, updateTime, ...snapshot } of docs.map((doc) => ({
      ref: doc.ref,
      updateTime: doc.updateTime,
      index: Number(doc.get('index')),
      stored: doc.get(FIELD) as unknown,
    }))) {
      const place = { conversationId: id, index: snapshot.index, path: ref.path };
      rows.push({
        path: ref.path,
        updateTime,
        document: this.#chunk(owner, place, snapshot.stored),
      });
    }
    const next = rows[request.limit]?.document as TranscriptChunk | undefined;
    return {
      rows: rows.slice(0, request.limit),
      nextCursor: next ? String(next.index) : undefined,
    };
  }

  async *all(owner: string): AsyncGenerator<{ id: string }> {
    const found: { id: string; path: string }[] = [];
    const conversations = this.#firestore.collection(`users/${toPathSegment(owner)}/conversations`);
    const ordered = conversations.select('transcript_chunks').orderBy(FieldPath.documentId());
    let after: string | undefined;
    for (;;) {
      const query = after === undefined ? ordered : ordered.startAfter(after);
      const { docs } = await query.limit(300).get();
      for (const { ref } of docs) {
        found.push({ id: `${ref.id}:0`, path: ref.path });
        const further = await ref.collection('transcript_chunks').select('index').get();
        for (const doc of further.docs) {
          found.push({ id: `${ref.id}:${Number(doc.get('index'))}`, path: doc.ref.path });
        }
      }
      after = docs.at(-1)?.id;
      if (docs.length < 300) break;
    }
    found.sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)));
    for (const { id } of found) {
      const [row] = await this.rows(owner, [id]);
      if (row?.document) yield row.document;
    }
  }

  create(owner: string, document: { id: string }): StoredWrite {
    return this.put(owner, document);
  }

  put(owner: string, document: { id: string }): StoredWrite {
    const chunk = transcriptChunkSchema.parse(document);
    const { path, index } = placeOf(owner, chunk.id);
    const stored = toOmiTranscript(chunk.segmentsZlibBase64, owner, this.#cipher);
    if (index > 0) {
      return { kind: 'put', path, fields: { index, [FIELD]: stored }, only: null };
    }
    return {
      kind: 'part',
      path,
      fields: {
        [FIELD]: stored,
        transcript_segments_compressed: true,
        data_protection_level: this.#cipher ? 'enhanced' : 'standard',
      },
    };
  }

  patch(): StoredWrite {
    throw new AppError('internal', 'Transcripts are replaced, not patched.');
  }

  delete(owner: string, id: string): StoredWrite {
    const { path, index } = placeOf(owner, id);
    if (index > 0) return { kind: 'delete', path };
    return { kind: 'part', path, fields: { [FIELD]: undefined } };
  }

  #chunk(owner: string, place: Place, stored: unknown): TranscriptChunk | undefined {
    const { conversationId, index } = place;
    const segments = fromOmiTranscript(stored, conversationId, owner, this.#cipher);
    if (segments === undefined) return undefined;
    return {
      id: `${conversationId}:${index}`,
      conversationId,
      index,
      segmentsZlibBase64: segments,
    };
  }
}

interface Place {
  conversationId: string;
  index: number;
  path: string;
}

function placeOf(owner: string, id: string): Place {
  const colon = id.lastIndexOf(':');
  const conversationId = id.slice(0, colon);
  const index = Number(id.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(index) || index < 0) {
    throw new AppError('internal', 'The id of a transcript chunk must be <conversation>:<index>.');
  }
  const conversation = `users/${toPathSegment(owner)}/conversations/${toPathSegment(conversationId)}`;
  const path = index === 0 ? conversation : `${conversation}/transcript_chunks/${index}`;
  return { conversationId, index, path };
}
