import type { SearchFacets } from '../../search-index.ts';
import type { Sqlite } from './index-file.ts';
import { kindOf } from './row-ids.ts';
import type { PendingDocument } from './worker-protocol.ts';

interface Row {
  rowid: number;
  hash: Uint8Array;
  kind: number;
  id: string;
  conversation: string | null;
  happened: number;
  discarded: number;
  title: string;
  text: string;
  facets: string;
  category: string | null;
}

/** Documents that have no vector yet, the newest of each kind first. */
export function readPending(db: Sqlite, limit: number): PendingDocument[] {
  const rows = db
    .prepare<[number], Row>(
      `SELECT docs.rowid, hash, kind, id, conversation, happened, discarded,
              texts.title, texts.text, texts.facets, texts.category
       FROM docs JOIN texts ON texts.rowid = docs.rowid
       WHERE docs.embedded = 0 ORDER BY docs.rowid DESC LIMIT ?`,
    )
    .all(limit);
  return rows.map((row) => ({
    rowid: row.rowid,
    hash: Buffer.from(row.hash).toString('hex'),
    kind: kindOf(row.kind),
    id: row.id,
    conversationId: row.conversation,
    happenedAt: row.happened,
    discarded: row.discarded === 1,
    text: row.title === '' ? row.text : `${row.title}\n${row.text}`,
    facets: JSON.parse(row.facets) as SearchFacets,
    category: row.category,
  }));
}
