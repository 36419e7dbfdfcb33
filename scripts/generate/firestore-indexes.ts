import { COLLECTIONS } from '../../src/model/collections.ts';
import { Layout } from '../../src/store/adapters/firestore/layout.ts';
import { OMI_FORMS } from '../../src/store/adapters/firestore/omi-forms.ts';

type Order = 'ASCENDING' | 'DESCENDING';
interface IndexField {
  fieldPath: string;
  order: Order;
}

/** Chunks stand in a sub-collection that is asked for by one field, which needs no index of ours. */
const WITHOUT = new Set(['transcript_chunks']);

/** Where documents stand in a sub-collection of another name, which says what they are filtered by. */
const BELOW: Readonly<Record<string, { collectionGroup: string; by: string }>> = {
  conversation_photos: { collectionGroup: 'photos', by: 'conversationId' },
};
/** Fields by which documents are looked for in all sub-collections of a name. */
const BY_GROUP: readonly (readonly [collectionGroup: string, field: string])[] = [['photos', 'id']];

/** Long fields that nobody asks by: an index on them costs with every write and serves nobody. */
const NOT_INDEXED: readonly (readonly [collection: string, field: string])[] = [
  ['conversations', 'transcript_segments'],
  ['transcript_chunks', 'transcript_segments'],
  ['live_segments', 'segment'],
  ['photos', 'base64'],
  ['transcript_version_chunks', 'segments_zlib_base64'],
];

/** `firestore.indexes.json`: the indexes that the declared queries need, in Firebase's own form. */
export function firestoreIndexes(): string {
  const indexes = new Map<string, object>();
  for (const definition of COLLECTIONS) {
    if (WITHOUT.has(definition.name)) continue;
    const layout = new Layout(definition, OMI_FORMS.get(definition.name));
    for (const { filters, orderBy, direction } of Object.values(definition.queries)) {
      const order: Order = direction === 'asc' ? 'ASCENDING' : 'DESCENDING';
      const ordered: IndexField[] =
        orderBy === 'id'
          ? [{ fieldPath: '__name__', order }]
          : [
              { fieldPath: layout.field(orderBy), order },
              // Ties are by id ascending; left out, Firestore would take the direction before it.
              { fieldPath: '__name__', order: 'ASCENDING' },
            ];
      // Firestore joins indexes that end alike, so one for each filter answers any of them together.
      const below = BELOW[definition.name];
      const collectionGroup = below?.collectionGroup ?? definition.name;
      const prefixes = Object.keys(filters).filter((field) => field !== below?.by);
      for (const prefix of [undefined, ...prefixes]) {
        const filter: IndexField[] =
          prefix === undefined ? [] : [{ fieldPath: layout.field(prefix), order: 'ASCENDING' }];
        const fields = [...filter, ...ordered];
        if (isAutomatic(fields)) continue;
        const index = { collectionGroup, queryScope: 'COLLECTION', fields };
        indexes.set(JSON.stringify(index), index);
      }
    }
  }
  const fieldOverrides = [
    ...NOT_INDEXED.map(([collectionGroup, fieldPath]) => ({
      collectionGroup,
      fieldPath,
      indexes: [],
    })),
    // An override takes the place of what Firestore keeps by itself.
    ...BY_GROUP.map(([collectionGroup, fieldPath]) => ({
      collectionGroup,
      fieldPath,
      indexes: [
        { order: 'ASCENDING', queryScope: 'COLLECTION' },
        { order: 'DESCENDING', queryScope: 'COLLECTION' },
        { order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' },
      ],
    })),
  ];
  return `${JSON.stringify({ indexes: [...indexes.values()], fieldOverrides }, null, 2)}\n`;
}

/** Firestore keeps an index of every single field, ties in the same direction, by itself. */
function isAutomatic(fields: readonly IndexField[]): boolean {
  const named = fields.filter(({ fieldPath }) => fieldPath !== '__name__');
  const directions = new Set(fields.map(({ order }) => order));
  return named.length === 0 || (named.length === 1 && directions.size === 1);
}
