import type { Clock } from '../../kernel/clock.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { UserService } from '../../users/user-service.ts';
import { DIRECT_CALL } from '../permission.ts';
import type { ChatTool, ToolContext } from './chat-tool.ts';
import { runTool } from './run-tool.ts';

/** Longest time for a call, milliseconds. */
const TIMEOUT_MS = 30_000;

export interface ToolCallsOptions {
  toolsFor: (uid: string) => Promise<readonly ChatTool[]>;
  users: Pick<UserService, 'getUser'>;
  clock: Clock;
  defaultTimeZone: string;
  logger: Logger;
}

export interface ToolResult {
  text: string;
  isError: boolean;
  /** What a service said no with, such as `not-found`; null for everything else. */
  error: AppError | null;
}

/**
 * The chat's tools for front doors without a model between: the user, or a program with the user's
 * token, calls them directly, so that a write needs no message that asks for it.
 */
export class ToolCalls {
  readonly #options: ToolCallsOptions;

  constructor(options: ToolCallsOptions) {
    this.#options = options;
  }

  /** Every tool that a user may call. */
  async list(uid: string): Promise<readonly ChatTool[]> {
    return await this.#options.toolsFor(uid);
  }

  /** Calls a tool by its name; `not-found` if there is none. What goes wrong in it is its text. */
  async call(uid: string, name: string, args: unknown, signal: AbortSignal): Promise<ToolResult> {
    const { users, clock, defaultTimeZone, logger } = this.#options;
    const tool = (await this.list(uid)).find((each) => each.name === name);
    if (!tool) throw new AppError('not-found', 'Tool not found');
    const user = await users.getUser(uid);
    let retrieved = 0;
    const numbers = new Map<string, number>();
    const context: ToolContext = {
      uid,
      chat: null,
      now: clock.now(),
      timeZone: user.timeZone ?? defaultTimeZone,
      range: null,
      within: null,
      permission: DIRECT_CALL,
      signal,
      retrieve: ({ id }) => {
        const known = numbers.get(id);
        if (known !== undefined) return known;
        retrieved += 1;
        numbers.set(id, retrieved);
        return retrieved;
      },
      // Nothing is shown here; the text says what it holds.
      noteSource: () => undefined,
      showChart: () => undefined,
    };
    const timeoutMs = tool.timeoutMs ?? TIMEOUT_MS;
    const json = JSON.stringify(args ?? {});
    const run = await runTool(tool, context, json, { logger, timeoutMs });
    return { text: run.text, isError: run.outcome !== 'done', error: run.error };
  }
}
