import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { actionItemsQuery, conversationQuery } from '../../api/queries.ts';
import { currentTime } from '../../api/server-clock.ts';
import type { ActionItem } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { say } from '../../ui/notice.ts';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { dayOf } from '../../ui/time.ts';
import { ProposedTasks } from './proposed-tasks.tsx';
import { TaskRow } from './task-row.tsx';

const ORDERS = ['due', 'conversation'] as const;
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
  const found = useQuery(actionItemsQuery);
  const [showsDone, setShowsDone] = useState(false);
  const [order, setOrder] = useState<(typeof ORDERS)[number]>('due');
  const add = useMutation({
    mutationFn: (description: string) =>
      dataOf(api.POST('/v1/action-items', { body: { description } })),
    onError: (error) => say(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: actionItemsQuery.queryKey }),
  });
  const items = found.data?.action_items ?? [];
  const open = items
    .filter(({ completed }) => !completed)
    .sort((a, b) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9'));
  const done = items.filter(({ completed }) => completed);
  const row = (item: ActionItem) => (
    <TaskRow key={item.id} item={item} isOverdue={groupOf(item) === 'overdue' && !item.completed} />
  );
  return (
    <Page title={words.title}>
      <LineForm label={words.add} add={(text) => add.mutate(text)} />
      {open.length > 0 && (
        <div className="flex gap-1.5">
          {ORDERS.map((name) => (
            <Chip key={name} isOn={order === name} turn={() => setOrder(name)}>
              {words.orders[name]}
            </Chip>
          ))}
        </div>
      )}
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && open.length === 0 && <Empty>{words.empty}</Empty>}
      {order === 'due' &&
        GROUPS.map((name) => {
          const own = open.filter((item) => groupOf(item) === name);
          return own.length === 0 ? null : (
            <Group key={name} title={words[name]}>
              {own.map(row)}
            </Group>
          );
        })}
      {order === 'conversation' &&
        [...byConversation(open)].map(([id, own]) => (
          <OfConversation key={id} id={id}>
            {own.map(row)}
          </OfConversation>
        ))}
      <ProposedTasks />
      {done.length > 0 && (
        <Button
          look="quiet"
          className="self-start"
          aria-expanded={showsDone}
          onClick={() => setShowsDone(!showsDone)}
        >
          {words.showDone} ({done.length})
        </Button>
      )}
      {showsDone && <Group title={words.done}>{done.map(row)}</Group>}
    </Page>
  );
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

/** The tasks of one conversation below its title; null: those that come from none. */
function OfConversation({ id, children }: { id: string | null; children: ReactNode }) {
  const { tasks: words, timeline } = useStrings();
  const found = useQuery({ ...conversationQuery(id ?? ''), enabled: id !== null });
  if (id === null) return <Group title={words.own}>{children}</Group>;
  return <Group title={found.data?.structured.title || timeline.untitled}>{children}</Group>;
}
