import type { Conversation } from './conversation.ts';

/** What conversations can be narrowed to beside their time and state; null or absent does not restrict. */
export interface ConversationTraits {
  category?: string | null;
  source?: string | null;
  /** Whether a task came out of it. */
  hasTasks?: boolean | null;
}

/** Returns true if a list is narrowed by any trait. */
export function hasTraits({ category, source, hasTasks }: ConversationTraits): boolean {
  return category != null || source != null || hasTasks != null;
}

/** Returns true for a conversation that has the traits. */
export function fitsTraits(
  { category, source, hasTasks }: ConversationTraits,
  conversation: Pick<Conversation, 'structured' | 'source'>,
): boolean {
  const { structured } = conversation;
  return (
    (category == null || structured.category === category) &&
    (source == null || conversation.source === source) &&
    (hasTasks == null || structured.actionItems.length > 0 === hasTasks)
  );
}
