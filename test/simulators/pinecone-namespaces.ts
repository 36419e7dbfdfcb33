import { fitsFilter, type RecordMetadata } from './pinecone-filter.ts';

export interface StoredRecord {
  id: string;
  values: number[];
  metadata: RecordMetadata;
}

export interface ScoredRecord extends StoredRecord {
  score: number;
}

/** The records of an index by namespace; a namespace exists once something was written to it. */
export class PineconeNamespaces {
  readonly #namespaces = new Map<string, Map<string, StoredRecord>>();

  /** Undefined if nothing was ever written to it. */
  find(namespace: string): Map<string, StoredRecord> | undefined {
    return this.#namespaces.get(namespace);
  }

  upsert(namespace: string, records: readonly StoredRecord[]): void {
    const stored = this.#namespaces.get(namespace) ?? new Map<string, StoredRecord>();
    for (const record of records) stored.set(record.id, record);
    this.#namespaces.set(namespace, stored);
  }

  nearest(
    namespace: string,
    query: { vector: readonly number[]; topK: number; filter: unknown },
  ): ScoredRecord[] {
    const records = [...(this.#namespaces.get(namespace)?.values() ?? [])];
    return records
      .filter(({ metadata }) => query.filter === undefined || fitsFilter(metadata, query.filter))
      .map((record) => ({ ...record, score: cosine(record.values, query.vector) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, query.topK);
  }

  counts(): Record<string, { vectorCount: number }> {
    return Object.fromEntries(
      [...this.#namespaces].map(([name, records]) => [name, { vectorCount: records.size }]),
    );
  }

  clear(): void {
    this.#namespaces.clear();
  }
}

function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  for (let i = 0; i < a.length; i += 1) dot += (a[i] ?? 0) * (b[i] ?? 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
