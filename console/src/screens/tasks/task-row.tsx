import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { changeInLists } from '../../api/list-changes.ts';
import { TASK_LISTS_KEY, TASKS_KEY } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { ActionItem } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { DayField } from '../../ui/day-field.tsx';
import { DeleteButton } from '../../ui/delete-button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { offerUndo } from '../../ui/notice.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { SourceButton } from '../conversation/source-button.tsx';

const MAX_TEXT = 2_000;

/** One task: tick it, change its words, give it a day, show where it comes from, delete it. */
export function TaskRow({ item, isOverdue }: { item: ActionItem; isOverdue: boolean }) {
  const { tasks: words } = useStrings();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: TASKS_KEY });
  const edit = useMutation({
    mutationFn: (change: Partial<Pick<ActionItem, 'completed' | 'due_at' | 'description'>>) =>
      dataOf(
        api.PATCH('/v1/action-items/{id}', { params: { path: { id: item.id } }, body: change }),
      ),
    onMutate: (change) => replace((other) => ({ ...other, ...change })),
    onSettled: refresh,
  });
  const replace = (of: (other: ActionItem) => ActionItem | null) =>
    changeInLists(queries, TASK_LISTS_KEY, item.id, of);
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/action-items/{id}', { params: { path: { id: item.id } } })),
    onMutate: () => replace(() => null),
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
  const rename = (description: string) => {
    const before = item.description;
    edit.mutate({ description });
    offerUndo(words.renamed, () => edit.mutate({ description: before }));
  };
  return (
    <div className="group flex items-start gap-3 py-2.5">
      <input
        type="checkbox"
        checked={item.completed}
        aria-label={item.description}
        data-row
        onChange={(event) => tick(event.currentTarget)}
        className="mt-1.5 size-4 shrink-0 accent-(--accent) pointer-coarse:size-6"
      />
      <div className="min-w-0 flex-1">
        <TextArea
          text={item.description}
          label={words.edit}
          maxLength={MAX_TEXT}
          save={rename}
          className={`rounded bg-transparent hover:bg-sunk ${item.completed ? 'text-faint line-through' : ''}`}
        />
        <div className="flex flex-wrap items-center gap-x-3">
          <DayField
            label={words.due}
            none={words.noDay}
            at={item.due_at}
            save={(due_at) => edit.mutate({ due_at })}
            className={isOverdue ? 'text-amber' : item.due_at ? 'text-soft' : 'text-faint'}
          />
          {item.owner && (
            <bdi dir="auto" className="text-sm text-soft">
              {item.owner}
            </bdi>
          )}
        </div>
      </div>
      {item.conversation_id && (
        <SourceButton conversationId={item.conversation_id} segmentIds={item.segment_ids} />
      )}
      <DeleteButton label={words.deleteTask(item.description)} remove={() => remove.mutate()} />
    </div>
  );
}
