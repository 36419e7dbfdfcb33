import type { ApiScope } from '../../model/accounts/api-key.ts';
import type { User } from '../../model/accounts/user.ts';
import type { Message } from '../../model/chat/message.ts';
import type { Conversation } from '../../model/conversations/conversation.ts';
import type { ConversationPhoto } from '../../model/conversations/conversation-photo.ts';
import type { DailySummary } from '../../model/conversations/daily-summary.ts';
import type { TranscriptSegment } from '../../model/conversations/transcript-segment.ts';
import type { KnowledgeGraph } from '../../model/knowledge-graph.ts';
import type { Memory } from '../../model/memory.ts';
import type { Person } from '../../model/people/person.ts';
import type { ActionItem } from '../../model/tasks/action-item.ts';
import type { Goal } from '../../model/tasks/goal.ts';

/** A segment and who speaks it, by name. */
export interface NamedSegment {
  segment: TranscriptSegment;
  /** As programs get it: a speaker without a name has the number of its `speaker_id`. */
  speakerName: string;
  /** As people read it: speakers without a name are counted from 1. */
  shownSpeaker: string;
}

/** A conversation as programs read it. */
export interface ShownConversation {
  conversation: Conversation;
  folderName: string | null;
  /** Null: not asked for. */
  segments: NamedSegment[] | null;
}

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
  | { kind: 'graph'; graph: KnowledgeGraph }
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
