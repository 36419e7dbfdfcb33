import { DateTime } from 'luxon';
import { z } from 'zod';
import { parseZonedIso } from '../../chat/date-range.ts';
import { parametersOf, parseArguments, ToolInputError } from '../../chat/tools/chat-tool.ts';
import type { ApiScope } from '../../model/accounts/api-key.ts';
import type { User } from '../../model/accounts/user.ts';
import type { Message } from '../../model/chat/message.ts';
import type { Conversation } from '../../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../../model/conversations/conversation-photo.ts';
import type { DailySummary } from '../../model/conversations/daily-summary.ts';
import type { Memory } from '../../model/memory.ts';
import type { Person } from '../../model/people/person.ts';
import type { ActionItem } from '../../model/tasks/action-item.ts';
import type { Goal } from '../../model/tasks/goal.ts';
import type { ListPage } from '../../store/collection.ts';
import type { NamedSegment } from '../developer-conversations.ts';

/** A conversation with as much of its transcript as was asked for. */
export interface ConversationExcerpt {
  conversation: Conversation;
  segments: NamedSegment[];
  photos: ConversationPhoto[];
  /** Segments of the whole transcript. */
  totalSegments: number;
}

/** What a tool gives back; the front door writes it in its own form. */
export type ToolRecords =
  | { kind: 'memories'; items: Memory[]; scores: number[] | null; nextCursor: string | null }
  | { kind: 'memory'; item: Memory }
  | { kind: 'conversations'; items: Conversation[]; nextCursor: string | null }
  | { kind: 'excerpt'; item: ConversationExcerpt }
  | { kind: 'excerpts'; items: ConversationExcerpt[]; missing: string[] }
  | { kind: 'action-items'; items: ActionItem[]; nextCursor: string | null }
  | { kind: 'action-item'; item: ActionItem }
  | { kind: 'goals'; items: Goal[] }
  | { kind: 'people'; items: Person[] }
  | { kind: 'daily-summaries'; items: DailySummary[] }
  | { kind: 'messages'; items: Message[] }
  | { kind: 'profile'; user: User; memories: Memory[]; goals: Goal[] }
  | { kind: 'done' };

/** For whom a tool runs. The uid comes from the sign-in, never from arguments. */
export interface RecordContext {
  readonly uid: string;
  readonly now: number;
  /** IANA zone of the user. */
  readonly timeZone: string;
}

/** A tool that gives records to programs. */
export interface RecordTool {
  /** Letters and `_`. */
  name: string;
  title: string;
  description: string;
  scope: ApiScope;
  /** `delete` and `change` lose what was there before. */
  effect: 'read' | 'add' | 'change' | 'delete';
  /** JSON schema of the arguments. */
  parameters: Record<string, unknown>;
  /** @throws `ToolInputError` for arguments that do not fit, `AppError` */
  run(context: RecordContext, args: unknown): Promise<ToolRecords>;
}

/** Declares a tool that gives records, by the schema of its arguments. */
export function defineRecordTool<S extends z.ZodType>(
  parts: Omit<RecordTool, 'parameters' | 'run'> & {
    schema: S;
    run: (context: RecordContext, args: z.output<S>) => Promise<ToolRecords>;
  },
): RecordTool {
  const { schema, run, ...rest } = parts;
  return {
    ...rest,
    parameters: parametersOf(schema),
    run: async (context, args) => await run(context, parseArguments(schema, args)),
  };
}

/** Arguments by which lists are paged. */
export function pageArguments(defaultLimit: number, maxLimit: number) {
  return {
    limit: z.number().int().min(1).max(maxLimit).default(defaultLimit),
    offset: z.number().int().min(0).max(100_000).default(0),
    cursor: z.string().max(2000).optional().describe('next_cursor of the page before'),
  };
}

/** The page that arguments ask for. @throws `ToolInputError` for a cursor with an offset */
export function pageOf(args: {
  limit: number;
  offset: number;
  cursor?: string | undefined;
}): ListPage {
  const cursor = args.cursor || null;
  if (cursor !== null && args.offset > 0) {
    throw new ToolInputError('cursor and offset cannot be used together');
  }
  return { cursor, offset: args.offset, limit: args.limit };
}

/** An argument that is a day or a time. */
export function dayOrTime(meaning: string) {
  return z
    .string()
    .max(40)
    .optional()
    .describe(`${meaning}: YYYY-MM-DD in the user's time zone, or ISO 8601 with a time zone`);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Epoch milliseconds of such an argument; null if it is not given. A day stands for its first moment
 * as a `start`, for its last one as an `end`.
 *
 * @throws `ToolInputError`
 */
export function readDayOrTime(
  name: string,
  text: string | undefined,
  timeZone: string,
  edge: 'start' | 'end',
): number | null {
  const given = text?.trim();
  if (!given) return null;
  if (DAY.test(given)) {
    const day = DateTime.fromISO(given, { zone: timeZone });
    if (day.isValid) return (edge === 'start' ? day.startOf('day') : day.endOf('day')).toMillis();
  }
  const time = parseZonedIso(given);
  if (time !== undefined) return time;
  throw new ToolInputError(`${name} must be YYYY-MM-DD or ISO 8601 with a time zone`);
}
