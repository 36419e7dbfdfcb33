import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { request } from '../../api/client.ts';
import { actionItemsQuery } from '../../api/queries.ts';
import { currentTime } from '../../api/server-clock.ts';
import type { ActionItem } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { Group, Page } from '../../ui/page.tsx';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { dayOf } from '../../ui/time.ts';
import { TaskRow } from './task-row.tsx';

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

/** Open tasks by when they are due, and the done ones on request. */
export function Tasks() {
  const words = useStrings().tasks;
  const queries = useQueryClient();
  const found = useQuery(actionItemsQuery);
  const [showsDone, setShowsDone] = useState(false);
  const add = useMutation({
    mutationFn: (description: string) =>
      request('/v1/action-items', { method: 'POST', body: { description } }),
    onSettled: () => queries.invalidateQueries({ queryKey: actionItemsQuery.queryKey }),
  });
  const items = found.data?.action_items ?? [];
  const open = items
    .filter(({ completed }) => !completed)
    .sort((a, b) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9'));
  const done = items.filter(({ completed }) => completed);
  return (
    <Page title={words.title}>
      <LineForm label={words.add} add={(text) => add.mutate(text)} />
      {found.isPending && <Skeleton />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && open.length === 0 && <Empty>{words.empty}</Empty>}
      {GROUPS.map((name) => {
        const own = open.filter((item) => groupOf(item) === name);
        if (own.length === 0) return null;
        return (
          <Group key={name} title={words[name]}>
            {own.map((item) => (
              <TaskRow key={item.id} item={item} isOverdue={name === 'overdue'} />
            ))}
          </Group>
        );
      })}
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
      {showsDone && (
        <Group title={words.done}>
          {done.map((item) => (
            <TaskRow key={item.id} item={item} isOverdue={false} />
          ))}
        </Group>
      )}
    </Page>
  );
}
