import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * Records that something searchable has changed or was deleted. Written in the same commit as the change.
 * The search index reads the changes after its watermark and loads the current documents. There is one
 * document for each subject, so that the collection stays bounded.
 */
export const searchChangeSchema = z.object({
  /** `<kind>:<subject id>`. */
  id: z.string(),
  kind: z.enum(['conversation', 'memory', 'action_item']),
  subjectId: z.string(),
  changedAt: timestamp,
});
export type SearchChange = z.infer<typeof searchChangeSchema>;

export const searchChanges = defineCollection({
  name: 'search_changes',
  scope: 'user',
  schema: searchChangeSchema,
  queries: { since: { filters: {}, orderBy: 'changedAt', direction: 'asc' } },
});

/** Returns the change document of a subject. */
export function makeSearchChange(
  kind: SearchChange['kind'],
  subjectId: string,
  changedAt: number,
): SearchChange {
  return { id: `${kind}:${subjectId}`, kind, subjectId, changedAt };
}
