import { z } from 'zod';
import { defineCollection } from '../../src/model/collection.ts';

const noteSchema = z.object({
  id: z.string(),
  text: z.string(),
  rank: z.number().nullable(),
  name: z.string().nullable(),
  color: z.enum(['red', 'green', 'blue']),
  done: z.boolean(),
  tags: z.array(z.string()),
});
export type Note = z.infer<typeof noteSchema>;

/** A collection with every kind of filter, and an order field that may be null. */
export const notes = defineCollection({
  name: 'contract_notes',
  scope: 'user',
  schema: noteSchema,
  queries: {
    byRank: {
      filters: { color: 'in', done: 'eq', name: 'eq' },
      orderBy: 'rank',
      direction: 'asc',
    },
    byRankDown: { filters: { color: 'in', name: 'eq' }, orderBy: 'rank', direction: 'desc' },
    byName: { filters: {}, orderBy: 'name', direction: 'asc' },
  },
});

const tagSchema = z.object({ id: z.string(), count: z.number().int() });
export const tags = defineCollection({
  name: 'contract_tags',
  scope: 'user',
  schema: tagSchema,
  queries: {},
});
export const settings = defineCollection({
  name: 'contract_settings',
  scope: 'global',
  schema: tagSchema,
  queries: { byCount: { filters: {}, orderBy: 'count', direction: 'desc' } },
});

export const suiteCollections = [notes, tags, settings];

export function makeNote(parts: Pick<Note, 'id'> & Partial<Note>): Note {
  return { text: '', rank: 0, name: null, color: 'red', done: false, tags: [], ...parts };
}
