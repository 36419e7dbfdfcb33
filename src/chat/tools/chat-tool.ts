import { z } from 'zod';
import type { Chart } from '../../model/chat/message.ts';
import type { Conversation } from '../../model/conversations/conversation.ts';
import type { ChatId } from '../chat-messages.ts';
import type { ScopeContents } from '../chat-scope.ts';
import type { DateRange } from '../local-time.ts';
import type { Permission } from '../permission.ts';
import type { WriteKind } from '../write-requests.ts';

/** What a caller of tools has to be allowed. */
export type ToolScope =
  | 'conversations.read'
  | 'memories.read'
  | 'memories.write'
  | 'action_items.read'
  | 'action_items.write'
  | 'people.read'
  | 'files.read'
  | 'settings.write'
  | 'product.read'
  | 'screen.read'
  | 'health.read'
  | 'daily_summaries.read'
  | 'apps.call';

/** For whom and when a tool runs. The uid comes from the sign-in, never from arguments. */
export interface ToolContext {
  readonly uid: string;
  /** Where it is asked, null outside of a chat. */
  readonly chat: ChatId | null;
  readonly now: number;
  /** IANA zone of the user. */
  readonly timeZone: string;
  /** The time that the user asked about: it holds if a call names none. */
  readonly range: DateRange | null;
  /** What may be looked at; null: everything. */
  readonly within: ScopeContents | null;
  readonly permission: Permission;
  readonly signal: AbortSignal;
  /**
   * Notes that a conversation was shown, with the segments that mattered, and answers the number
   * under which it can be cited, from 1.
   */
  retrieve(conversation: Conversation, segmentIds: readonly string[]): number;
  /** Notes what was shown under that number: an answer that cites it may name its addresses. */
  noteSource(number: number, text: string): void;
  /** Shows a chart with the answer; the last one counts. */
  showChart(chart: Chart): void;
}

/** A tool that a model may call; also what other front doors serve. */
export interface ChatTool {
  /** Letters, digits and `_`. */
  name: string;
  scope: ToolScope;
  description: string;
  /** JSON schema of the arguments. */
  parameters: Record<string, unknown>;
  /** What the user is shown while it runs. */
  status: string;
  /**
   * What its calls change: each call one of these at least. Empty for a tool that may only read and
   * asks for what it writes.
   */
  writes: readonly WriteKind[];
  /**
   * True if it keeps to the scope of a question, or looks at nothing that was said. The others are not
   * offered to a question that has a scope.
   */
  keepsToScope: boolean;
  /** App that provides the tool; null for built-in tools. */
  appId: string | null;
  /** Longest time of a call, milliseconds; null: the limit of built-in tools. */
  timeoutMs: number | null;
  /** Returns a short text for the model; throws `ToolInputError` for arguments that do not fit. */
  run(context: ToolContext, args: unknown): Promise<string>;
}

/** The arguments of a call are wrong; the model reads the message and may call again. */
export class ToolInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ToolInputError';
  }
}

/** The JSON schema of a tool's arguments. */
export function parametersOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, { io: 'input' });
  return parameters;
}

/** The arguments of a call, checked. @throws `ToolInputError` */
export function parseArguments<S extends z.ZodType>(schema: S, args: unknown): z.output<S> {
  const parsed = schema.safeParse(withoutNulls(args ?? {}));
  if (!parsed.success) throw new ToolInputError(problemsOf(parsed.error));
  return parsed.data;
}

/** Models fill what they do not need with null. */
function withoutNulls(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

function problemsOf(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`)
    .join('; ');
}
