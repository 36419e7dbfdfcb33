import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { ToolInputError } from '../chat/tools/chat-tool.ts';
import type { RecordTool } from '../chat/tools/tool-records.ts';
import { type AppError, type ErrorCode, toAppError } from '../kernel/errors.ts';

/** Codes of failed calls, as Omi's server names them. */
type FailureCode =
  | 'invalid_arguments'
  | 'not_found'
  | 'paid_plan_required'
  | 'authorization_denied'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

const CODES: Partial<Record<ErrorCode, FailureCode>> = {
  'bad-request': 'invalid_arguments',
  'already-exists': 'invalid_arguments',
  conflict: 'invalid_arguments',
  'not-found': 'not_found',
  'payment-required': 'paid_plan_required',
  forbidden: 'authorization_denied',
  unauthenticated: 'authorization_denied',
  'rate-limited': 'rate_limited',
  'not-configured': 'unavailable',
  'provider-unavailable': 'unavailable',
};

/** A result: the same once for programs and once as text for models. */
export function toolResult(data: Record<string, unknown>): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(data, null, 2) }],
    structuredContent: data,
  };
}

/** A failure that the model reads. */
export function failedResult(code: FailureCode, message: string): CallToolResult {
  return { ...toolResult({ error: { code, message } }), isError: true };
}

/** The failure of a call as a result. Texts of unknown errors may quote data, so they are left out. */
export function resultOfError(error: unknown): CallToolResult {
  if (error instanceof ToolInputError) return failedResult('invalid_arguments', error.message);
  const known: AppError = toAppError(error);
  return failedResult(CODES[known.code] ?? 'internal', known.message);
}

/** A tool as `tools/list` shows it. */
export function toolToWire(tool: RecordTool): Tool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { ...tool.parameters, type: 'object' },
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === 'read',
      destructiveHint: tool.effect === 'change' || tool.effect === 'delete',
      idempotentHint: tool.effect !== 'add',
      openWorldHint: false,
    },
  };
}
