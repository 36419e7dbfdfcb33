import type { Clock } from '../../kernel/clock.ts';
import { TOOLS } from './registry.ts';
import type { ToolServices } from './tool.ts';
import type { RecordTool, ToolRecords } from './tool-records.ts';

export interface RecordToolsOptions {
  services: ToolServices;
  clock: Clock;
  /** IANA zone of users who have not told theirs. */
  defaultTimeZone: string;
}

/** The tools that programs call over MCP, by name. In a fixed order, so that clients can cache the list. */
export class RecordTools {
  readonly list: readonly RecordTool[];
  readonly #options: RecordToolsOptions;

  constructor(options: RecordToolsOptions) {
    this.#options = options;
    this.list = TOOLS.flatMap((tool) => tool.forRecords(options.services) ?? []);
  }

  /** Calls a tool for a user. @throws `ToolInputError`, `AppError` */
  async call(tool: RecordTool, uid: string, args: unknown): Promise<ToolRecords> {
    const { services, clock, defaultTimeZone } = this.#options;
    const user = await services.users.getUser(uid);
    return await tool.run(
      { uid, now: clock.now(), timeZone: user.timeZone ?? defaultTimeZone },
      args,
    );
  }
}
