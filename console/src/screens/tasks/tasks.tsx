import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { conversationQuery, TASKS_KEY, type TaskList, taskListQuery } from '../../api/queries.ts';
import { currentTime } from '../../api/server-clock.ts';
import type { ActionItem } from '../../api/types.ts';
import type { Strings } from '../../i18n/en.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Chip } from '../../ui/chip.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { say } from '../../ui/notice.ts';
import { Page } from '../../ui/page.tsx';
import { type PagedRow, PagedRows } from '../../ui/paged-rows.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { dayOf } from '../../ui/time.ts';
import { ProposedTasks } from './proposed-tasks.tsx';
import { TaskRow } from './task-row.tsx';

type Row = PagedRow<ActionItem>;

const LISTS = ['due', 'conversation', 'done'] as const;
const GROUPS = ['overdue', 'today', 'later', 'someday'] as const;

/** In which group an open task stands today. */
export function groupOf(
  { due_at }: ActionItem,
  now = new Date(currentTime()),
): (typeof GROUPS)[number] {
  if (due_at === null) return 'someday';
  const days = Math.round((dayOf(new Date(due_at)) - dayOf(now)) / 86_400_000);
  if (days < 0) return 'overdue';
  return days === 0 ? 'today' : 'later';
}

/** Open tasks by when they are due or by conversation, and the done ones on request. */
export function Tasks() {
  const words = useStrings().tasks;
  const queries = useQueryClient();
  const [list, setList] = useState<TaskList>('due');
  const found = useInfiniteQuery(taskListQuery(list));
  const done = useInfiniteQuery(taskListQuery('done')).data?.pages;
  const add = useMutation({
    mutationFn: (description: string) =>
      dataOf(api.POST('/v1/action-items', { body: { description } })),
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: TASKS_KEY }),
  });
  const rows = useMemo(
    () => rowsOf(found.data?.pages.flatMap(({ items }) => items) ?? [], list, words),
    [found.data, list, words],
  );
  const doneCount = done?.reduce((count, { items }) => count + items.length, 0) ?? 0;
  const isMore = done?.at(-1)?.hasMore ?? false;
  const labels = {
    ...words.orders,
    done: `${words.done} (${doneCount}${isMore ? '+' : ''})`,
  };
  return (
    <Page title={words.title}>
      <LineForm label={words.add} add={(text) => add.mutate(text)} />
      <ProposedTasks />
      {(rows.length > 0 || doneCount > 0 || list !== 'due') && (
        <div className="flex flex-wrap gap-1.5">
          {LISTS.filter((name) => name !== 'done' || doneCount > 0 || list === 'done').map(
            (name) => (
              <Chip key={name} isOn={list === name} turn={() => setList(name)}>
                {labels[name]}
              </Chip>
            ),
          )}
        </div>
      )}
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && rows.length === 0 && (
        <Empty>{list === 'done' ? words.noneDone : words.empty}</Empty>
      )}
      {rows.length > 0 && (
        <PagedRows
          key={list}
          rows={rows}
          next={found}
          draw={(item) => (
            <TaskRow item={item} isOverdue={groupOf(item) === 'overdue' && !item.completed} />
          )}
        />
      )}
    </Page>
  );
}

/** The tasks of a list, each once, below the headings of their groups. */
function rowsOf(loaded: readonly ActionItem[], list: TaskList, words: Strings['tasks']): Row[] {
  // One that was ticked stays in its list until that is loaded again.
  const fitting = loaded.filter(({ completed }) => completed === (list === 'done'));
  const items = [...new Map(fitting.map((item) => [item.id, item])).values()];
  if (list === 'done') return items.map(toRow);
  if (list === 'conversation') {
    return [...byConversation(items)].flatMap(([id, own]) => [
      { kind: 'heading', key: `of ${id}`, content: <ConversationTitle id={id} /> } as const,
      ...own.map(toRow),
    ]);
  }
  return GROUPS.flatMap((name): Row[] => {
    const own = items
      .filter((item) => groupOf(item) === name)
      // An edit has its place at once.
      .sort((a, b) => (a.due_at ?? '').localeCompare(b.due_at ?? ''));
    if (own.length === 0) return [];
    return [{ kind: 'heading', key: name, content: words[name] }, ...own.map(toRow)];
  });
}

function toRow(item: ActionItem): Row {
  return { kind: 'item', key: item.id, item };
}

/** Tasks by the id of their conversation, in the order of the first of each. */
function byConversation(items: readonly ActionItem[]): Map<string | null, ActionItem[]> {
  const groups = new Map<string | null, ActionItem[]>();
  for (const item of items) {
    const own = groups.get(item.conversation_id) ?? [];
    own.push(item);
    groups.set(item.conversation_id, own);
  }
  return groups;
}

/** The title of the conversation that tasks come from; null: they come from none. */
function ConversationTitle({ id }: { id: string | null }) {
  const { tasks: words, timeline } = useStrings();
  const found = useQuery({ ...conversationQuery(id ?? ''), enabled: id !== null });
  return id === null ? words.own : found.data?.structured.title || timeline.untitled;
}
