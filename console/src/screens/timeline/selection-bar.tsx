import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Folder as FolderIcon, Merge, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { foldersQuery, moveToFolder } from '../../api/folders.ts';
import { conversationQuery, peopleQuery } from '../../api/queries.ts';
import { restore } from '../../api/restore.ts';
import { useStrings } from '../../i18n/strings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { offerUndo, say } from '../../ui/notice.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { SheetActions } from '../../ui/sheet-actions.tsx';
import { speakerName } from '../../ui/speaker.ts';
import { saveFile, toMarkdown } from '../conversation/conversation-files.ts';
import { FolderDot } from '../folders/folder-dot.tsx';
import { useSelection } from './selection.tsx';

/** What can be done with the selected conversations together. */
export function SelectionBar() {
  const { selection: words } = useStrings();
  const { ids, end } = useSelection();
  const [asks, setAsks] = useState<'merge' | 'move' | null>(null);
  const chosen = [...(ids ?? [])];
  const remove = useRemove();
  const download = useDownload();
  if (ids === null) return null;
  const none = chosen.length === 0;
  return (
    <div
      role="toolbar"
      aria-label={words.count(chosen.length)}
      className="flex items-center gap-0.5 border-t border-line bg-paper px-3 py-1.5"
    >
      <span role="status" className="me-auto text-sm font-medium">
        {words.count(chosen.length)}
      </span>
      <IconButton label={words.merge} disabled={chosen.length < 2} onClick={() => setAsks('merge')}>
        <Merge size={17} aria-hidden />
      </IconButton>
      <IconButton label={words.move} disabled={none} onClick={() => setAsks('move')}>
        <FolderIcon size={17} aria-hidden />
      </IconButton>
      <IconButton label={words.download} disabled={none} onClick={() => download.mutate(chosen)}>
        <Download size={17} aria-hidden />
      </IconButton>
      <IconButton label={words.remove} disabled={none} onClick={() => remove(chosen)}>
        <Trash2 size={17} aria-hidden />
      </IconButton>
      <Button look="quiet" onClick={end}>
        {words.done}
      </Button>
      <MergeSheet ids={chosen} isOpen={asks === 'merge'} close={() => setAsks(null)} />
      <MoveSheet ids={chosen} isOpen={asks === 'move'} close={() => setAsks(null)} />
    </div>
  );
}

/** Asks before conversations become one: that cannot be undone. */
function MergeSheet({
  ids,
  isOpen,
  close,
}: {
  ids: readonly string[];
  isOpen: boolean;
  close: () => void;
}) {
  const { selection: words } = useStrings();
  const { end } = useSelection();
  const queries = useQueryClient();
  const merge = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/conversations/merge', { body: { conversation_ids: [...ids] } })),
    onSuccess: () => {
      say(words.merging);
      close();
      end();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['conversations'] }),
  });
  return (
    <Sheet title={words.mergeTitle} isOpen={isOpen} close={close}>
      <Titles ids={ids} />
      <p className="text-soft">{words.mergeQuestion}</p>
      <SheetActions
        failure={merge.isError ? `${words.mergeFailed} ${merge.error.message}` : null}
        label={words.merge}
        disabled={merge.isPending}
        act={() => merge.mutate()}
        close={close}
      />
    </Sheet>
  );
}

function Titles({ ids }: { ids: readonly string[] }) {
  return (
    <ul className="flex max-h-48 flex-col gap-1 overflow-y-auto">
      {ids.map((id) => (
        <Title key={id} id={id} />
      ))}
    </ul>
  );
}

function Title({ id }: { id: string }) {
  const { timeline } = useStrings();
  const title = useQuery(conversationQuery(id)).data?.structured.title;
  return (
    <li dir="auto" className="truncate">
      {title === undefined ? '…' : title || timeline.untitled}
    </li>
  );
}

function MoveSheet({
  ids,
  isOpen,
  close,
}: {
  ids: readonly string[];
  isOpen: boolean;
  close: () => void;
}) {
  const { selection: words, folders: labels } = useStrings();
  const { end } = useSelection();
  const queries = useQueryClient();
  const folders = useQuery(foldersQuery).data ?? [];
  const move = useMutation({
    mutationFn: (folder: string | null) => moveToFolder([...ids], folder),
    onSuccess: () => {
      say(labels.moved);
      close();
      end();
    },
    onError: (error) => say(error.message),
    onSettled: () =>
      Promise.all(
        [['conversations'], foldersQuery.queryKey, ['conversation']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
  return (
    <Sheet title={words.move} isOpen={isOpen} close={close}>
      <ul className="-mx-2 flex flex-col">
        {[{ id: null, name: labels.none, color: null }, ...folders].map(({ id, name, color }) => (
          <li key={id ?? ''}>
            <button
              type="button"
              disabled={move.isPending}
              onClick={() => move.mutate(id)}
              className="flex min-h-10 w-full items-center gap-3 rounded-control px-2 text-start hover:bg-sunk pointer-coarse:min-h-11"
            >
              <FolderDot colour={color} />
              <bdi dir="auto" className="truncate">
                {name}
              </bdi>
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** Deletes conversations; all of them can be taken back at once. */
function useRemove(): (ids: readonly string[]) => void {
  const { selection: words } = useStrings();
  const { end } = useSelection();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ['conversations'] });
  const remove = useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (const id of ids) {
        await dataOf(api.DELETE('/v1/conversations/{id}', { params: { path: { id } } }));
      }
    },
    onSuccess: (_, ids) => {
      end();
      offerUndo(words.removed(ids.length), () => {
        void Promise.all(ids.map((id) => restore('conversation', id))).finally(refresh);
      });
    },
    onError: (error) => say(error.message),
    onSettled: refresh,
  });
  return (ids) => remove.mutate(ids);
}

/** Saves conversations as one Markdown file. */
function useDownload() {
  const { conversation: labels, timeline } = useStrings();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      const people = await queries.ensureQueryData(peopleQuery);
      const byId = new Map(people.map((person) => [person.id, person]));
      const parts: string[] = [];
      for (const id of ids) {
        const found = await queries.fetchQuery(conversationQuery(id));
        parts.push(toMarkdown(found, (segment) => speakerName(segment, byId, labels)));
      }
      saveFile(`${timeline.title}.md`, parts.join('\n---\n\n'), 'text/markdown');
    },
    onError: (error) => say(error.message),
  });
}
