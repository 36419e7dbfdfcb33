import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

const MAX_ARGUMENT = 500;

/** A request that people make often, with the tools that it needs named. */
interface PromptTemplate extends Prompt {
  textOf(args: Readonly<Record<string, string>>): string;
}

const PROMPTS: readonly PromptTemplate[] = [
  {
    name: 'review_day',
    title: 'Review a day',
    description: 'What happened, what was decided, what is left to do.',
    arguments: [{ name: 'date', description: 'YYYY-MM-DD; today without one', required: false }],
    textOf: ({ date }) =>
      `Review my ${date ? `day ${date}` : 'day today'}. Use get_conversations with start_date and end_date of that day, get_daily_summaries and get_action_items. Tell briefly what happened, what was decided, and which tasks are open. Name the conversations that you rely on.`,
  },
  {
    name: 'prepare_meeting',
    title: 'Prepare a meeting',
    description: 'What was said before with somebody or about something.',
    arguments: [{ name: 'about', description: 'A person or a topic', required: true }],
    textOf: ({ about = '' }) =>
      `Prepare me for a meeting about this: "${about}". Use search_conversations, search_memories and search_action_items, and read what matters with get_conversation_by_id. Tell what was said last, what was promised by whom, and what is open. Name the conversations that you rely on.`,
  },
  {
    name: 'plan_tasks',
    title: 'Plan my tasks',
    description: 'An order for the open tasks.',
    arguments: [],
    textOf: () =>
      'Look at my open tasks with get_action_items (completed false) and my goals with get_goals. Propose an order for today, and point out tasks that are done, doubled or no longer needed. Change nothing before I agree.',
  },
];

export function listPrompts(): Prompt[] {
  return PROMPTS.map(({ textOf: _, ...prompt }) => prompt);
}

/** @throws ProtocolError for a prompt that is not there, or an argument that is missing or too long */
export function getPrompt(
  name: string,
  args: Readonly<Record<string, string>> = {},
): GetPromptResult {
  const prompt = PROMPTS.find((each) => each.name === name);
  const refuse = (reason: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, reason);
  if (!prompt) throw refuse(`Unknown prompt: ${name.slice(0, 100)}`);
  for (const { name: argument, required } of prompt.arguments ?? []) {
    const given = args[argument];
    if (required && !given?.trim()) throw refuse(`Missing argument: ${argument}`);
    if ((given?.length ?? 0) > MAX_ARGUMENT) throw refuse(`Argument too long: ${argument}`);
  }
  return {
    description: prompt.description ?? '',
    messages: [{ role: 'user', content: { type: 'text', text: prompt.textOf(args) } }],
  };
}
