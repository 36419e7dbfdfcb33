import { describeError, isAppError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { limitText, MAX_TOOL_OUTPUT } from '../untrusted-text.ts';
import { WriteRefused } from '../write-permission.ts';
import { type ChatTool, type ToolContext, ToolInputError } from './chat-tool.ts';

/** Longest time that one tool may take, milliseconds. */
export const TOOL_TIMEOUT_MS = 20_000;

export type ToolOutcome = 'done' | 'refused' | 'failed';

/**
 * Runs a tool for a model: a text in any case, bounded in size and time. A write that the user did
 * not ask for is refused before the tool sees it. Rejects only where the whole turn was aborted.
 */
export async function runTool(
  tool: ChatTool,
  context: ToolContext,
  argumentsJson: string,
  options: { logger: Logger; timeoutMs?: number },
): Promise<{ text: string; outcome: ToolOutcome }> {
  const timeoutMs = options.timeoutMs ?? TOOL_TIMEOUT_MS;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  try {
    if (tool.writes !== null && !context.permission.asksFor(tool.writes)) throw new WriteRefused();
    const args = parseArguments(argumentsJson);
    const bound = withSignal(context, signal);
    const text = await unlessAborted(tool.run(bound, args), signal);
    return { text: limitText(text, MAX_TOOL_OUTPUT), outcome: 'done' };
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof WriteRefused) return { text: error.message, outcome: 'refused' };
    if (error instanceof ToolInputError) {
      return { text: `Error: ${error.message}`, outcome: 'failed' };
    }
    if (timeout.aborted) {
      return { text: `Error: the tool took longer than ${timeoutMs / 1000} s`, outcome: 'failed' };
    }
    options.logger.warn({ tool: tool.name, error: describeError(error) }, 'chat tool failed');
    // Our own messages name no data; others might.
    const reason = isAppError(error) && error.code !== 'internal' ? `: ${error.message}` : '';
    return { text: `Error executing tool${reason}`, outcome: 'failed' };
  }
}

function withSignal(context: ToolContext, signal: AbortSignal): ToolContext {
  return {
    uid: context.uid,
    now: context.now,
    timeZone: context.timeZone,
    range: context.range,
    permission: context.permission,
    signal,
    retrieve: (conversation, segmentIds) => context.retrieve(conversation, segmentIds),
  };
}

function parseArguments(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch {
    throw new ToolInputError('the arguments are not valid JSON');
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
