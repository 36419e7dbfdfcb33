import { z } from 'zod';
import { isAppError } from '../../../kernel/errors.ts';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import type { ConversationExcerpt } from '../tool-records.ts';
import { excerptBounds, readExcerpt } from './conversation-excerpt.ts';

const MAX_IDS = 20;
/** Characters of the transcripts of several conversations together. */
const MAX_CHARS_OF_MANY = 100_000;

/** Several conversations with the beginning of their transcripts. */
export const getConversationsByIdsTool = defineTool({
  name: 'get_conversations_by_ids',
  records: {
    title: 'Read several conversations',
    scope: 'conversations:read',
    effect: 'read',
    description: `Up to ${MAX_IDS} conversations with the beginning of their transcripts.`,
    schema: z.object({
      conversation_ids: z.array(recordId).min(1).max(MAX_IDS),
      ...excerptBounds,
    }),
    run: async (services, { uid }, args) => {
      const ids = [...new Set(args.conversation_ids)];
      const maxChars = Math.min(args.max_chars, Math.floor(MAX_CHARS_OF_MANY / ids.length));
      const limits = { from: 0, maxSegments: args.max_segments, maxChars };
      const items: ConversationExcerpt[] = [];
      const missing: string[] = [];
      for (const one of ids) {
        try {
          items.push(await readExcerpt(services, uid, one, limits));
        } catch (error) {
          if (!isAppError(error, 'not-found')) throw error;
          missing.push(one);
        }
      }
      return { kind: 'excerpts', items, missing };
    },
  },
});
