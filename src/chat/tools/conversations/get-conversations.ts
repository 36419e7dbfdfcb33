import { z } from 'zod';
import { categorySchema } from '../../../model/conversations/category.ts';
import { type Conversation, conversations } from '../../../model/conversations/conversation.ts';
import { newestOfIds, queryByOffset } from '../../../store/collection.ts';
import type { DocumentReader } from '../../../store/document-store.ts';
import type { ScopeContents } from '../../chat-scope.ts';
import { describeConversation, firstSegments } from '../conversation-text.ts';
import { pageArguments, pageOf, readDayOrTime } from '../record-arguments.ts';
import { defineTool } from '../tool.ts';
import { boundsOf, zonedTime } from '../tool-dates.ts';
import { recordDates } from './record-dates.ts';

const schema = z.object({
  start_date: zonedTime('Beginning of the time'),
  end_date: zonedTime('End of the time'),
  limit: z.number().int().min(1).max(100).default(20),
  offset: z.number().int().min(0).max(10_000).default(0),
  include_discarded: z.boolean().default(false),
  max_transcript_segments: z
    .number()
    .int()
    .min(-1)
    .max(1000)
    .default(0)
    .describe('Segments of each transcript: 0 none, -1 all'),
});

/** Lists conversations by time. */
export const getConversationsTool = defineTool({
  name: 'get_conversations',
  chat: {
    scope: 'conversations.read',
    description:
      'Lists the conversations of a time, newest first. For what was said about a topic use search_conversations_tool.',
    status: 'Searching conversations',
    writes: [],
    keepsToScope: true,
    schema,
    run: async ({ reader }, context, args) => {
      const { uid, timeZone } = context;
      const bounds = boundsOf(context, args, 'past');
      const wanted = { ...args, ...bounds };
      const { items, hasMore } = await listConversations(reader, uid, context.within, wanted);
      const open = items.filter((conversation) => !conversation.isLocked);
      if (open.length === 0) return `No conversations were found. ${bounds.note}`.trim();
      const blocks: string[] = [];
      for (const conversation of open) {
        const max = args.max_transcript_segments;
        const segments = await firstSegments(reader, uid, conversation, max);
        const number = context.retrieve(
          conversation,
          (segments ?? []).map((s) => s.id),
        );
        const shown = { conversation, segments };
        const block = await describeConversation(reader, uid, number, shown, timeZone);
        context.noteSource(number, block);
        blocks.push(block);
      }
      const more = hasMore ? `\nThere are more: ask with offset ${args.offset + args.limit}.` : '';
      return `${open.length} conversations. ${bounds.note}\n${blocks.join('\n')}${more}`;
    },
  },
  records: {
    title: 'List conversations',
    scope: 'conversations:read',
    effect: 'read',
    description:
      'Conversations of a time, newest first, without transcripts. For what was said about a topic use search_conversations.',
    schema: z.object({
      ...recordDates,
      categories: z.array(categorySchema).max(40).default([]),
      ...pageArguments(20, 100),
    }),
    run: async ({ shownConversations }, { uid, timeZone }, args) => {
      const page = await shownConversations.list(
        uid,
        {
          createdFrom: readDayOrTime('start_date', args.start_date, timeZone, 'start'),
          createdTo: readDayOrTime('end_date', args.end_date, timeZone, 'end'),
          categories: args.categories,
          folderId: null,
          starred: null,
          updatedSince: null,
        },
        pageOf(args),
        false,
      );
      const items = page.items.map(({ conversation }) => conversation);
      return { kind: 'conversations', items, nextCursor: page.nextCursor };
    },
  },
});

interface WantedConversations {
  from: number | null;
  to: number | null;
  include_discarded: boolean;
  offset: number;
  limit: number;
}

/** Lists conversations that have ended, newest first; those of a scope are read by their ids. */
async function listConversations(
  reader: DocumentReader,
  uid: string,
  within: ScopeContents | null,
  { from, to, include_discarded, offset, limit }: WantedConversations,
): Promise<{ items: Conversation[]; hasMore: boolean }> {
  const status = ['processing', 'completed'] as const;
  if (within === null) {
    const request = {
      query: 'recent' as const,
      filters: { status, ...(include_discarded ? {} : { discarded: false }) },
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
    };
    return await queryByOffset(reader, conversations, uid, request, offset, limit);
  }
  return await newestOfIds(
    reader,
    conversations,
    uid,
    [...within.ids],
    { from, to, offset, limit },
    (talk) => status.some((each) => each === talk.status) && (include_discarded || !talk.discarded),
  );
}
