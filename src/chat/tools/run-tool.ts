import { type AppError, describeError, isAppError } from '../../kernel/errors.ts';
import { parseJson } from '../../kernel/json.ts';
import type { Logger } from '../../kernel/logger.ts';
import { WriteRefused } from '../permission.ts';
import { limitText, MAX_TOOL_OUTPUT } from '../untrusted-text.ts';
import { type ChatTool, type ToolContext, ToolInputError } from './chat-tool.ts';

export interface ToolRun {
  text: string;
  outcome: 'done' | 'refused' | 'failed';
  /** What a service said no with; null for everything else. */
  error: AppError | null;
}

/**
 * Runs a tool for a model: a text in any case, bounded in size and time. A write that the user did
 * not ask for is refused before the tool sees it. Rejects only if the whole turn was aborted.
 */
export async function runTool(
  tool: ChatTool,
  context: ToolContext,
  argumentsJson: string,
  options: { logger: Logger; timeoutMs: number },
): Promise<ToolRun> {
  const { timeoutMs } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([context.signal, timeout]);
  try {
    const { permission } = context;
    const isAskedFor = tool.writes.some((kind) => permission.asksFor(kind));
    if (tool.writes.length > 0 && !isAskedFor) throw new WriteRefused();
    const args = parseArguments(argumentsJson);
    const bound = withSignal(context, signal);
    const text = await unlessAborted(tool.run(bound, args), signal);
    return { text: limitText(text, MAX_TOOL_OUTPUT), outcome: 'done', error: null };
  } catch (error) {
    context.signal.throwIfAborted();
    const failed = (reason: string): ToolRun => ({ text: reason, outcome: 'failed', error: null });
    if (error instanceof WriteRefused) {
      return { text: error.message, outcome: 'refused', error: null };
    }
    if (error instanceof ToolInputError) return failed(`Error: ${error.message}`);
    if (timeout.aborted) return failed(`Error: the tool took longer than ${timeoutMs / 1000} s`);
    options.logger.warn({ tool: tool.name, error: describeError(error) }, 'chat tool failed');
    // Our own messages name no data; others might.
    const known = isAppError(error) && error.code !== 'internal' ? error : null;
    const reason = known ? `: ${known.message}` : '';
    return { text: `Error executing tool${reason}`, outcome: 'failed', error: known };
  }
}

function withSignal(context: ToolContext, signal: AbortSignal): ToolContext {
  return {
    uid: context.uid,
    chat: context.chat,
    now: context.now,
    timeZone: context.timeZone,
    range: context.range,
    within: context.within,
    permission: context.permission,
    signal,
    retrieve: (conversation, segmentIds) => context.retrieve(conversation, segmentIds),
    noteSource: (number, text) => context.noteSource(number, text),
    showChart: (chart) => context.showChart(chart),
  };
}

function parseArguments(json: string): unknown {
  if (json.trim() === '') return {};
  const value = parseJson(json);
  if (value === undefined) throw new ToolInputError('the arguments are not valid JSON');
  return value;
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
