import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { foldersQuery, moveToFolder } from '../../api/folders.ts';
import { conversationQuery } from '../../api/queries.ts';
import type { Conversation } from '../../api/types.ts';
import { useStrings } from '../../i18n/strings.ts';
import { offerUndo, say } from '../../ui/notice.ts';
import { FolderDot } from './folder-dot.tsx';

/** The folder of a conversation, and the choice of another. */
export function FolderChoice({ conversation }: { conversation: Conversation }) {
  const words = useStrings().folders;
  const queries = useQueryClient();
  const folders = useQuery(foldersQuery).data ?? [];
  const { id, folder_id } = conversation;
  const key = conversationQuery(id).queryKey;
  const move = useMutation({
    mutationFn: (to: string | null) => moveToFolder([id], to),
    onMutate: (to) => queries.setQueryData(key, (old) => old && { ...old, folder_id: to }),
    onError: (error) => say(error.message),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: key }),
        queries.invalidateQueries({ queryKey: ['conversations'] }),
        queries.invalidateQueries({ queryKey: foldersQuery.queryKey }),
      ]),
  });
  const now = folders.find((folder) => folder.id === folder_id);
  return (
    <span className="relative inline-flex min-w-0 items-center gap-1.5">
      <FolderDot colour={now?.color ?? null} />
      <select
        aria-label={words.folder}
        value={now?.id ?? ''}
        onChange={({ target }) => {
          const before = folder_id;
          move.mutate(target.value || null);
          offerUndo(words.moved, () => move.mutate(before));
        }}
        className="min-h-8 max-w-48 min-w-0 rounded bg-transparent text-sm text-soft hover:text-ink pointer-coarse:min-h-11"
      >
        <option value="">{words.none}</option>
        {folders.map((folder) => (
          <option key={folder.id} value={folder.id}>
            {folder.name}
          </option>
        ))}
      </select>
    </span>
  );
}
