import type { Sqlite } from './index-file.ts';
import { kindOf } from './row-ids.ts';
import type { FoundDocument } from './worker-protocol.ts';

interface Row {
  id: string;
  kind: number;
  conversation: string | null;
  happened: number;
  segments: string;
}

/** The documents of ranked rows, in the given order. */
export function readDocuments(
  db: Sqlite,
  ranked: readonly { rowid: number; tier: FoundDocument['tier']; strength: number }[],
): FoundDocument[] {
  const statement = db.prepare<[bigint], Row>(
    `SELECT docs.id, docs.kind, docs.conversation, docs.happened, texts.segments
     FROM docs JOIN texts ON texts.rowid = docs.rowid WHERE docs.rowid = ?`,
  );
  const documents: FoundDocument[] = [];
  for (const { rowid, tier, strength } of ranked) {
    const row = statement.get(BigInt(rowid));
    if (!row) continue;
    documents.push({
      id: row.id,
      kind: kindOf(row.kind),
      conversationId: row.conversation,
      happenedAt: row.happened,
      segmentIds: JSON.parse(row.segments),
      matchedSegmentIds: [],
      tier,
      strength,
    });
  }
  return documents;
}
