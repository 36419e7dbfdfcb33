import { z } from 'zod';
import type { ToolServices } from '../tool.ts';
import type { ConversationExcerpt } from '../tool-records.ts';

/** Arguments that bound how much of a transcript is read. */
export const excerptBounds = {
  max_segments: z.number().int().min(0).max(500).default(120),
  max_chars: z.number().int().min(0).max(100_000).default(24_000),
};

/** A conversation with the part of its transcript that fits the limits. @throws AppError `not-found` */
export async function readExcerpt(
  { conversations, shownConversations }: ToolServices,
  uid: string,
  conversationId: string,
  limits: { from: number; maxSegments: number; maxChars: number },
): Promise<ConversationExcerpt> {
  const { conversation, segments } = await shownConversations.get(uid, conversationId, true);
  const all = segments ?? [];
  let left = limits.maxChars;
  const shown = all.slice(limits.from, limits.from + limits.maxSegments).filter(({ segment }) => {
    left -= segment.text.length;
    return left >= 0;
  });
  return {
    conversation,
    segments: shown,
    photos: await conversations.photos(uid, conversationId),
    totalSegments: all.length,
  };
}
