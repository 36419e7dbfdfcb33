import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { proposedTasksQuery, TASKS_KEY } from '../../api/queries.ts';
import type { ProposedTask } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { offerUndo, say } from '../../ui/notice.ts';
import { Group } from '../../ui/page.tsx';
import { SourceButton } from '../conversation/source-button.tsx';

/** Proposals that are shown at first. */
const FEW = 5;

/** What may be a task, by what was said or by what another program found: to be added or refused. */
export function ProposedTasks() {
  const { tasks: words } = useStrings();
  const found = useQuery(proposedTasksQuery).data;
  const [showsAll, setShowsAll] = useState(false);
  const items = found?.items ?? [];
  if (items.length === 0) return null;
  const shown = showsAll ? items : items.slice(0, FEW);
  return (
    <div className="flex flex-col gap-2">
      <Group title={words.proposed}>
        {shown.map((task) => (
          <Proposal key={task.id} task={task} />
        ))}
      </Group>
      {items.length > FEW && (
        <Button
          look="quiet"
          className="self-start"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? words.fewer : `${words.moreProposed} (${items.length - FEW})`}
        </Button>
      )}
    </div>
  );
}

function Proposal({ task }: { task: ProposedTask }) {
  const { id, description } = task;
  const { tasks: words } = useStrings();
  const queries = useQueryClient();
  // The proposals are below this key too.
  const refresh = () => queries.invalidateQueries({ queryKey: TASKS_KEY });
  const leave = () =>
    queries.setQueryData(
      proposedTasksQuery.queryKey,
      (old) => old && { ...old, items: old.items.filter((other) => other.id !== id) },
    );
  const close = (completed: boolean) =>
    dataOf(api.PATCH('/v1/staged-tasks/{id}', { params: { path: { id } }, body: { completed } }));
  const options = {
    onMutate: leave,
    onError: (error: Error) => say(error.message),
    onSettled: refresh,
  };
  const add = useMutation({
    ...options,
    mutationFn: () =>
      dataOf(api.POST('/v1/staged-tasks/{id}/promote', { params: { path: { id } } })),
    onSuccess: () => say(words.added),
  });
  const refuse = useMutation({
    ...options,
    mutationFn: () => close(true),
    onSuccess: () => offerUndo(words.refused, () => void close(false).finally(refresh)),
  });
  const decide = (button: HTMLElement, decision: () => void) => {
    focusNeighbour(button);
    decision();
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
      <p dir="auto" className="min-w-48 flex-1 break-words text-soft">
        {description}
      </p>
      <div className="flex items-center gap-1">
        {task.conversation_id && (
          <SourceButton conversationId={task.conversation_id} segmentIds={task.segment_ids ?? []} />
        )}
        <Button
          data-row
          data-action="add"
          aria-label={words.addProposed(description)}
          onClick={({ currentTarget }) => decide(currentTarget, () => add.mutate())}
        >
          {words.addIt}
        </Button>
        <Button
          look="quiet"
          data-action="refuse"
          aria-label={words.refuseProposed(description)}
          onClick={({ currentTarget }) => decide(currentTarget, () => refuse.mutate())}
        >
          {words.refuseIt}
        </Button>
      </div>
    </li>
  );
}
