import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, Ellipsis, History, Trash2, X } from 'lucide-react';
import { useRef } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { changeInLists } from '../../api/list-changes.ts';
import { MEMORIES_KEY, MEMORY_LISTS_KEY } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import type { Memory } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button } from '../../ui/button.tsx';
import { focusNeighbour } from '../../ui/focus.ts';
import { Menu } from '../../ui/menu.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { TextArea } from '../../ui/text-area.tsx';
import { SourceButton } from '../conversation/source-button.tsx';

const MAX_TEXT = 5_000;

/** One fact: change its words, say whether it is true, show where it comes from, delete it. */
export function MemoryRow({
  memory,
  isNew,
  showHistory,
}: {
  memory: Memory;
  isNew: boolean;
  showHistory: () => void;
}) {
  const { memories: words, state } = useStrings();
  const row = useRef<HTMLDivElement>(null);
  const { edit, keep, reject, remove } = useChanges(memory);
  const leave = () => focusNeighbour(row.current?.querySelector('button') ?? null);
  return (
    <div ref={row} className="flex flex-wrap items-start justify-end gap-x-1 gap-y-1 py-2">
      <div className={`min-w-40 flex-1 pt-1 ${isNew ? 'basis-full sm:basis-64' : 'basis-40'}`}>
        <TextArea
          text={memory.content}
          label={words.edit}
          maxLength={MAX_TEXT}
          save={edit}
          className="rounded bg-transparent break-words hover:bg-sunk"
        />
      </div>
      {isNew && (
        <>
          <Button
            look="quiet"
            icon={<Check size={15} aria-hidden />}
            data-action="keep"
            onClick={(event) => {
              focusNeighbour(event.currentTarget);
              keep();
            }}
          >
            {words.keep}
          </Button>
          <Button
            look="quiet"
            icon={<X size={15} aria-hidden />}
            data-action="reject"
            onClick={(event) => {
              focusNeighbour(event.currentTarget);
              reject();
            }}
          >
            {words.reject}
          </Button>
        </>
      )}
      {memory.conversation_id && (
        <SourceButton conversationId={memory.conversation_id} segmentIds={memory.segment_ids} />
      )}
      <Menu
        label={words.actions(memory.content)}
        icon={<Ellipsis size={17} aria-hidden />}
        items={[
          {
            label: words.history,
            icon: <History size={15} aria-hidden />,
            act: showHistory,
          },
          {
            label: words.reject,
            icon: <X size={15} aria-hidden />,
            act: () => {
              leave();
              reject();
            },
          },
          {
            label: state.delete,
            icon: <Trash2 size={15} aria-hidden />,
            isLoss: true,
            act: () => {
              leave();
              remove();
            },
          },
        ]}
      />
    </div>
  );
}

/** What can be changed of a fact; each is shown at once and can be taken back. */
function useChanges({ id, content }: Memory) {
  const words = useStrings().memories;
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: MEMORIES_KEY });
  const show = (change: (memory: Memory) => Memory | null) =>
    changeInLists(queries, MEMORY_LISTS_KEY, id, change);
  const hide = () => show(() => null);
  const onError = (error: Error) => say(error.message);
  const review = (value: boolean) =>
    dataOf(api.POST('/v3/memories/{id}/review', { params: { path: { id }, query: { value } } }));
  const keep = useMutation({ mutationFn: () => review(true), onError, onSettled: refresh });
  const reject = useMutation({
    mutationFn: () => review(false),
    onMutate: hide,
    onSuccess: () => offerUndo(words.rejected, () => void review(true).finally(refresh)),
    onError,
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v3/memories/{id}', { params: { path: { id } } })),
    onMutate: hide,
    onSuccess: () => offerUndo(words.deleted, () => void restore('memory', id).finally(refresh)),
    onError,
    onSettled: refresh,
  });
  const write = useMutation({
    mutationFn: (value: string) =>
      dataOf(api.PATCH('/v3/memories/{id}', { params: { path: { id } }, body: { value } })),
    onMutate: (value) => show((memory) => ({ ...memory, content: value })),
    onError,
    onSettled: refresh,
  });
  return {
    edit: (text: string) => {
      write.mutate(text);
      offerUndo(words.changed, () => write.mutate(content));
    },
    keep: () => keep.mutate(),
    reject: () => reject.mutate(),
    remove: () => remove.mutate(),
  };
}
