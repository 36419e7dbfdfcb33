import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import type { Conversation } from '../../client/records.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { parseCount } from '../parse-option.ts';
import { fitLine, localTime, paint, printEntries, printNote, shortId } from '../terminal.ts';

interface ListOptions extends ConnectionOptions, OutputOptions {
  limit: number;
  offset: number;
  starred?: boolean;
}

export function listCommand(): Command {
  const command = new Command('list')
    .description('list conversations, newest first')
    .option('-n, --limit <number>', 'at most so many', parseCount(1, 5000), 20)
    .option('--offset <number>', 'skip so many', parseCount(0, 1_000_000), 0)
    .option('--starred', 'only starred ones');
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
Examples:
  omi-backend list
  omi-backend list -n 100 --json`,
    )
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const { api } = await connect(options);
  const query = {
    limit: options.limit,
    offset: options.offset,
    statuses: 'in_progress,processing,completed,failed',
    include_discarded: false,
    ...(options.starred ? { starred: true } : {}),
  };
  const all = await dataOf(api.GET('/v1/conversations', { params: { query } }));
  const found = all.filter(hasWords);
  printEntries(found, conversationLine, options);
  if (found.length === 0 && !options.json && !options.quiet)
    printNote('No conversations yet. Try: omi-backend demo');
}

/** False for a live conversation in which nobody has spoken yet. */
export function hasWords(conversation: Conversation): boolean {
  return conversation.status !== 'in_progress' || conversation.transcript_segments.length > 0;
}

/** A conversation in one line: id, time, title. */
export function conversationLine(conversation: Conversation): string {
  const { id, created_at: createdAt, started_at: startedAt, structured, status } = conversation;
  const when = localTime(startedAt ?? createdAt);
  const title = structured.title === '' ? '(no title yet)' : structured.title;
  const mark = status === 'completed' ? '' : ` (${status.replace('_', ' ')})`;
  const text = fitLine(`${structured.emoji} ${title}${mark}`, shortId(id).length + when.length + 4);
  return `${paint.dim(shortId(id))}  ${paint.cyan(when)}  ${text}`;
}
