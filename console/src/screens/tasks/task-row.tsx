import { useMutation, useQueryClient } from '@tanstack/react-query';
import { request } from '../../api/client.ts';
import { actionItemsQuery } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { ActionItem } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { DeleteButton } from '../../ui/delete-button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { offerUndo } from '../../ui/notice.ts';
import { SourceLink } from '../../ui/source-link.tsx';
import { isoDay } from '../../ui/time.ts';

/** One task: tick it, give it a day, open its words, delete it. */
export function TaskRow({ item, isOverdue }: { item: ActionItem; isOverdue: boolean }) {
  const { tasks: words } = useStrings();
  const queries = useQueryClient();
  const path = `/v1/action-items/${encodeURIComponent(item.id)}`;
  const refresh = () => queries.invalidateQueries({ queryKey: actionItemsQuery.queryKey });
  const edit = useMutation({
    mutationFn: (change: Partial<Pick<ActionItem, 'completed' | 'due_at'>>) =>
      request(path, { method: 'PATCH', body: change }),
    onMutate: (change) =>
      replace((other) => (other.id === item.id ? { ...other, ...change } : other)),
    onSettled: refresh,
  });
  const replace = (of: (other: ActionItem) => ActionItem | null) =>
    queries.setQueryData(
      actionItemsQuery.queryKey,
      (old) =>
        old && { ...old, action_items: old.action_items.flatMap((other) => of(other) ?? []) },
    );
  const remove = useMutation({
    mutationFn: () => request(path, { method: 'DELETE' }),
    onMutate: () => replace((other) => (other.id === item.id ? null : other)),
    onSuccess: () =>
      offerUndo(words.deleted, () => void restore('action_item', item.id).finally(refresh)),
    onSettled: refresh,
  });
  const tick = (field: HTMLInputElement) => {
    const completed = field.checked;
    focusNeighbour(field);
    edit.mutate({ completed });
    const back = () => edit.mutate({ completed: !completed });
    offerUndo(completed ? words.ticked : words.unticked, back);
  };
  const due = item.due_at === null ? null : new Date(item.due_at);
  return (
    <li className="group flex items-start gap-3 py-2.5">
      <input
        type="checkbox"
        checked={item.completed}
        aria-label={item.description}
        data-row
        onChange={(event) => tick(event.currentTarget)}
        className="mt-1.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
      />
      <div className="min-w-0 flex-1">
        <p dir="auto" className={item.completed ? 'text-faint line-through' : ''}>
          {item.description}
        </p>
        <label className={`text-sm ${isOverdue ? 'text-amber' : 'text-soft'}`}>
          <span className="sr-only">{words.due}</span>
          <input
            type="date"
            value={due ? isoDay(due) : ''}
            onChange={({ target }) =>
              edit.mutate({
                due_at:
                  target.value === '' ? null : new Date(`${target.value}T23:59:00`).toISOString(),
              })
            }
            className={`tabular bg-transparent text-sm ${due ? '' : 'text-faint'}`}
          />
        </label>
      </div>
      {item.conversation_id && (
        <SourceLink conversationId={item.conversation_id} segmentIds={item.segment_ids} />
      )}
      <DeleteButton label={words.deleteTask(item.description)} remove={() => remove.mutate()} />
    </li>
  );
}
