import { z } from 'zod';
import { defineCollection } from '../collection.ts';

/**
 * The owner of a published conversation, so that its public link works without a user. `id` is the
 * conversation's. The document exists only while the conversation is not private.
 */
export const sharedConversationSchema = z.object({ id: z.string(), uid: z.string() });
export type SharedConversation = z.infer<typeof sharedConversationSchema>;

export const sharedConversations = defineCollection({
  name: 'shared_conversations',
  scope: 'global',
  schema: sharedConversationSchema,
  queries: { ofUser: { filters: { uid: 'eq' }, orderBy: 'id', direction: 'asc' } },
});
