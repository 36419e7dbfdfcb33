import { z } from 'zod';
import { defineCollection } from '../collection.ts';
import { timestamp } from '../timestamp.ts';

/** A person whom the user talks with. */
export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: timestamp,
  updatedAt: timestamp,
  speechSamples: z.array(z.string()),
  speechSampleTranscripts: z.array(z.string()).nullable(),
  speechSamplesVersion: z.number().int(),
});
export type Person = z.infer<typeof personSchema>;

export const people = defineCollection({
  name: 'people',
  scope: 'user',
  announced: { kind: 'person' },
  schema: personSchema,
  encrypted: ['speechSampleTranscripts'],
  queries: { byName: { filters: { name: 'eq' }, orderBy: 'createdAt', direction: 'asc' } },
});
