import { z } from 'zod';
import { recordId } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { excerptBounds, readExcerpt } from './conversation-excerpt.ts';

const firstSegment = z
  .number()
  .int()
  .min(0)
  .max(1_000_000)
  .default(0)
  .describe('Number of the segment to begin with, to read a long transcript in parts');

/** One conversation with its transcript. */
export const getConversationByIdTool = defineTool({
  name: 'get_conversation_by_id',
  records: {
    title: 'Read a conversation',
    scope: 'conversations:read',
    effect: 'read',
    description: 'One conversation with its transcript, each segment with the name of its speaker.',
    schema: z.object({ conversation_id: recordId, ...excerptBounds, first_segment: firstSegment }),
    run: async (services, { uid }, args) => ({
      kind: 'excerpt',
      item: await readExcerpt(services, uid, args.conversation_id, {
        from: args.first_segment,
        maxSegments: args.max_segments,
        maxChars: args.max_chars,
      }),
    }),
  },
});
