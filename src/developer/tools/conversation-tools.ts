import { z } from 'zod';
import type { ConversationService } from '../../conversations/conversation-service.ts';
import { isAppError } from '../../kernel/errors.ts';
import { categorySchema } from '../../model/conversations/category.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import type { DeveloperConversations } from '../developer-conversations.ts';
import {
  type ConversationExcerpt,
  dayOrTime,
  defineRecordTool,
  pageArguments,
  pageOf,
  type RecordTool,
  readDayOrTime,
} from './record-tool.ts';

const MAX_IDS = 20;
/** Characters of the transcripts of several conversations together. */
const MAX_CHARS_OF_MANY = 100_000;

const bounds = {
  max_segments: z.number().int().min(0).max(500).default(120),
  max_chars: z.number().int().min(0).max(100_000).default(24_000),
  first_segment: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Number of the segment to begin with, to read a long transcript in parts'),
};
const id = z.string().min(1).max(200);
const dates = {
  start_date: dayOrTime('Begin of the time'),
  end_date: dayOrTime('End of the time, that day included'),
};

export interface ConversationToolDeps {
  conversations: ConversationService;
  developerConversations: DeveloperConversations;
  search: Pick<SearchService, 'searchConversations'>;
}

/** Tools for what was said. */
export function conversationTools(deps: ConversationToolDeps): RecordTool[] {
  return [
    getConversations(deps),
    searchConversations(deps),
    getConversationById(deps),
    getConversationsByIds(deps),
  ];
}

function getConversations({ developerConversations }: ConversationToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_conversations',
    title: 'List conversations',
    scope: 'conversations:read',
    effect: 'read',
    description:
      'Conversations of a time, newest first, without transcripts. For what was said about a topic use search_conversations.',
    schema: z.object({
      ...dates,
      categories: z.array(categorySchema).max(40).default([]),
      ...pageArguments(20, 100),
    }),
    run: async ({ uid, timeZone }, args) => {
      const page = await developerConversations.list(
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
  });
}

function searchConversations({ search }: ConversationToolDeps): RecordTool {
  return defineRecordTool({
    name: 'search_conversations',
    title: 'Search conversations',
    scope: 'conversations:read',
    effect: 'read',
    description: 'Conversations in which something was said or meant, best first.',
    schema: z.object({
      query: z.string().trim().min(1).max(1000),
      ...dates,
      limit: z.number().int().min(1).max(100).default(10),
    }),
    run: async ({ uid, timeZone }, args) => {
      const { items } = await search.searchConversations(uid, {
        query: args.query,
        page: 1,
        perPage: args.limit,
        includeDiscarded: false,
        startDate: readDayOrTime('start_date', args.start_date, timeZone, 'start'),
        endDate: readDayOrTime('end_date', args.end_date, timeZone, 'end'),
      });
      const found = items.map(({ conversation }) => conversation);
      return { kind: 'conversations', items: found, nextCursor: null };
    },
  });
}

function getConversationById(deps: ConversationToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_conversation_by_id',
    title: 'Read a conversation',
    scope: 'conversations:read',
    effect: 'read',
    description: 'One conversation with its transcript, each segment with the name of its speaker.',
    schema: z.object({ conversation_id: id, ...bounds }),
    run: async ({ uid }, args) => ({
      kind: 'excerpt',
      item: await readExcerpt(deps, uid, args.conversation_id, {
        from: args.first_segment,
        maxSegments: args.max_segments,
        maxChars: args.max_chars,
      }),
    }),
  });
}

function getConversationsByIds(deps: ConversationToolDeps): RecordTool {
  return defineRecordTool({
    name: 'get_conversations_by_ids',
    title: 'Read several conversations',
    scope: 'conversations:read',
    effect: 'read',
    description: `Up to ${MAX_IDS} conversations with the beginning of their transcripts.`,
    schema: z.object({
      conversation_ids: z.array(id).min(1).max(MAX_IDS),
      max_segments: bounds.max_segments,
      max_chars: bounds.max_chars,
    }),
    run: async ({ uid }, args) => {
      const ids = [...new Set(args.conversation_ids)];
      const maxChars = Math.min(args.max_chars, Math.floor(MAX_CHARS_OF_MANY / ids.length));
      const limits = { from: 0, maxSegments: args.max_segments, maxChars };
      const items: ConversationExcerpt[] = [];
      const missing: string[] = [];
      for (const one of ids) {
        try {
          items.push(await readExcerpt(deps, uid, one, limits));
        } catch (error) {
          if (!isAppError(error, 'not-found')) throw error;
          missing.push(one);
        }
      }
      return { kind: 'excerpts', items, missing };
    },
  });
}

/** A conversation with the part of its transcript that fits the limits. @throws AppError `not-found` */
async function readExcerpt(
  { conversations, developerConversations }: ConversationToolDeps,
  uid: string,
  conversationId: string,
  limits: { from: number; maxSegments: number; maxChars: number },
): Promise<ConversationExcerpt> {
  const { conversation, segments } = await developerConversations.get(uid, conversationId, true);
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
