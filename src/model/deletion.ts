import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/** What can be brought back for a while after it was deleted; `memories` are all that a user had. */
export const DELETABLE_KINDS = [
  'conversation',
  'action_item',
  'memory',
  'memories',
  'person',
  'chat_session',
] as const;
export type DeletableKind = (typeof DELETABLE_KINDS)[number];

/** Something that was deleted and can still be brought back. Its documents are in `deletedParts`. */
export const deletionSchema = z.object({
  /** See `deletionId`. */
  id: z.string(),
  kind: z.enum(DELETABLE_KINDS),
  /** The id that it had. */
  subjectId: z.string(),
  deletedAt: timestamp,
  /** When it is erased for good. */
  erasesAt: timestamp,
});
export type Deletion = z.infer<typeof deletionSchema>;

export const deletions = defineCollection({
  name: 'deletions',
  scope: 'user',
  schema: deletionSchema,
  queries: { recent: { filters: {}, orderBy: 'deletedAt', direction: 'desc' } },
});

/** A part of the documents of a deletion: base64 of compressed JSON, cut into pieces. */
export const deletedPartSchema = z.object({
  /** `<deletion>:<index>`. */
  id: z.string(),
  deletionId: z.string(),
  index: z.number().int(),
  data: z.string(),
});
export type DeletedPart = z.infer<typeof deletedPartSchema>;

export const deletedParts = defineCollection({
  name: 'deleted_parts',
  scope: 'user',
  schema: deletedPartSchema,
  encrypted: ['data'],
  queries: {
    ofDeletion: { filters: { deletionId: 'eq' }, orderBy: 'index', direction: 'asc' },
  },
});

/** Returns the id of the deletion of a thing; there is at most one at a time. */
export function deletionId(kind: DeletableKind, subjectId: string): string {
  return `${kind}:${subjectId}`;
}
