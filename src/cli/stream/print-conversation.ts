import type { Conversation, Memory } from '../../client/records.ts';
import { localTime, paint } from '../terminal.ts';

/** Whose a task is that is the user's own. */
const USER = 'user';

/** A processed conversation as lines for a person; times are local. */
export function conversationLines(
  conversation: Conversation,
  memories: readonly Memory[],
): string[] {
  const { structured, processing } = conversation;
  const { action_items: actionItems, events } = structured;
  return [
    '',
    `${structured.emoji} ${paint.bold(structured.title)}  [${structured.category}]`,
    ...section('', structured.overview === '' ? [] : [structured.overview]),
    ...section(
      'Action items',
      actionItems.map(({ description, due_at: dueAt, owner, completed }) => {
        const due = dueAt === null ? '' : `  (due ${localTime(dueAt)})`;
        return `${completed ? '☑' : '☐'} ${description}${owner ? ` — ${owner === USER ? 'you' : owner}` : ''}${due}`;
      }),
    ),
    ...section(
      'Events',
      events.map(({ title, start, duration }) => `${localTime(start)}, ${duration} min: ${title}`),
    ),
    ...section(
      'Memories',
      memories.map((memory) => memory.content),
    ),
    '',
    `Conversation ${conversation.id}, understood by ${engineOf(processing)}.`,
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return title === ''
    ? ['', ...lines]
    : ['', paint.bold(title), ...lines.map((line) => `  ${line}`)];
}

function engineOf(processing: Conversation['processing']): string {
  if (processing.engine === 'model') return processing.model ?? 'a language model';
  const failed =
    processing.model_error === null ? '' : ` (the model failed: ${processing.model_error})`;
  return `rules${failed}`;
}
