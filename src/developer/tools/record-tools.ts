import type { Clock } from '../../kernel/clock.ts';
import type { SearchService } from '../../search/question/search-service.ts';
import { type ActionItemToolDeps, actionItemTools } from './action-item-tools.ts';
import { type ConversationToolDeps, conversationTools } from './conversation-tools.ts';
import { type MemoryToolDeps, memoryTools } from './memory-tools.ts';
import type { RecordTool, ToolRecords } from './record-tool.ts';
import { type UserToolDeps, userTools } from './user-tools.ts';

type Deps = ConversationToolDeps &
  UserToolDeps &
  MemoryToolDeps &
  ActionItemToolDeps & {
    search: SearchService;
    clock: Clock;
    /** IANA zone of users who have not told theirs. */
    defaultTimeZone: string;
  };

/** The tools that programs call, by name. In a fixed order, so that clients can cache the list. */
export class RecordTools {
  readonly list: readonly RecordTool[];
  readonly #deps: Pick<Deps, 'users' | 'clock' | 'defaultTimeZone'>;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.list = [
      ...memoryTools(deps),
      ...conversationTools(deps),
      ...actionItemTools(deps),
      ...userTools(deps),
    ];
  }

  /** Calls a tool for a user. @throws `ToolInputError`, `AppError` */
  async call(tool: RecordTool, uid: string, args: unknown): Promise<ToolRecords> {
    const { users, clock, defaultTimeZone } = this.#deps;
    const user = await users.getUser(uid);
    return await tool.run(
      { uid, now: clock.now(), timeZone: user.timeZone ?? defaultTimeZone },
      args,
    );
  }
}
