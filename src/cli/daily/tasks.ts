import { Command } from 'commander';
import { dataOf } from '../../client/index.ts';
import type { ActionItem } from '../../client/records.ts';
import { AppError } from '../../kernel/errors.ts';
import type { Api } from '../api/server-client.ts';
import {
  type ConnectionOptions,
  connect,
  type OutputOptions,
  withConnectionAndOutput,
} from '../connection.ts';
import { parseCount } from '../parse-option.ts';
import { fitLine, localTime, paint, printEntries, printNote, shortId } from '../terminal.ts';
import { findById } from './find-by-id.ts';

const PAGE = 500;
/** The user, as the owner of a task. */
const USER = 'user';

type Options = ConnectionOptions & OutputOptions;

export function tasksCommand(): Command {
  const command = new Command('tasks').description('list, add and complete tasks');
  const list = new Command('list')
    .description('list open tasks')
    .option('-a, --all', 'completed ones too')
    .option('-n, --limit <number>', 'at most so many', parseCount(1, 10_000), 100);
  command.addCommand(withConnectionAndOutput(list).action(listTasks));
  const add = new Command('add')
    .description('add a task')
    .argument('<description...>')
    .option('--due <time>', 'when it is due, ISO 8601: 2026-12-24 or 2026-12-24T18:00', parseDue);
  command.addCommand(withConnectionAndOutput(add).action(addTask));
  const done = new Command('done')
    .description('complete tasks')
    .argument('<id...>', 'id of a task, or its beginning');
  command.addCommand(withConnectionAndOutput(done).action(completeTasks(true)));
  const reopen = new Command('reopen')
    .description('open completed tasks again')
    .argument('<id...>', 'id of a task, or its beginning');
  command.addCommand(withConnectionAndOutput(reopen).action(completeTasks(false)));
  return command.addHelpText(
    'after',
    `
Examples:
  omi-backend tasks
  omi-backend tasks add "Call the plumber" --due 2026-12-24
  omi-backend tasks done 3f2a91c0`,
  );
}

async function listTasks(options: Options & { all?: boolean; limit: number }): Promise<void> {
  const { api } = await connect(options);
  const found = await fetchTasks(api, { onlyOpen: !options.all, limit: options.limit });
  printEntries(found, taskLine, options);
  if (found.length === 0 && !options.json && !options.quiet)
    printNote(options.all ? 'No tasks.' : 'No open tasks.');
}

async function addTask(words: string[], options: Options & { due?: string }): Promise<void> {
  const description = words.join(' ').trim();
  if (description === '') throw new AppError('bad-request', 'Say what is to be done.');
  const { api } = await connect(options);
  const body = { description, ...(options.due === undefined ? {} : { due_at: options.due }) };
  const made = await dataOf(api.POST('/v1/action-items', { body }));
  printEntries([made], taskLine, options);
}

function completeTasks(completed: boolean): (ids: string[], options: Options) => Promise<void> {
  return async (ids, options) => {
    const { api } = await connect(options);
    const all = await fetchTasks(api, { onlyOpen: false, limit: Number.POSITIVE_INFINITY });
    // All of them are found first, so that a mistyped id changes nothing.
    const wanted = ids.map((typed) => findById(all, typed, 'task'));
    const changed: ActionItem[] = [];
    for (const { id } of wanted) {
      const call = { params: { path: { id } }, body: { completed } };
      changed.push(await dataOf(api.PATCH('/v1/action-items/{id}/completed', call)));
    }
    printEntries(changed, taskLine, options);
  };
}

async function fetchTasks(
  api: Api,
  { onlyOpen, limit }: { onlyOpen: boolean; limit: number },
): Promise<ActionItem[]> {
  const found: ActionItem[] = [];
  for (;;) {
    const query = {
      limit: Math.min(PAGE, limit - found.length),
      offset: found.length,
      ...(onlyOpen ? { completed: false } : {}),
    };
    const page = await dataOf(api.GET('/v1/action-items', { params: { query } }));
    found.push(...page.action_items);
    if (!page.has_more || found.length >= limit || page.action_items.length === 0) return found;
  }
}

function taskLine({ id, description, completed, due_at: dueAt, owner }: ActionItem): string {
  const whose = owner === null || owner === USER ? '' : ` — ${owner}`;
  const due = dueAt === null ? '' : `  (due ${localTime(dueAt)})`;
  const text = fitLine(`${description}${whose}`, shortId(id).length + due.length + 4);
  const box = completed ? paint.green('☑') : '☐';
  return `${paint.dim(shortId(id))}  ${box} ${text}${paint.yellow(due)}`;
}

/** A day is meant until its end. */
function parseDue(text: string): string {
  const time = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:00` : text);
  if (Number.isNaN(time.getTime())) {
    throw new AppError(
      'bad-request',
      `--due: "${text}" is not an ISO 8601 time. Write it as 2026-12-24 or 2026-12-24T18:00.`,
    );
  }
  return time.toISOString();
}
