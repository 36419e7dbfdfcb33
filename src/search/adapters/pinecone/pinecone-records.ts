import type { SearchKind } from '../../search-index.ts';
import type { VectorQuery, VectorRecord } from '../../vector-store.ts';

/** Omi's namespaces (`ns3` holds its screenshots), and one of our own for the windows. */
export const NAMESPACES = {
  conversation: 'ns1',
  memory: 'ns2',
  action_item: 'ns4',
  window: 'transcript-windows',
} as const satisfies Record<SearchKind, string>;

export type Metadata = Record<string, string | number | string[]>;

/** Id of a record: `{uid}-{id}`, of an action item `{uid}-ai-{id}`, as Omi writes them. */
export function recordId(uid: string, kind: SearchKind, id: string): string {
  return kind === 'action_item' ? `${uid}-ai-${id}` : `${uid}-${id}`;
}

/** Id of the document of a record, undefined if the record is not of that user and kind. */
export function documentIdOf(uid: string, kind: SearchKind, record: string): string | undefined {
  const prefix = recordId(uid, kind, '');
  return record.startsWith(prefix) ? record.slice(prefix.length) : undefined;
}

/** Omi's metadata, field by field; windows have those of a conversation that apply. */
export function metadataOf(uid: string, record: VectorRecord): Metadata {
  const created = { uid, created_at: toSecond(record.happenedAt) };
  switch (record.kind) {
    case 'conversation': {
      const { people, topics, entities, dates } = record.facets;
      return {
        ...created,
        memory_id: record.id,
        people: [...people],
        topics: [...topics],
        entities: [...entities],
        dates: [...dates],
      };
    }
    case 'memory':
      return { ...created, memory_id: record.id, category: record.category ?? '' };
    case 'action_item':
      return { ...created, action_item_id: record.id };
    case 'window':
      return {
        ...created,
        memory_id: record.conversationId ?? '',
        people: [...record.facets.people],
      };
  }
}

export interface Filters {
  /** With people, topics and entities if the query names any, null if it does not. */
  structured: object | null;
  /** Of user and time alone. */
  plain: object;
}

/** The filters of Omi's queries. */
export function filtersOf(uid: string, query: VectorQuery): Filters {
  const { from, to, people, topics, entities } = query;
  const time = {
    ...(from === null ? {} : { $gte: toSecond(from) }),
    ...(to === null ? {} : { $lte: toSecond(to) }),
  };
  const bounds = Object.keys(time).length === 0 ? [] : [{ created_at: time }];
  const any = Object.entries({ people, topics, entities })
    .filter(([, values]) => values.length > 0)
    .map(([field, values]) => ({ [field]: { $in: [...values] } }));
  const owner = { uid: { $eq: uid } };
  return {
    structured: any.length === 0 ? null : { $and: [owner, { $or: any }, ...bounds] },
    plain: bounds.length === 0 ? owner : { $and: [owner, ...bounds] },
  };
}

function toSecond(time: number): number {
  return Math.floor(time / 1000);
}
