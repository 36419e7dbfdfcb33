import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { foldersQuery } from '../../api/folders.ts';
import type { Folder } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { DeleteButton } from '../../ui/delete-button.tsx';
import { LineField } from '../../ui/line-field.tsx';
import { LineForm } from '../../ui/line-form.tsx';
import { say } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { AskLink } from '../ask/ask-link.tsx';

/** Colours of new folders, one after the other; they differ for colour-blind readers. */
const COLOURS = ['#0b5c94', '#9a3f00', '#1f6350', '#7b3f83', '#6b5d00', '#a02654'] as const;

/** Adds folders, and changes their names and colours. */
export function FoldersSheet({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const words = useStrings().folders;
  const queries = useQueryClient();
  const found = useQuery(foldersQuery);
  const refresh = () => queries.invalidateQueries({ queryKey: foldersQuery.queryKey });
  const count = found.data?.length ?? 0;
  const add = useMutation({
    mutationFn: (name: string) =>
      dataOf(
        api.POST('/v1/folders', { body: { name, color: COLOURS[count % COLOURS.length] ?? null } }),
      ),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  return (
    <Sheet title={words.title} isOpen={isOpen} close={close}>
      <LineForm label={words.add} add={(name) => add.mutate(name)} />
      {found.isPending && <Skeleton rows={3} className="h-9" />}
      {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
      {found.isSuccess && count === 0 && <p className="text-soft">{words.empty}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {found.data?.map((folder) => (
          <FolderRow key={folder.id} folder={folder} refresh={refresh} />
        ))}
      </ul>
    </Sheet>
  );
}

function FolderRow({ folder, refresh }: { folder: Folder; refresh: () => Promise<void> }) {
  const words = useStrings().folders;
  const queries = useQueryClient();
  const edit = useMutation({
    mutationFn: (change: Partial<Pick<Folder, 'name' | 'color'>>) =>
      dataOf(api.PATCH('/v1/folders/{id}', { params: { path: { id: folder.id } }, body: change })),
    onMutate: (change) =>
      queries.setQueryData(foldersQuery.queryKey, (old) =>
        old?.map((other) => (other.id === folder.id ? { ...other, ...change } : other)),
      ),
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/folders/{id}', { params: { path: { id: folder.id } } })),
    onSuccess: () => {
      say(words.removed);
      void queries.invalidateQueries({ queryKey: ['conversations'] });
    },
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  return (
    <li className="flex items-center gap-2 py-1.5">
      <ColourField
        label={words.colour(folder.name)}
        colour={folder.color}
        save={(color) => edit.mutate({ color })}
      />
      <LineField
        text={folder.name}
        label={words.name}
        maxLength={100}
        save={(name) => edit.mutate({ name })}
        className="min-h-9 min-w-0 flex-1 rounded bg-transparent hover:bg-sunk"
      />
      <span className="shrink-0 text-sm text-faint">{words.count(folder.conversation_count)}</span>
      <AskLink look="icon" type="folder" id={folder.id} name={folder.name} />
      {!folder.is_system && (
        <DeleteButton label={words.remove(folder.name)} remove={() => remove.mutate()} />
      )}
    </li>
  );
}

/** A colour, saved once it was chosen and not at each step on the way. */
function ColourField({
  label,
  colour,
  save,
}: {
  label: string;
  colour: string;
  save: (colour: string) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const input = field.current;
    if (!input) return;
    // What React calls a change is any step of the choice.
    const onChange = () => save(input.value);
    input.addEventListener('change', onChange);
    return () => input.removeEventListener('change', onChange);
  }, [save]);
  return (
    <input
      ref={field}
      type="color"
      aria-label={label}
      key={colour}
      defaultValue={colour}
      className="size-7 shrink-0 rounded bg-transparent pointer-coarse:size-11"
    />
  );
}
