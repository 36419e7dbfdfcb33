import { z } from 'zod';
import { defineCollection } from './collection.ts';
import { timestamp } from './timestamp.ts';

/**
 * A fingerprint of a few words of an imported transcript, id `<print>:<conversation id>`. A later version of
 * the same file has most of them too, and is found by them.
 */
export const importPrintSchema = z.object({
  id: z.string(),
  print: z.string(),
  conversationId: z.string(),
  createdAt: timestamp,
});
export type ImportPrint = z.infer<typeof importPrintSchema>;

export const importPrints = defineCollection({
  name: 'import_prints',
  scope: 'user',
  schema: importPrintSchema,
  queries: {
    byPrint: { filters: { print: 'in' }, orderBy: 'createdAt', direction: 'desc' },
    ofConversation: { filters: { conversationId: 'eq' }, orderBy: 'createdAt', direction: 'desc' },
  },
});
