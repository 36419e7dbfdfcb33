import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import { AppError } from '../../kernel/errors.ts';
import { fetchConversation, fetchNames } from '../api/fetch-records.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { parseCount } from '../parse-option.ts';
import { paint, printJson, printLines, printNote } from '../terminal.ts';
import { conversationLine } from './list.ts';
import { spokenLine } from './show.ts';

/** Found conversations whose words are shown, and how many passages of each. */
const QUOTED = 10;
const QUOTES = 2;

interface SearchOptions extends ConnectionOptions, OutputOptions {
  limit: number;
}

export function searchCommand(): Command {
  const command = new Command('search')
    .description('search conversations by words, people, times, and meaning if there is a model')
    .argument('<words...>', 'what to look for')
    .option('-n, --limit <number>', 'at most so many', parseCount(1, 100), 10);
  return withConnectionAndOutput(command)
    .addHelpText(
      'after',
      `
Exit code: 0, also if nothing is found.

Examples:
  omi-backend search stall holders
  omi-backend search "what Ben said last week about the budget"`,
    )
    .action(search);
}

async function search(words: string[], options: SearchOptions): Promise<void> {
  const query = words.join(' ').trim();
  if (query === '') throw new AppError('bad-request', 'Say what to look for.');
  const { api } = await connect(options);
  const body = { query, per_page: options.limit, include_discarded: false };
  const { items } = await dataOf(api.POST('/v1/conversations/search', { body }));
  if (options.json) return printJson(items);
  if (options.quiet) return printLines(items.map(({ id }) => id));
  if (items.length === 0) return printNote('Nothing was found.');
  const names = await fetchNames(api);
  for (const [place, item] of items.entries()) {
    const wanted = new Set(item.matches.flatMap(({ segment_ids: ids }) => ids));
    const quotes: string[] = [];
    if (place < QUOTED && wanted.size > 0) {
      const whole = await fetchConversation(api, item.id);
      const found = whole.transcript_segments.filter(({ id }) => wanted.has(id));
      quotes.push(...found.slice(0, QUOTES).map((segment) => spokenLine(segment, names)));
    }
    printLines([
      conversationLine(item),
      ...quotes.map((line) => `          ${paint.italic(line)}`),
    ]);
  }
}
